"""Stills: a chapter's picture for its card on the home page, in the colours of the page around it.

A still is SVG that lies in the page itself. Its colours are the page's tokens, so that one file
serves the light and the dark page; pixels lie in it as PNG. A picture without marks, such as a
table, has no still.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from html import escape

import numpy as np

from workbench.core.palette import LIGHT, channels, heat_colours
from workbench.core.pictures import Bars, Curves, HeatMap, Images, Line, Picture, Scatter
from workbench.results.png import data_url
from workbench.results.svg.around import Axed, x_marks, y_marks
from workbench.results.svg.axes import Axes, extent
from workbench.results.svg.cells import shares_of_range
from workbench.results.svg.marks import draw_group_names, place_marks
from workbench.results.svg.style import shorten, write_text

ACROSS, DOWN = 360, 225  # of a still, in its own units
LEFT, RIGHT, TOP, BOTTOM = 42, 12, 26, 36  # margins around axes
POINTS_DRAWN = 240  # of a scatter, and a third of them of a line
MOST_LINES = 4  # with names at their ends
NAME_LETTERS, LETTER, SAMPLE, NAME_HEIGHT = 18, 6.4, 20, 14


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
        f'aria-label="{escape(picture.summary())}" font-size="12.5" fill="var(--wb-muted)">'
        f"<desc>{escape(_caption(picture))}</desc>{inside}</svg>\n"
    )


def thinned(picture: Axed) -> Axed:
    """The picture with no more points and lines than a still has room for."""
    if isinstance(picture, Scatter):
        every = slice(None, None, -(-len(picture.xy) // POINTS_DRAWN) or 1)
        group = None if picture.group is None else picture.group[every]
        return replace(picture, xy=picture.xy[every], group=group, outlines=())
    if isinstance(picture, Curves):
        return replace(picture, lines=tuple(map(_thinned_line, picture.lines[:MOST_LINES])))
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


def _drawn(picture: Curves | Scatter | Bars) -> str:
    """Marks with numbers at the ends of their axes and a name at the end of each line."""
    names = [line.name for line in picture.lines] if isinstance(picture, Curves) else []
    longest = min(NAME_LETTERS, max(map(len, names), default=0))
    room = LETTER * longest + SAMPLE if len(names) > 1 else RIGHT
    width, height = round(ACROSS - LEFT - room), DOWN - TOP - BOTTOM
    axes = Axes(picture, extent(picture), width, height)
    shapes, _ = place_marks(picture, axes)
    if isinstance(picture, Scatter):
        shapes += draw_group_names(picture, axes)
    inner = (
        f'<svg x="{LEFT}" y="{TOP}" width="{width}" height="{height}">'
        f"{_frame(axes)}{''.join(_themed(shape) for shape in shapes)}</svg>"
    )
    ends = _line_names(picture, axes) if len(names) > 1 and isinstance(picture, Curves) else []
    return inner + "".join([*_numbers(picture, axes), *ends])


def _frame(axes: Axes) -> str:
    return f'<path d="M0 0v{axes.height}h{axes.width}" fill="none" stroke="var(--wb-edge)"/>'


def _numbers(picture: Curves | Scatter | Bars, axes: Axes) -> list[str]:
    """The first and the last number of each axis, and what they count."""
    left, right, low, high = axes.limits
    up, along = y_marks(picture, low, high, axes.log_y), x_marks(picture, left, right, axes.log_x)
    if not isinstance(picture, Bars):
        up, along = [up[0], up[-1]] if len(up) > 1 else up, [along[0], along[-1]] if along else []
    base = TOP + axes.height
    parts = [
        write_text(LEFT - 5, TOP + float(axes.down(y)) + 4, text, "end")
        for y, text in (up if len(up) < 3 else [up[0], up[-1]])
    ]
    parts += [
        write_text(LEFT + float(axes.across(x)), base + 15, shorten(text, 6), "middle")
        for x, text in along
    ]
    parts.append(write_text(4, 15, shorten(picture.y_label, 40)))
    middle = LEFT + axes.width / 2
    parts.append(write_text(middle, base + 29, shorten(picture.x_label, 34), "middle"))
    return parts


def _line_names(picture: Curves, axes: Axes) -> list[str]:
    """Each line's name beside its end, moved apart where ends lie close together."""
    ends = [
        (float(axes.down(line.y[-1])), i, line.name)
        for i, line in enumerate(picture.lines)
        if len(line.y) and math.isfinite(line.y[-1])
    ]
    ends.sort()
    heights = _apart([height for height, _, _ in ends], 5.0, axes.height - 2.0)
    left = LEFT + axes.width + 6
    return [
        f'<path d="M{left} {TOP + y:.1f}h10" stroke="var(--wb-series-{i})" stroke-width="3"/>'
        + write_text(left + 14, TOP + y + 4, shorten(name, NAME_LETTERS))
        for y, (_, i, name) in zip(heights, ends, strict=True)
    ]


def _apart(heights: Sequence[float], low: float, high: float) -> list[float]:
    """Sorted heights, moved so that neighbours are a line of text apart and all lie within."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + NAME_HEIGHT if placed else low))
    for i in reversed(range(len(placed))):
        after = placed[i + 1] - NAME_HEIGHT if i + 1 < len(placed) else high
        placed[i] = min(placed[i], after)
    return placed


def _themed(shape: str) -> str:
    """The shape in the page's own colours instead of the light theme's."""
    tokens = {LIGHT.page: "card", LIGHT.text: "text"}
    tokens |= {colour: f"class-{i}" for i, colour in reversed(list(enumerate(LIGHT.classes)))}
    tokens |= {colour: f"series-{i}" for i, colour in reversed(list(enumerate(LIGHT.lines)))}
    for colour, token in tokens.items():
        shape = shape.replace(f'"{colour}"', f'"var(--wb-{token})"')
    return shape
