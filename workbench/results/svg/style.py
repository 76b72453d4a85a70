"""Sizes, colours and letters of a drawing."""

from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 460, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 30, 44  # margins around the axes
LETTER_HEIGHT = 12.5  # pixels; 12 are 9 points, the least that is easy to read
LETTER_WIDTH = 7  # about
DASHES = {
    "solid": "",
    "dashed": ' stroke-dasharray="7 4"',
    "covering": ' stroke-dasharray="9 7"',
}


class Size(NamedTuple):
    """The width of a drawing and, where it has axes, its height; letters are as large in all."""

    width: int
    height: int


NORMAL, WIDE = Size(WIDTH, HEIGHT), Size(760, 400)  # in a column of text, and across a page


def write_text(x: float, y: float, text: object, anchor: str = "start") -> str:
    """Letters at this point: they start, end or have their middle there."""
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(str(text))}</text>'


def shorten(text: object, most: int = 16) -> str:
    """The beginning of a long text."""
    words = str(text)
    return words if len(words) <= max(most, 2) else words[: max(most, 2) - 1] + "…"
