"""Stills: a chapter's picture for its card on the home page, in the colours of the page around it.

A still is SVG that lies in the page itself. Its colours are the page's tokens, so that one file
serves the light and the dark page; pixels lie in it as PNG. A picture without marks, such as a
table, has no still.
"""

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import numpy as np

from workbench.core.palette import LIGHT, Theme, channels, heat_colours
from workbench.core.pictures import Bars, Curves, HeatMap, Images, Line, Picture, Scatter
from workbench.results.png import data_url
from workbench.results.svg.around import Axed, x_marks, y_marks
from workbench.results.svg.axes import Axes, extent
from workbench.results.svg.cells import shares_of_range
from workbench.results.svg.marks import SHORT_LETTERS, Entry, draw_group_names, place_marks
from workbench.results.svg.style import DASHES, shorten, write_text

ACROSS, DOWN = 360, 225  # of a still, in its own units
LEFT, RIGHT, TOP, BOTTOM = 54, 14, 30, 26  # margins around axes
LETTERS, LETTER_WIDTH = 15, 8  # units high, 12 pixels on a card, and about so wide
ROW = 18  # between two lines of text
POINTS_DRAWN = 240  # of a scatter, and a third of them of a line
NAMES, NAMES_BESIDE, NAME_LETTERS, NAME_HEIGHT = 4, 2, 17, 20  # of the legend below the axes
# the tokens of page.css
PAGE = Theme(
    page="var(--wb-card)",
    text="var(--wb-text)",
    muted="var(--wb-muted)",
    grid="var(--wb-grid)",
    border="var(--wb-edge)",
    lines=tuple(f"var(--wb-series-{i})" for i in range(len(LIGHT.lines))),
    classes=tuple(f"var(--wb-class-{i})" for i in range(len(LIGHT.classes))),
)


def still(picture: Picture) -> str:
    """The picture as SVG, ACROSS x DOWN; "" for a table."""
    match picture:
        case Images():
            grey = picture.colours is None
            inside = _pixels(picture.mosaic() if grey else picture.colour_mosaic())
        case HeatMap():
            inside = _pixels(_coloured(picture))
        case Curves() | Scatter() | Bars():
            inside = _drawn(thinned(picture))
        case _:
            return ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {ACROSS} {DOWN}" role="img" '
        f'aria-label="{escape(picture.summary())}" font-size="{LETTERS}" fill="{PAGE.muted}">'
        f"<desc>{escape(_caption(picture))}</desc>{inside}</svg>\n"
    )


