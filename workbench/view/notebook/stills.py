"""Stills: pictures as SVG, for notebooks and for places where no kernel runs.

still(frame, "reconstructions", "rates")      # a frame's pictures, side by side
compare({"beta 1": frames, ...}, "rate")      # several runs in one drawing
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape

from workbench.core.frames import Frame, Trace
from workbench.core.palette import LIGHT
from workbench.core.pictures import Curves, Picture
from workbench.results.svg import LETTER_HEIGHT, WIDTH, Drawing, draw

ACROSS = 2  # pictures beside each other; more would be too small to read in a cell
GAP = 18
LINE_LETTERS, LINE_HEIGHT = 66, 16  # of a caption


class Still:
    """Pictures that do not move. A notebook shows them; `print` says what they show."""

    def __init__(self, pictures: Sequence[Picture]):
        self.pictures = tuple(pictures)

    def _repr_svg_(self) -> str:
        return _sheet(self.pictures)

    def __repr__(self) -> str:
        return " ".join(picture.summary() for picture in self.pictures)


def still(shown: Frame | Picture, *names: str) -> Still:
    """A picture, or the named pictures of a frame side by side (without names: all of them).

    Raises KeyError for a name that the frame does not have.
    """
    if not isinstance(shown, Frame):
        return Still([shown])
    for name in names:
        if name not in shown.pictures:
            raise KeyError(f"There is no picture {name!r}; there are {', '.join(shown.pictures)}.")
    return Still([shown.pictures[name] for name in names or shown.pictures])


def compare(runs: Mapping[str, Sequence[Frame]], what: str | Trace, title: str = "") -> Still:
    """A drawing of a scalar, or of each line of a trace, with one curve for each run."""
    trace = what if isinstance(what, Trace) else Trace(title or what, {what: ""}, "")
    return Still([_compared(runs, trace, name, title) for name in trace.lines])


def _compared(runs: Mapping[str, Sequence[Frame]], trace: Trace, name: str, title: str) -> Curves:
    single = replace(trace, lines={name: trace.lines[name]})
    drawn = {label: single.curves(frames) for label, frames in runs.items()}
    lines = [replace(line, name=label) for label, run in drawn.items() for line in run.lines]
    title = title or trace.lines[name].capitalize() or trace.title
    first = next(iter(drawn.values()))
    return replace(first, title=title, lines=tuple(lines), caption="")


def _sheet(pictures: Sequence[Picture]) -> str:
    """All the pictures in one SVG file, each with its caption below."""
    top, placed = 0, []
    for start in range(0, len(pictures), ACROSS):
        row = [(draw(picture), picture) for picture in pictures[start : start + ACROSS]]
        for place, (drawn, picture) in enumerate(row):
            placed.append(_placed(drawn, picture, place * (WIDTH + GAP), top))
        top += max(_height(drawn, picture) for drawn, picture in row) + GAP
    across = min(ACROSS, len(pictures))
    width, height = across * (WIDTH + GAP) - GAP, top - GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif"><rect width="100%" height="100%" '
        f'fill="{LIGHT.page}"/>{"".join(placed)}</svg>'
    )


def _placed(drawn: Drawing, picture: Picture, left: int, top: int) -> str:
    """A drawing and its caption, moved to their place."""
    lines = "".join(
        f'<tspan x="4" y="{drawn.height + LINE_HEIGHT * (i + 0.8):.0f}">{escape(line)}</tspan>'
        for i, line in enumerate(_caption(picture))
    )
    style = f'font-size="{LETTER_HEIGHT}" fill="{LIGHT.muted}"'
    words = f"<text {style}>{lines}</text>" if lines else ""
    return f'<g transform="translate({left} {top})">{drawn.text}{words}</g>'


def _height(drawn: Drawing, picture: Picture) -> int:
    return drawn.height + LINE_HEIGHT * len(_caption(picture)) + 4


def _caption(picture: Picture) -> list[str]:
    return textwrap.wrap(picture.caption, LINE_LETTERS)
