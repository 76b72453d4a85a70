"""Lines, points and bars inside axes."""

import math
from typing import NamedTuple

import numpy as np

from workbench.core.covered import covering
from workbench.core.palette import tint_steps, tints
from workbench.core.pictures import Bars, Curves, Field, Scatter
from workbench.results.svg.axes import Axes
from workbench.results.svg.style import DASHES, write_text

SHORT_LETTERS = 4  # of a group's name that fits among its points


class Entry(NamedTuple):
    """A line of the legend. `style` is solid, dashed or dots."""

    name: str
    colour: str
    style: str


Marks = tuple[list[str], list[Entry]]


def place_marks(picture: Curves | Scatter | Bars, axes: Axes) -> Marks:
    """The lines, points or bars, and what the legend says of them."""
    if isinstance(picture, Curves):
        return _draw_curves(picture, axes)
    if isinstance(picture, Scatter):
        return _draw_scatter(picture, axes)
    return _draw_bars(picture, axes)


def _draw_curves(picture: Curves, axes: Axes) -> Marks:
    shapes: list[str] = []
    legend: list[Entry] = []
    over, lines = covering(picture), axes.theme.lines
    for i, line in enumerate(picture.lines):
        colour, style = lines[i % len(lines)], "covering" if i in over else line.style
        legend.append(Entry(line.name, colour, style))
        x, y = axes.across(line.x), axes.down(line.y)
        if line.low is not None and line.high is not None:
            edge = np.concatenate([axes.down(line.low), axes.down(line.high)[::-1]])
            band = draw_path(np.concatenate([x, x[::-1]]), edge)
            shapes.append(f'<path d="{band}z" fill="{colour}" fill-opacity=".2"/>')
        if line.style == "dots":
            shapes.append(draw_dots(x, y, colour))
        else:
            shapes.append(
                f'<path d="{draw_path(x, y)}" fill="none" stroke="{colour}" '
                f'stroke-width="2"{DASHES[style]}/>'
            )
        if line.style != "dots" and line.low is not None:  # means of trained runs
            shapes.append(draw_dots(x, y, colour))
    return shapes, legend


def _draw_scatter(picture: Scatter, axes: Axes) -> Marks:
    names = picture.groups or ("",)
    group = np.zeros(len(picture.xy), int) if picture.group is None else picture.group
    x, y = axes.across(picture.xy[:, 0]), axes.down(picture.xy[:, 1])
    colours = axes.theme.classes
    legend = [Entry(name, colours[i % len(colours)], "dots") for i, name in enumerate(names)]
    shapes = [] if picture.field is None else draw_field(picture.field, axes)
    shapes += [
        draw_dots(x[group == i], y[group == i], colour) for i, (_, colour, _) in enumerate(legend)
    ]
    shapes += [
        write_text(a + 5, b - 5, name)
        for a, b, name in zip(x, y, picture.names, strict=False)
        if name and np.isfinite(a + b)
    ]
    for line in picture.outlines:
        path = draw_path(axes.across(line[:, 0]), axes.down(line[:, 1]))
        shapes.append(f'<path d="{path}z" fill="none" stroke="{axes.theme.text}"/>')
    return shapes, legend


def draw_field(field: Field, axes: Axes) -> list[str]:
    """Cells in the colours of the two groups, neighbours of a row as one; a path for each tint."""
    steps = tint_steps(field.values)
    rows, columns = steps.shape
    x = axes.across(np.linspace(field.left, field.right, columns + 1))
    y = axes.down(np.linspace(field.low, field.high, rows + 1))
    cells: dict[int, list[str]] = {}
    for row in range(rows):
        ends = np.flatnonzero(np.diff(steps[row], append=-1)) + 1
        for first, last in zip((0, *ends[:-1]), ends, strict=True):
            cell = f"M{x[first]:.1f} {y[row]:.1f}H{x[last]:.1f}V{y[row + 1]:.1f}H{x[first]:.1f}z"
            cells.setdefault(int(steps[row, first]), []).append(cell)
    return [
        f'<path d="{"".join(cells[step])}" fill="{colour}" fill-opacity="{opacity:.2f}"/>'
        for step, (colour, opacity) in enumerate(tints(axes.theme.classes))
        if step in cells and opacity > 0
    ]


def draw_group_names(picture: Scatter, axes: Axes) -> list[str]:
    """Each group's name in the middle of its points, where the names are short."""
    if picture.group is None or max(map(len, picture.groups or ("",))) not in range(
        1, SHORT_LETTERS + 1
    ):
        return []
    x, y = axes.across(picture.xy[:, 0]), axes.down(picture.xy[:, 1])
    shapes = []
    for i, name in enumerate(picture.groups):
        members = (picture.group == i) & np.isfinite(x + y)
        if members.any():
            shapes.append(write_text(x[members].mean(), y[members].mean() + 4, name, "middle"))
    halo = f'font-size="13" font-weight="bold" stroke="{axes.theme.page}" stroke-width="3"'
    return [f'<g {halo} paint-order="stroke">{"".join(shapes)}</g>']


def _draw_bars(picture: Bars, axes: Axes) -> Marks:
    floor = axes.down(0)
    thick = 0.7 * axes.width / max(1, len(picture.names))
    shapes = []
    for i, y in enumerate(axes.down(picture.values)):
        top, tall = min(y, floor), abs(floor - y)
        shapes.append(
            f'<rect x="{axes.across(i) - thick / 2:.1f}" y="{top:.1f}" '
            f'width="{thick:.1f}" height="{tall:.1f}" fill="{axes.theme.classes[0]}"/>'
        )
    return shapes, []


def draw_path(x: np.ndarray, y: np.ndarray) -> str:
    """A line through the points; it is interrupted where a number is not finite."""
    words, pen = [], "M"
    for a, b in zip(x, y, strict=True):
        if not (math.isfinite(a) and math.isfinite(b)):
            pen = "M"
            continue
        words.append(f"{pen}{a:.1f} {b:.1f}")
        pen = "L"
    return "".join(words)


def draw_dots(x: np.ndarray, y: np.ndarray, colour: str) -> str:
    """A dot at each point that is finite."""
    finite = np.isfinite(x) & np.isfinite(y)
    spots = "".join(f"M{a:.0f} {b:.0f}h0" for a, b in zip(x[finite], y[finite], strict=True))
    return (
        f'<path d="{spots}" stroke="{colour}" stroke-width="5" stroke-linecap="round" '
        f'stroke-opacity=".75"/>'
    )
