"""Kept pictures as SVG in the colours of the page, whichever theme it has."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.palette import LIGHT
from workbench.core.pictures import HeatMap, Picture
from workbench.core.settings import Settings
from workbench.results.kept import Kept
from workbench.results.svg import NORMAL, WIDE, Limits, Size, extent, svg, union

COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
TOKENS = {
    **{colour: f"class-{i}" for i, colour in enumerate(LIGHT.classes)},
    **{colour: f"series-{i}" for i, colour in enumerate(LIGHT.lines)},
    LIGHT.grid: "grid",
    LIGHT.page: "card",
    LIGHT.text: "text",
}
TOKEN_OF = {colour.lower(): f"var(--wb-{token})" for colour, token in TOKENS.items()}


def draw_both(picture: Picture, limits: Limits | None = None) -> str:
    """The picture as HTML for the middle of a page: wide, and for telephones narrow, so that its
    letters are as large as others in both."""
    sizes = {"wide": WIDE, "narrow": NORMAL}
    return "".join(
        f'<div class="{name}">{draw(picture, limits, size)}</div>' for name, size in sizes.items()
    )


def draw(picture: Picture, limits: Limits | None = None, size: Size = NORMAL) -> str:
    """The picture as SVG. The cells of a heat map have their own colours in both themes."""
    known = TOKEN_OF
    if isinstance(picture, HeatMap):
        known = {LIGHT.text.lower(): TOKEN_OF[LIGHT.text.lower()]}
    markup = svg(picture, limits, LIGHT, False, size)
    return COLOUR.sub(lambda found: known.get(found[0].lower(), found[0]), markup)


def common_limits(held: Kept, states: Sequence[Settings]) -> Mapping[str, Limits | None]:
    """For each picture limits that hold it in all these states, so that collapse looks small."""
    frames = [frame for state in states if (frame := held.frame(state))]
    names = dict.fromkeys(name for frame in frames for name in frame.pictures)
    return {
        name: union(extent(f.pictures[name]) for f in frames if name in f.pictures)
        for name in names
    }


def state_of(
    chapter: Chapter, settings: Settings, frame: Frame, limits: Mapping[str, Limits | None]
) -> dict[str, Any]:
    """What a page shows of a kept run: pictures by name, a finding, and the head's numbers."""
    lesson = chapter.teaching
    known = [name for name in lesson.numbers if name in frame.scalars]
    quantities = [(chapter.quantity(name), frame.scalars[name]) for name in known]
    return {
        "query": settings.to_query(),
        "words": f"Kept: seed {settings.seed}, {changes(chapter, settings)}.",
        "finding": _finding(chapter, settings, frame),
        "numbers": [[quantity.label, quantity.write(value)] for quantity, value in quantities],
        "pictures": {
            name: {
                "title": picture.title,
                "caption": picture.caption,
                "svg": (draw_both if name == lesson.main else draw)(picture, limits.get(name)),
            }
            for name, picture in frame.pictures.items()
        },
    }


def _finding(chapter: Chapter, settings: Settings, frame: Frame) -> str:
    if chapter.teaching.finding is None:
        return ""
    try:
        return chapter.teaching.finding(settings, frame.scalars)
    except KeyError:  # of another kind of run
        return ""


def changes(chapter: Chapter, settings: Settings) -> str:
    """The knobs that are not as the chapter has them, in words."""
    knobs, start = chapter.Settings.knobs(), chapter.Settings().values_by_name()
    moved = [
        f"{knobs[name].label} {knobs[name].reads(value)}"
        for name, value in settings.values_by_name().items()
        if name != "seed" and value != start[name]
    ]
    return ", ".join(moved) or "all knobs as the chapter has them"
