"""What a drag over a lesson's knob shows at once: the kept pictures of all its values, in one file.

All pictures of a chapter have the same limits, so that a collapse looks small and nothing rescales.
"""

import gzip
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np

from workbench.chapters import find
from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.palette import DARK, LIGHT, Theme
from workbench.core.settings import Settings
from workbench.results.kept import Track, kept
from workbench.results.slider_scale import Scale, scale_of
from workbench.results.svg import Limits, extent, svg, union
from workbench.results.svg.marks import draw_path

THEMES = {"light": LIGHT, "dark": DARK}
STRIP = 1000, 100  # units of the curve over the slider, which is stretched to the slider's width
AIR = 10  # units above and below what it shows
PACKAGE = Path(__file__).parents[1]
SOURCES = "results/stills.py", "results/slider_scale.py", "results/svg/*.py", "core/palette.py"


def has_track(chapter: Chapter) -> bool:
    """Whether a drag over the knob of this chapter's lesson has something to show."""
    track = kept(chapter.name).track
    if track is None or track.knob != chapter.teaching.knob:
        return False
    return scale_of(chapter.Settings.knobs()[track.knob]) is not None


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
    """What the file says: the curve over the slider, and a picture, a sentence and numbers of
    seed 0 for each value of the knob. Raises ValueError for a chapter without kept numbers."""
    chapter, track = find(name), kept(name).track
    scale = None if track is None else scale_of(chapter.Settings.knobs()[track.knob])
    if track is None or scale is None:
        raise ValueError(f"Nothing is kept for the slider of {name}.")
    states = [chapter.Settings(**{track.knob: value}) for value in track.values]
    frames = [kept(name).frame(state) for state in states]
    limits = common_limits(chapter.teaching.main, frames)
    quantity = chapter.quantity(chapter.teaching.track)
    return {
        "knob": track.knob,
        "settings": _others(states[0], track.knob),
        "label": f"{quantity.axis}: five seeds and their mean",
        "ends": [quantity.write(end, 2) for end in _ends(track, chapter.teaching.track)],
        "strip": draw_strip(track, chapter.teaching.track, scale, theme),
        "places": [
            {"value": _texts(state)[track.knob], "at": round(scale.share(value), 5)}
            | _shown(chapter, state, frame, limits, theme)
            for value, state, frame in zip(track.values, states, frames, strict=True)
        ],
    }


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
        "still": svg(picture, limits, theme),
        "finding": lesson.finding(state, frame.scalars) if lesson.finding else "",
        "numbers": [[quantity.label, quantity.write(value)] for quantity, value in quantities],
    }


def draw_strip(track: Track, scalar: str, scale: Scale, theme: Theme) -> str:
    """The number over the slider's own scale as SVG: a dot for each seed, a line for their mean.

    It is stretched to the slider's width; lines and dots keep their size.
    """
    wide, high = STRIP
    low, top = _ends(track, scalar)
    rows = np.array(track.numbers[scalar], float)
    x = wide * np.array([scale.share(value) for value in track.values])
    y = high - AIR - (high - 2 * AIR) * (rows - low) / ((top - low) or 1)
    order = np.argsort(x)
    dots = "".join(
        f"M{a:.0f} {b:.0f}h0" for a, row in zip(x, y, strict=True) for b in row if np.isfinite(b)
    )
    still = 'vector-effect="non-scaling-stroke" fill="none" stroke-linecap="round"'
    colour = theme.lines[0]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
        f'preserveAspectRatio="none" aria-hidden="true">'
        f'<path d="{draw_path(x[order], y.mean(1)[order])}" {still} stroke="{colour}" '
        f'stroke-width="2"/><path d="{dots}" {still} stroke="{colour}" stroke-width="5" '
        'stroke-opacity=".6"/></svg>'
    )


def _ends(track: Track, scalar: str) -> tuple[float, float]:
    """The least and the greatest number of all seeds at all values."""
    rows = np.array(track.numbers[scalar], float)
    return float(np.nanmin(rows)), float(np.nanmax(rows))


def _others(state: Settings, knob: str) -> dict[str, str]:
    """What the other knobs that matter must be, as an address writes them, for what is kept to be
    what a run would show. The seed is the kept one's, and may be another."""
    texts = _texts(state).items()
    return {name: text for name, text in texts if name not in (knob, "seed") and state.matters(name)}


def _texts(state: Settings) -> dict[str, str]:
    """Every knob as an address writes it."""
    return dict(parse_qsl(state.to_query(), keep_blank_values=True))
