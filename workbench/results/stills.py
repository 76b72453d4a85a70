"""What a drag over a lesson's knob shows at once: the kept pictures of all its values, in one file.

All pictures of a chapter have the same limits, so that a collapse looks small and nothing rescales.
"""

import gzip
import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from workbench.chapters import find
from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.palette import DARK, LIGHT, Theme
from workbench.core.pictures import Picture
from workbench.core.settings import Settings
from workbench.results.kept import Track, kept
from workbench.results.sentences import between
from workbench.results.svg import Limits, extent, svg, union

THEMES = {"light": LIGHT, "dark": DARK}
PACKAGE = Path(__file__).parents[1]
SOURCES = "results/stills.py", "results/svg/*.py", "core/palette.py"


def has_track(chapter: Chapter) -> bool:
    """Whether a drag over the slider of this chapter's lesson has something to show."""
    return _track_of(chapter) is not None


def _track_of(chapter: Chapter) -> Track | None:
    """What is kept for the slider of the lesson's knob; a menu has no slider."""
    track, lesson = kept(chapter.name).track, chapter.teaching
    if track is None or track.knob != lesson.knob or lesson.track not in track.numbers:
        return None
    return track if chapter.Settings.knobs()[track.knob].kind in ("number", "integer") else None


@cache
def version(name: str) -> str:
    """Letters that change with everything that the file of this chapter is made from."""
    folder = find(name).folder
    paths = [path for source in SOURCES for path in sorted(PACKAGE.glob(source))]
    paths += [*sorted((folder / "kept").glob("*")), folder / "tasks.py", folder / "page.md"]
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def stills_file(name: str, theme: str) -> bytes:
    """The file of a chapter that `has_track`, as gzip; theme: light or dark.

    Made once and kept in memory. Equal sources make equal bytes.
    """
    text = json.dumps(stills(name, THEMES[theme]), separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0)


def stills(name: str, theme: Theme = LIGHT) -> dict[str, Any]:
    """What the file says: for each value of the knob the number of every seed, for the curve over
    the slider, and a picture, a sentence and numbers of seed 0; and the same of other settings that
    are kept for tasks, for who chooses them in a menu.

    Raises ValueError for a chapter that has no track.
    """
    chapter = find(name)
    track = _track_of(chapter)
    if track is None:
        raise ValueError(f"Nothing is kept for the slider of {name}.")
    states = [chapter.Settings(**{track.knob: value}) for value in track.values]
    frames = [kept(name).frame(state) for state in states]
    limits = common_limits(chapter.teaching.main, frames)
    seeds = track.numbers[chapter.teaching.track]
    return {
        "knob": track.knob,
        "settings": _others(states[0], track.knob),
        **curve_words(chapter),
        "places": [
            {"value": value, "seeds": [number if math.isfinite(number) else None for number in row]}
            | _shown(chapter, state, frame, limits, theme)
            for value, row, state, frame in zip(track.values, seeds, states, frames, strict=True)
        ],
        "states": list(_states(chapter, states, limits, theme)),
    }


def curve_words(chapter: Chapter) -> dict[str, str]:
    """What stands above the curve of a chapter that `has_track`: what it is, and from where to
    where it goes."""
    track, scalar = _track_of(chapter), chapter.teaching.track
    rows = track.numbers[scalar] if track is not None else ()
    numbers = [number for row in rows for number in row if math.isfinite(number)] or [math.nan]
    quantity = chapter.quantity(scalar)
    return {
        "label": f"{quantity.axis}: five seeds and their mean",
        "ends": between(quantity, min(numbers), max(numbers), 2),
    }


def _states(
    chapter: Chapter, drawn: Sequence[Settings], limits: Limits | None, theme: Theme
) -> Iterator[dict[str, Any]]:
    """What is kept beside those that are drawn, each with all its knobs that matter."""
    for state in kept(chapter.name).states:
        frame = kept(chapter.name).frame(state)
        shown = {} if state in drawn else _shown(chapter, state, frame, limits, theme)
        if shown.get("still"):
            yield {"settings": _others(state, "")} | shown


def kept_pictures(chapter: Chapter, settings: Settings) -> Mapping[str, Sequence[Picture]]:
    """All pictures that are kept for the slider, by name; none where other knobs are not as they
    were then, for other pictures are of another size."""
    track = _track_of(chapter)
    if track is None:
        return {}
    kept_with = chapter.Settings(**{track.knob: track.values[0]})
    alike = _others(settings, track.knob) == _others(kept_with, track.knob)
    return _by_name(chapter.name) if alike else {}


@cache
def _by_name(name: str) -> Mapping[str, Sequence[Picture]]:
    track = kept(name).track
    pictures: dict[str, list[Picture]] = {}
    for value in track.values if track else ():
        frame = kept(name).frame(find(name).Settings(**{track.knob: value})) if track else None
        for title, picture in frame.pictures.items() if frame else ():
            pictures.setdefault(title, []).append(picture)
    return pictures


def common_limits(main: str, frames: Sequence[Frame | None]) -> Limits | None:
    """The limits that hold the main picture of every frame."""
    pictures = [frame.pictures.get(main) for frame in frames if frame is not None]
    return union(extent(picture) for picture in pictures if picture is not None)


def _shown(
    chapter: Chapter, state: Settings, frame: Frame | None, limits: Limits | None, theme: Theme
) -> dict[str, Any]:
    """The picture of one value, its finding and its numbers; empty where none is kept."""
    lesson = chapter.teaching
    picture = None if frame is None else frame.pictures.get(lesson.main)
    if frame is None or picture is None:
        return {"still": "", "finding": "", "numbers": []}
    known = [name for name in lesson.numbers if name in frame.scalars]
    quantities = [(chapter.quantity(name), frame.scalars[name]) for name in known]
    return {
        "still": svg(picture, limits, theme, titled=False),
        "finding": lesson.finding(state, frame.scalars) if lesson.finding else "",
        "numbers": [[quantity.label, quantity.write(value)] for quantity, value in quantities],
    }


def _others(state: Settings, knob: str) -> dict[str, str]:
    """What the other knobs that matter must be, as an address writes them, for what is kept to be
    what a run would show. The seed is the kept one's, and may be another."""
    texts = parse_qsl(state.to_query(), keep_blank_values=True)
    return {
        name: text for name, text in texts if name not in (knob, "seed") and state.matters(name)
    }
