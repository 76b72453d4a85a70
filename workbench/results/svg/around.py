"""What stands around the axes: a grid, numbers, names and a legend."""

from collections.abc import Sequence
from html import escape

import numpy as np

from workbench.core.pictures import Bars, Curves, Scatter
from workbench.results.svg.axes import NAME_LETTERS, Axes, Limits, legend_width, place_axes, ticks
from workbench.results.svg.marks import Entry, draw_dots, draw_group_names, place_marks
from workbench.results.svg.style import (
    BOTTOM,
    DASHES,
    GRID,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    shorten,
    write_text,
)

LEGEND_LINES = 14


def draw_with_axes(picture: Curves | Scatter | Bars, limits: Limits | None) -> list[str]:
    """The parts of a drawing with axes."""
    axes = place_axes(picture, limits)
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
    for tick in ticks(low, high, axes.log_y):
        y = float(axes.down(tick))
        grid.append(f'<path d="M0 {y:.1f}h{axes.width}" stroke="{GRID}"/>')
        labels.append(write_text(LEFT - 6, TOP + y + 4, f"{tick:g}", "end"))
    if isinstance(picture, Bars):
        every = -(-len(picture.names) // 12)
        marks = [(float(i), name) for i, name in enumerate(picture.names) if i % every == 0]
    else:
        marks = [(tick, f"{tick:g}") for tick in ticks(left, right, axes.log_x)]
    for value, name in marks:
        x = float(axes.across(value))
        if not isinstance(picture, Bars):
            grid.append(f'<path d="M{x:.1f} 0v{axes.height}" stroke="{GRID}"/>')
        labels.append(write_text(LEFT + x, HEIGHT - BOTTOM + 16, shorten(name), "middle"))
    middle, centre = LEFT + axes.width / 2, TOP + axes.height / 2
    labels.append(write_text(middle, HEIGHT - 10, picture.x_label, "middle"))
    labels.append(
        f'<text transform="translate(12 {centre:.0f}) rotate(-90)" '
        f'text-anchor="middle">{escape(picture.y_label)}</text>'
    )
    return grid, labels
