"""What will probably stand on a chapter's page, to hold its room: nothing moves when it comes.

It is made of the last frame of a run that is kept in the package, with each digit a 0, and a page
has it unseen until the run's own words come.
"""

import re
from functools import lru_cache
from typing import Any

from workbench.chapters import find
from workbench.core.chapter import Chapter
from workbench.core.pictures import Picture
from workbench.core.settings import Settings
from workbench.results.kept import kept
from workbench.results.stills import curve_words, has_track
from workbench.view.drawing.axes import LARGE, SMALL
from workbench.view.drawing.drawing import draw
from workbench.view.page.prose import unbroken
from workbench.view.page.scene import likely_pictures, likely_state
from workbench.view.pages.readings import Readings

MORE_DIGITS = "00"  # that a finding between two kept ones may have


def awaited(chapter: Chapter, settings: Settings) -> dict[str, Any]:
    """Texts about as long as those to come: "heads" of the pictures by place, "finding", "longest"
    (of the findings that are kept for the slider), "numbers" (HTML), "before": what a legend
    calls the run before, "looked_up": what is said of a kept picture, and "curve": what stands
    above the slider's curve."""
    state = likely_state(chapter, settings)
    if state is None:
        texts = "finding", "longest", "numbers", "before", "looked_up"
        return {"heads": {}, "curve": []} | dict.fromkeys(texts, "")
    return _of(chapter.name, state)


@lru_cache(maxsize=256)
def _of(name: str, state: Settings) -> dict[str, Any]:
    chapter = find(name)
    frame = kept(name).frame(state)
    words = Readings(chapter).of(state, frame) if frame else {"finding": "", "numbers": ""}
    pictures = likely_pictures(chapter, state)
    slides, moved = has_track(chapter), longest_place(chapter)
    return {
        "heads": dict(enumerate(map(_head, pictures, (LARGE, SMALL, SMALL)))),
        "finding": masked(words["finding"]),
        "longest": masked(max((words["finding"], *findings(chapter)), key=len)) + MORE_DIGITS,
        "numbers": masked(words["numbers"]),
        "before": f"before: {moved}" if slides else "",
        "looked_up": f"Kept: {moved}, seed 0. The new run comes." if slides else "",
        "curve": [masked(text) for text in curve_words(chapter).values()] if slides else [],
    }


def findings(chapter: Chapter) -> list[str]:
    """The finding of each value that is kept for the slider of the lesson's knob."""
    track, say = kept(chapter.name).track, chapter.teaching.finding
    if track is None or say is None:
        return []
    states = [chapter.Settings(**{track.knob: value}) for value in track.values]
    frames = [(state, kept(chapter.name).frame(state)) for state in states]
    return [say(state, frame.scalars) for state, frame in frames if frame is not None]


def longest_place(chapter: Chapter) -> str:
    """The slider's knob at a kept value, in the most letters."""
    track = kept(chapter.name).track
    if track is None:
        return ""
    knob = chapter.Settings.knobs()[track.knob]
    return max((f"{knob.label} {knob.reads(value)}" for value in track.values), key=len)


def _head(picture: Picture | None, size: str) -> dict[str, str]:
    """What stands above a picture; nothing where none is kept."""
    if picture is None:
        return {"title": "", "caption": "", "legend": ""}
    return {
        "title": masked(picture.title),
        "caption": masked(unbroken(picture.caption)),
        "legend": draw(picture, size=size).legend,
    }


def masked(text: object) -> str:
    """The text with each digit a 0, which is as wide as any: it tells no result."""
    return re.sub(r"\d", "0", str(text))
