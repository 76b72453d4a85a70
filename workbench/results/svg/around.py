"""What stands around the axes: a grid, numbers, names and a legend."""

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from workbench.core.palette import LIGHT, Theme
from workbench.core.pictures import Bars, Curves, Scatter
from workbench.core.quantity import PERCENT, is_share, percent
from workbench.results.svg.axes import (
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
    LEFT,
    LETTER_WIDTH,
    NORMAL,
    RIGHT,
    TOP,
    Size,
    shorten,
    write_text,
)

LEGEND_LINES, LEGEND_ROW = 14, 18  # entries at most, and the height of a row below the axes
SLANT, SLANTED_LETTERS = (
    50,
    20,
)  # degrees by which names without room beside each other are turned, and their letters
Axed = Curves | Scatter | Bars  # what has axes
Mark = tuple[float, str]  # a place on an axis and what is written there


def draw_with_axes(
    picture: Axed, limits: Limits | None, theme: Theme = LIGHT, size: Size = NORMAL
) -> tuple[Size, list[str]]:
    """The parts of a drawing with axes, and what it takes: more than `size` where a legend or
    turned names stand below it."""
    axes = place_axes(picture, limits, theme, size)
    shapes, legend = place_marks(picture, axes)
    grid, numbers = _draw_grid(picture, axes)
    if isinstance(picture, Scatter):
        shapes += draw_group_names(picture, axes)
    # an inner svg cuts off what lies outside the axes
    inner = (
        f'<svg x="{LEFT}" y="{TOP}" width="{axes.width}" height="{axes.height}">'
        f"{''.join(grid + shapes)}</svg>"
    )
    high = size.height + slant_room(picture, axes)
    entries = legend[:LEGEND_LINES] if len(legend) > 1 else []
    places = _beside(entries, size) or _below(entries, size.width, high)
    for entry, (left, middle) in zip(entries, places, strict=True):
        numbers += _draw_entry(entry, left, middle)
    lowest = max((middle + LEGEND_ROW // 2 for _, middle in places), default=0)
    return Size(size.width, max(high, lowest)), [inner, *numbers]


def _beside(entries: Sequence[Entry], size: Size) -> list[tuple[int, int]]:
    """Where entries stand below each other beside the axes; nowhere if they have no room there."""
    room = legend_width([entry.name for entry in entries], size)
    left = size.width - room - RIGHT + 12
    return [(left, TOP + 6 + 16 * i) for i in range(len(entries))] if room else []


def _below(entries: Sequence[Entry], wide: int, top: int) -> list[tuple[int, int]]:
    """Where entries stand in rows below the axes, from `top` down."""
    places, x, y = [], LEFT, top + 6
    for entry in entries:
        taken = 36 + LETTER_WIDTH * len(entry.name)
        if x > LEFT and x + taken > wide:
            x, y = LEFT, y + LEGEND_ROW
        places.append((x, y))
        x += taken
    return places


def _draw_entry(entry: Entry, left: int, middle: int) -> list[str]:
    """A sample and a name."""
    if entry.style == "dots":
        sample = draw_dots(np.array([left + 9.0]), np.array([middle]), entry.colour)
    else:
        path = f'd="M{left} {middle}h18" stroke="{entry.colour}" stroke-width="2.5"'
        sample = f"<path {path}{DASHES[entry.style]}/>"
    return [sample, write_text(left + 22, middle + 4, entry.name)]


def slant_room(picture: Axed, axes: Axes) -> int:
    """How much more room the names of bars need below the axes; 0 where they are level."""
    names = picture.names if isinstance(picture, Bars) else ()
    longest = max((min(len(name), SLANTED_LETTERS) for name in names), default=0)
    if longest * LETTER_WIDTH + 4 <= axes.width / max(1, len(names)) or len(names) > LEGEND_LINES:
        return 0
    return round(longest * LETTER_WIDTH * math.sin(math.radians(SLANT)))


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
    below, slant = TOP + axes.height + 16, slant_room(picture, axes)
    for place, text in x_marks(picture, left, right, axes.log_x):
        x, half = float(axes.across(place)), LETTER_WIDTH * len(shorten(text)) / 2
        if not isinstance(picture, Bars):
            grid.append(f'<path d="M{x:.1f} 0v{axes.height}" {stroke}/>')
        if slant:
            labels.append(_slanted(LEFT + x + 4, below - 4, shorten(text, SLANTED_LETTERS)))
        elif x - half > last + 3:
            labels.append(write_text(LEFT + x, below, shorten(text), "middle"))
            last = x + half
    middle, centre = LEFT + axes.width / 2, TOP + axes.height / 2
    labels.append(write_text(middle, below + slant + BOTTOM - 26, picture.x_label, "middle"))
    labels.append(
        f'<text transform="translate(12 {centre:.0f}) rotate(-90)" '
        f'text-anchor="middle">{escape(picture.y_label)}</text>'
    )
    return grid, labels


def _slanted(x: float, y: float, text: str) -> str:
    """Letters that end at this point and rise towards it."""
    turned = f'transform="translate({x:.0f} {y:.0f}) rotate(-{SLANT})" text-anchor="end"'
    return f"<text {turned}>{escape(text)}</text>"


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
