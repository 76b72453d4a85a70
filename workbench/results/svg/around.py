"""What stands around the axes: a grid, numbers, names and a legend."""

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from workbench.core.palette import LIGHT, Theme
from workbench.core.pictures import Bars, Curves, Scatter
from workbench.core.quantity import PERCENT, is_share, percent
from workbench.results.svg.axes import (
    NAME_LETTERS,
    Axes,
    Limits,
    legend_width,
    place_axes,
    ticks,
    y_unit,
)
from workbench.results.svg.marks import Entry, draw_dots, draw_group_names, place_marks
from workbench.results.svg.style import (
    BOTTOM,
    DASHES,
    HEIGHT,
    LEFT,
    LETTER_WIDTH,
    RIGHT,
    TOP,
    WIDTH,
    shorten,
    write_text,
)

LEGEND_LINES = 14
Axed = Curves | Scatter | Bars  # what has axes
Mark = tuple[float, str]  # a place on an axis and what is written there


def draw_with_axes(picture: Axed, limits: Limits | None, theme: Theme = LIGHT) -> list[str]:
    """The parts of a drawing with axes."""
    axes = place_axes(picture, limits, theme)
    shapes, legend = place_marks(picture, axes)
    grid, numbers = _draw_grid(picture, axes)
    if isinstance(picture, Scatter):
        shapes += draw_group_names(picture, axes)
    # an inner svg cuts off what lies outside the axes
    inner = (
        f'<svg x="{LEFT}" y="{TOP}" width="{axes.width}" height="{axes.height}">'
        f"{''.join(grid + shapes)}</svg>"
    )
    return [inner, *numbers, *(_draw_legend(legend) if len(legend) > 1 else [])]


def _draw_legend(entries: Sequence[Entry]) -> list[str]:
    """A sample and a name below the other, beside the axes."""
    shapes = []
    left = WIDTH - legend_width([entry.name for entry in entries]) - RIGHT + 12
    for i, (name, colour, style) in enumerate(entries[:LEGEND_LINES]):
        middle = TOP + 6 + 16 * i
        if style == "dots":
            shapes.append(draw_dots(np.array([left + 9.0]), np.array([middle]), colour))
        else:
            path = f'd="M{left} {middle}h18" stroke="{colour}" stroke-width="2.5"'
            shapes.append(f"<path {path}{DASHES[style]}/>")
        shapes.append(write_text(left + 22, middle + 4, shorten(name, NAME_LETTERS)))
    return shapes


def _draw_grid(picture: Curves | Scatter | Bars, axes: Axes) -> tuple[list[str], list[str]]:
    """Lines inside the axes, and the numbers and names beside them."""
    grid, labels = [], []
    left, right, low, high = axes.limits
    stroke = f'stroke="{axes.theme.grid}"'
    for place, text in y_marks(picture, low, high, axes.log_y):
        y = float(axes.down(place))
        grid.append(f'<path d="M0 {y:.1f}h{axes.width}" {stroke}/>')
        labels.append(write_text(LEFT - 6, TOP + y + 4, text, "end"))
    last = -math.inf  # where the text before ends
    for place, text in x_marks(picture, left, right, axes.log_x):
        x, half = float(axes.across(place)), LETTER_WIDTH * len(shorten(text)) / 2
        if not isinstance(picture, Bars):
            grid.append(f'<path d="M{x:.1f} 0v{axes.height}" {stroke}/>')
        if x - half > last + 3:
            labels.append(write_text(LEFT + x, HEIGHT - BOTTOM + 16, shorten(text), "middle"))
            last = x + half
    middle, centre = LEFT + axes.width / 2, TOP + axes.height / 2
    labels.append(write_text(middle, HEIGHT - 10, picture.x_label, "middle"))
    labels.append(
        f'<text transform="translate(12 {centre:.0f}) rotate(-90)" '
        f'text-anchor="middle">{escape(picture.y_label)}</text>'
    )
    return grid, labels


def y_marks(picture: Axed, low: float, high: float, log: bool) -> list[Mark]:
    """The numbers beside the y axis: percent for shares, whole for counts."""
    parts = [picture.values] if isinstance(picture, Bars) else _heights(picture)
    share = is_share(picture.y_label) or y_unit(picture) == PERCENT
    return _marks(ticks(low, high, log, _whole(parts) and not share), share)


def x_marks(picture: Axed, left: float, right: float, log: bool) -> list[Mark]:
    """The numbers or names below the x axis."""
    if isinstance(picture, Bars):
        return [(float(i), name) for i, name in enumerate(picture.names)]
    if isinstance(picture, Curves) and picture.x_ticks:
        return [mark for mark in picture.x_ticks if left <= mark[0] <= right]
    parts = (
        [line.x for line in picture.lines] if isinstance(picture, Curves) else [picture.xy[:, 0]]
    )
    share = is_share(picture.x_label)
    return _marks(ticks(left, right, log, _whole(parts) and not share), share)


def _heights(picture: Curves | Scatter) -> list[np.ndarray]:
    if isinstance(picture, Scatter):
        return [picture.xy[:, 1]]
    return [line.y for line in picture.lines]


def _whole(parts: Sequence[np.ndarray]) -> bool:
    """Whether all the numbers that are finite are whole."""
    numbers = np.concatenate([np.zeros(0), *map(np.ravel, parts)])
    numbers = numbers[np.isfinite(numbers)]
    return bool(len(numbers)) and bool((numbers == np.round(numbers)).all())


def _marks(places: Sequence[float], share: bool) -> list[Mark]:
    return [(place, percent(place) if share else f"{place:g}") for place in places]