def thinned(picture: Axed) -> Axed:
    """The picture with no more points and lines than a still has room for."""
    if isinstance(picture, Scatter):
        every = slice(None, None, -(-len(picture.xy) // POINTS_DRAWN) or 1)
        group = None if picture.group is None else picture.group[every]
        names = picture.names[every]
        return replace(picture, xy=picture.xy[every], group=group, names=names, outlines=())
    if isinstance(picture, Curves):
        return replace(picture, lines=tuple(map(_thinned_line, picture.lines[:NAMES])))
    return picture


def _thinned_line(line: Line) -> Line:
    every = slice(None, None, len(line.x) // (POINTS_DRAWN // 3) + 1)
    return replace(line, x=line.x[every], y=line.y[every], low=None, high=None)


def _caption(picture: Picture) -> str:
    """Its title, and the first sentence of what its page says below it."""
    sentence = picture.caption.partition(". ")[0].rstrip(".")
    return f"{picture.title}. {sentence}." if sentence else f"{picture.title}."


def _pixels(pixels: np.ndarray) -> str:
    """Whole pixels in the middle, as large as they fit."""
    tall, wide = pixels.shape[:2]
    scale = min(ACROSS / wide, DOWN / tall)
    across, down = scale * wide, scale * tall
    return (
        f'<image x="{(ACROSS - across) / 2:.1f}" y="{(DOWN - down) / 2:.1f}" width="{across:.1f}" '
        f'height="{down:.1f}" style="image-rendering:pixelated" href="{data_url(pixels)}"/>'
    )


def _coloured(picture: HeatMap) -> np.ndarray:
    """A pixel for each cell [rows, columns, 3]."""
    palette = np.array([channels(colour) for colour in heat_colours()], np.uint8)
    return palette[(255 * shares_of_range(picture.values)).astype(int)]


def _drawn(picture: Axed) -> str:
    """Marks with numbers at the ends of their axes, and their names below."""
    width = ACROSS - LEFT - RIGHT
    _, entries = place_marks(picture, Axes(picture, extent(picture), width, DOWN, PAGE))
    legend = entries[:NAMES] if _needs_names(picture) else []
    below = BOTTOM + NAME_HEIGHT * -(-len(legend) // NAMES_BESIDE)
    below += 0 if _fits_between(picture, width) else ROW
    axes = Axes(picture, extent(picture), width, DOWN - TOP - below, PAGE)
    shapes, _ = place_marks(picture, axes)
    if isinstance(picture, Scatter):
        shapes += draw_group_names(picture, axes)
    frame = f'<path d="M0 0v{axes.height}h{axes.width}" fill="none" stroke="{PAGE.border}"/>'
    inner = (
        f'<svg x="{LEFT}" y="{TOP}" width="{axes.width}" height="{axes.height}">'
        f"{frame}{''.join(shapes)}</svg>"
    )
    return inner + "".join([*_numbers(picture, axes), *_names(legend)])


def _fits_between(picture: Axed, width: int) -> bool:
    """Whether the name of the x axis has room between its first and its last number."""
    axes = Axes(picture, extent(picture), width, DOWN, PAGE)
    marks = _along(picture, axes)
    ends = [float(axes.across(x)) for x, _ in marks]
    letters = [len(text) for _, text in (*marks[:1], *marks[-1:])]
    free = max(ends, default=width) - min(ends, default=0) - LETTER_WIDTH * sum(letters) / 2
    return LETTER_WIDTH * (len(picture.x_label) + 2) < free


def _along(picture: Axed, axes: Axes) -> list[tuple[float, str]]:
    """What stands below the x axis: the ends, or the names of all bars."""
    left, right, _, _ = axes.limits
    marks = x_marks(picture, left, right, axes.log_x)
    return marks if isinstance(picture, Bars) else _ends(marks)


def _needs_names(picture: Axed) -> bool:
    """Whether its lines or groups have names that do not stand among them."""
    if isinstance(picture, Scatter):
        return max(map(len, picture.groups), default=0) > SHORT_LETTERS
    return isinstance(picture, Curves) and len(picture.lines) > 1


def _numbers(picture: Axed, axes: Axes) -> list[str]:
    """The first and the last number of each axis, and what they count."""
    _, _, low, high = axes.limits
    parts = [
        write_text(LEFT - 6, TOP + float(axes.down(y)) + 5, text, "end")
        for y, text in _ends(y_marks(picture, low, high, axes.log_y))
    ]
    row = TOP + axes.height + ROW
    parts += [
        write_text(LEFT + float(axes.across(x)), row, shorten(text, 6), "middle")
        for x, text in _along(picture, axes)
    ]
    parts.append(write_text(4, 15, shorten(picture.y_label, 38)))
    row += 0 if _fits_between(picture, axes.width) else ROW
    parts.append(write_text(LEFT + axes.width / 2, row, shorten(picture.x_label, 34), "middle"))
    return parts


def _ends(marks: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """The first and the last of them."""
    return [marks[0], marks[-1]] if len(marks) > 1 else list(marks)


def _names(legend: Sequence[Entry]) -> list[str]:
    """A sample and a name for each, in two columns below the axes."""
    lines = -(-len(legend) // NAMES_BESIDE)
    parts = []
    for i, (name, colour, style) in enumerate(legend):
        left = 4 + (i % NAMES_BESIDE) * ACROSS // NAMES_BESIDE
        base = DOWN - 6 - NAME_HEIGHT * (lines - 1 - i // NAMES_BESIDE)
        dashes = DASHES.get(style, "")
        parts.append(
            f'<path d="M{left} {base - 5}h16" stroke="{colour}" stroke-width="3"{dashes}/>'
            + write_text(left + 21, base, shorten(name, NAME_LETTERS))
        )
    return parts
