"""Pictures as SVG, drawn without a screen: for what is taken home and opened elsewhere.

    svg(frame.pictures["rates"])       # one whole file

A drawing needs no fonts, styles or scripts from elsewhere; images lie in it as PNG.
"""

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

import numpy as np

from workbench.core.palette import LIGHT, heat_colours, ink
from workbench.core.pictures import Bars, Curves, HeatMap, Images, Picture, Scatter, Table
from workbench.results.png import data_url

WIDTH, HEIGHT = 460, 300
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 30, 42  # margins around the axes
NAME_LETTERS = 16  # of a line or a group in the legend
ROW_LETTERS = 24  # of a name beside a row of tiles
MOST_HIGH = 420  # of a mosaic of tiles
LETTER = 6.2  # how wide a letter is, about
TEXT, GRID, COLOURS = LIGHT.text, LIGHT.grid, LIGHT.classes
DASHES = {"solid": "", "dashed": ' stroke-dasharray="7 4"'}
NUMBERS_IN_CELLS = 120  # numbers in a heat map above which they are colours only


SHORT = 4  # letters of a group's name that fit among its points

Limits = tuple[float, float, float, float]  # x from, to; y from, to


class Drawing(NamedTuple):
    """A drawing with its size: `text` is a whole SVG file."""

    text: str
    width: int
    height: int


def svg(picture: Picture, limits: Limits | None = None) -> str:
    """The picture as an SVG file. `limits`: of the axes, instead of those that it needs itself."""
    return drawing(picture, limits).text


def drawing(picture: Picture, limits: Limits | None = None) -> Drawing:
    """The same with its size, for a page that puts several beside each other."""
    if isinstance(picture, Curves | Scatter | Bars):
        size, inside = (WIDTH, HEIGHT), _with_axes(picture, limits or extent(picture))
    else:
        size, inside = {Images: _images, HeatMap: _heat, Table: _table}[type(picture)](picture)
    width, height = (round(side) for side in size)
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="sans-serif" font-size="11" fill="{TEXT}">'
        f"<title>{escape(picture.summary())}</title>"
        f'<text x="4" y="18" font-size="14">{escape(picture.title)}</text>{"".join(inside)}</svg>'
    )
    return Drawing(text, width, height)


def marks(picture: Curves | Scatter | Bars, width: int, height: int) -> str:
    """The lines, points or bars alone, as they lie in axes of this size."""
    drawn, _ = MARKS[type(picture)](picture, _Axes(picture, extent(picture), width, height))
    return "".join(drawn)


def extent(picture: Picture) -> Limits | None:
    """What the axes of a picture have to reach; None for a picture without axes or numbers."""
    if isinstance(picture, Bars) and len(picture.values):
        values = picture.values
        return -0.5, len(values) - 0.5, min(0, values.min()), max(0.1, 1.05 * values.max())
    if isinstance(picture, Scatter):
        xs, ys = [picture.xy[:, 0]], [picture.xy[:, 1]]
    elif isinstance(picture, Curves):
        xs = [line.x for line in picture.lines]
        edges = [(line.y, line.low, line.high) for line in picture.lines]
        ys = [y for edge in edges for y in edge if y is not None]
    else:
        return None
    x, y = (
        _reach(*pair)
        for pair in ((xs, getattr(picture, "log_x", False)), (ys, getattr(picture, "log_y", False)))
    )
    return None if x is None or y is None else (*x, *y)


def union(limits: Iterable[Limits | None]) -> Limits | None:
    """The smallest limits that hold all of these."""
    found = [each for each in limits if each is not None]
    if not found:
        return None
    x_from, x_to, y_from, y_to = zip(*found, strict=True)
    return min(x_from), max(x_to), min(y_from), max(y_to)


def place(picture: Curves, x: float, limits: Limits | None = None) -> float:
    """Where x lies on the drawing, in its own units: for a mark that follows a slider."""
    return LEFT + _framed(picture, limits or extent(picture)).across(np.array([x]))[0]


def _reach(parts: Sequence[np.ndarray], log: bool) -> tuple[float, float] | None:
    """The finite range of the numbers with some air around it."""
    numbers = np.concatenate([np.ravel(part) for part in parts]) if parts else np.zeros(0)
    numbers = numbers[np.isfinite(numbers) & ((numbers > 0) | (not log))]
    if not len(numbers):
        return None
    low, high = numbers.min(), numbers.max()
    if log:
        return low / 1.05, high * 1.05
    air = 0.05 * (high - low) or 0.05 * abs(high) or 1
    return low - air, high + air


class _Axes:
    """From numbers to units of the drawing, inside the axes."""

    def __init__(self, picture: Picture, limits: Limits | None, width: int, height: int):
        self.limits = limits or (1, 10, 1, 10)  # nothing to show yet
        self.width = width
        self.height = height
        self.log_x = getattr(picture, "log_x", False)
        self.log_y = getattr(picture, "log_y", False)

    def across(self, x: np.ndarray) -> np.ndarray:
        return self.width * _share(x, *self.limits[:2], self.log_x)

    def down(self, y: np.ndarray) -> np.ndarray:
        return self.height * (1 - _share(y, *self.limits[2:], self.log_y))


def _framed(picture: Picture, limits: Limits | None) -> _Axes:
    """The axes with room for numbers and names around them."""
    names = getattr(picture, "groups", ()) or getattr(picture, "lines", ())
    names = [getattr(name, "name", name) for name in names]
    return _Axes(picture, limits, WIDTH - LEFT - RIGHT - _room(names), HEIGHT - TOP - BOTTOM)


def _room(names: Sequence[str]) -> int:
    """How wide a legend of these names is."""
    longest = min(NAME_LETTERS, max(map(len, names), default=0))
    return round(34 + LETTER * longest) if len(names) > 1 else 0


def _share(values, low: float, high: float, log: bool) -> np.ndarray:
    values = np.asarray(values, float)
    if log:
        with np.errstate(divide="ignore", invalid="ignore"):
            values, low, high = np.log(values), math.log(low), math.log(high)
    return (values - low) / ((high - low) or 1)


def _with_axes(picture: Curves | Scatter | Bars, limits: Limits | None) -> list[str]:
    axes = _framed(picture, limits)
    lines, legend = MARKS[type(picture)](picture, axes)
    grid, numbers = _grid(picture, axes)
    if isinstance(picture, Scatter):
        lines += _group_names(picture, axes)
    # an inner svg cuts off what lies outside the axes
    inner = (
        f'<svg x="{LEFT}" y="{TOP}" width="{axes.width}" height="{axes.height}">'
        f"{''.join(grid + lines)}</svg>"
    )
    return [inner, *numbers, *(_legend(legend) if len(legend) > 1 else [])]


def _legend(entries: Sequence[tuple[str, str, str]]) -> list[str]:
    """A sample and a name below the other, beside the axes. entries: name, colour, style."""
    drawn, left = [], WIDTH - _room([name for name, *_ in entries]) - RIGHT + 12
    for i, (name, colour, style) in enumerate(entries[:14]):
        middle = TOP + 6 + 16 * i
        if style == "dots":
            drawn.append(_dots(np.array([left + 9.0]), np.array([middle]), colour))
        else:
            path = f'd="M{left} {middle}h18" stroke="{colour}" stroke-width="2.5"'
            drawn.append(f"<path {path}{DASHES[style]}/>")
        drawn.append(_text(left + 22, middle + 4, _short(name, NAME_LETTERS)))
    return drawn


def _grid(picture, axes: _Axes) -> tuple[list[str], list[str]]:
    """Lines inside the axes, and the numbers and names beside them."""
    grid, beside = [], []
    low, high = axes.limits[2:]
    for tick in ticks(low, high, axes.log_y):
        y = axes.down(tick)
        grid.append(f'<path d="M0 {y:.1f}h{axes.width}" stroke="{GRID}"/>')
        beside.append(_text(LEFT - 6, TOP + y + 4, f"{tick:g}", "end"))
    if isinstance(picture, Bars):
        every = -(-len(picture.names) // 12)
        marks = [(i, name) for i, name in enumerate(picture.names) if i % every == 0]
    else:
        marks = [(tick, f"{tick:g}") for tick in ticks(*axes.limits[:2], axes.log_x)]
    for at, name in marks:
        x = axes.across(at)
        if not isinstance(picture, Bars):
            grid.append(f'<path d="M{x:.1f} 0v{axes.height}" stroke="{GRID}"/>')
        beside.append(_text(LEFT + x, HEIGHT - BOTTOM + 14, _short(name), "middle"))
    middle, centre = LEFT + axes.width / 2, TOP + axes.height / 2
    beside.append(_text(middle, HEIGHT - 10, picture.x_label, "middle"))
    beside.append(
        f'<text transform="translate(12 {centre:.0f}) rotate(-90)" '
        f'text-anchor="middle">{escape(picture.y_label)}</text>'
    )
    return grid, beside


def ticks(low: float, high: float, log: bool = False) -> list[float]:
    """Some round numbers from low to high."""
    if log:
        powers = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
        if len(powers) > 1:
            return [10.0**power for power in powers]
    rough = (high - low) / 5 or 1
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * f for f in (1, 2, 5, 10) if power * f >= rough * 0.999)
    return [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _curves(picture: Curves, axes: _Axes):
    drawn, legend = [], []
    for i, line in enumerate(picture.lines):
        colour = COLOURS[i % len(COLOURS)]
        legend.append((line.name, colour, line.style))
        x, y = axes.across(line.x), axes.down(line.y)
        if line.low is not None and line.high is not None:
            edge = np.concatenate([axes.down(line.low), axes.down(line.high)[::-1]])
            band = _path(np.concatenate([x, x[::-1]]), edge)
            drawn.append(f'<path d="{band}z" fill="{colour}" fill-opacity=".2"/>')
        if line.style == "dots":
            drawn.append(_dots(x, y, colour))
        else:
            drawn.append(
                f'<path d="{_path(x, y)}" fill="none" stroke="{colour}" '
                f'stroke-width="2"{DASHES[line.style]}/>'
            )
    return drawn, legend


def _scatter(picture: Scatter, axes: _Axes):
    names = picture.groups or ("",)
    group = np.zeros(len(picture.xy), int) if picture.group is None else picture.group
    x, y = axes.across(picture.xy[:, 0]), axes.down(picture.xy[:, 1])
    legend = [(name, COLOURS[i % len(COLOURS)], "dots") for i, name in enumerate(names)]
    drawn = [_dots(x[group == i], y[group == i], colour) for i, (_, colour, _) in enumerate(legend)]
    for line in picture.outlines:
        path = _path(axes.across(line[:, 0]), axes.down(line[:, 1]))
        drawn.append(f'<path d="{path}z" fill="none" stroke="{TEXT}"/>')
    return drawn, legend


def _group_names(picture: Scatter, axes: _Axes) -> list[str]:
    """Each group's name in the middle of its points, where the names are short."""
    if picture.group is None or max(map(len, picture.groups or ("",))) not in range(1, SHORT + 1):
        return []
    x, y = axes.across(picture.xy[:, 0]), axes.down(picture.xy[:, 1])
    drawn = []
    for i, name in enumerate(picture.groups):
        members = (picture.group == i) & np.isfinite(x + y)
        if members.any():
            drawn.append(_text(x[members].mean(), y[members].mean() + 4, name, "middle"))
    halo = f'font-size="13" font-weight="bold" stroke="{LIGHT.page}" stroke-width="3"'
    return [f'<g {halo} paint-order="stroke">{"".join(drawn)}</g>']


def _bars(picture: Bars, axes: _Axes):
    floor = axes.down(0)
    thick = 0.7 * axes.width / max(1, len(picture.names))
    drawn = []
    for i, y in enumerate(axes.down(picture.values)):
        top, tall = min(y, floor), abs(floor - y)
        drawn.append(
            f'<rect x="{axes.across(i) - thick / 2:.1f}" y="{top:.1f}" '
            f'width="{thick:.1f}" height="{tall:.1f}" fill="{COLOURS[0]}"/>'
        )
    return drawn, []


MARKS = {Curves: _curves, Scatter: _scatter, Bars: _bars}


def _path(x: np.ndarray, y: np.ndarray) -> str:
    """A line through the points; it is interrupted where a number is not finite."""
    words, pen = [], "M"
    for a, b in zip(x, y, strict=True):
        if not (math.isfinite(a) and math.isfinite(b)):
            pen = "M"
            continue
        words.append(f"{pen}{a:.1f} {b:.1f}")
        pen = "L"
    return "".join(words)


def _dots(x: np.ndarray, y: np.ndarray, colour: str) -> str:
    there = np.isfinite(x) & np.isfinite(y)
    spots = "".join(f"M{a:.0f} {b:.0f}h0" for a, b in zip(x[there], y[there], strict=True))
    return (
        f'<path d="{spots}" stroke="{colour}" stroke-width="5" stroke-linecap="round" '
        f'stroke-opacity=".75"/>'
    )


def _images(picture: Images):
    board = picture.mosaic() if picture.colours is None else picture.colour_mosaic()
    high, wide = board.shape[:2]
    rows, columns = picture.tiles.shape[:2]
    longest = min(ROW_LETTERS, max(map(len, picture.rows), default=0))
    left, top = round(10 + LETTER * longest), (44 if any(picture.columns) else 28)
    scale = min((WIDTH - left - 4) / wide, MOST_HIGH / high)
    size = WIDTH, top + scale * high + 4
    inside = [
        f'<image x="{left}" y="{top}" width="{scale * wide:.1f}" height="{scale * high:.1f}" '
        f'style="image-rendering:pixelated" href="{data_url(board)}"/>'
    ]
    for i, name in enumerate(picture.rows):
        y = top + scale * high * (i + 0.5) / rows + 4
        inside.append(_text(left - 6, y, _short(name, ROW_LETTERS), "end"))
    for i, name in enumerate(picture.columns):
        x = left + scale * wide * (i + 0.5) / columns
        most = max(2, int(scale * wide / columns / LETTER))
        inside.append(_text(x, top - 5, _short(name, most), "middle"))
    return size, inside


def _heat(picture: HeatMap):
    rows, columns = picture.values.shape
    left, top, tall = 96, 44, 20
    wide = (WIDTH - left - 8) / max(1, columns)
    shares = shares_of_range(picture.values)
    inside = [
        _text(left - 6, top + tall * (i + 0.7), _short(name), "end")
        for i, name in enumerate(picture.rows)
    ]
    inside += [
        _text(left + wide * (j + 0.5), top - 5, _short(name, int(wide / 6)), "middle")
        for j, name in enumerate(picture.columns)
    ]
    for (i, j), value in np.ndenumerate(picture.values):
        cell = heat_colour(shares[i, j])
        at = f'x="{left + wide * j:.1f}" y="{top + tall * i}"'
        inside.append(f'<rect {at} width="{wide:.1f}" height="{tall}" fill="{cell}"/>')
        if picture.values.size <= NUMBERS_IN_CELLS:
            number = _text(left + wide * (j + 0.5), top + tall * (i + 0.7), _brief(value), "middle")
            inside.append(f'<g fill="{ink(cell)}">{number}</g>')
    return (WIDTH, top + tall * rows + 6), inside


def _brief(value: float) -> str:
    """The number in few letters: 1200, and not 1.2e+03."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2g}"


def heat_colour(share: float) -> str:
    """The colour of a cell whose value lies at this share of the range."""
    return heat_colours()[round(255 * share)]


def shares_of_range(values: np.ndarray) -> np.ndarray:
    """Each value's place between the lowest, 0, and the highest, 1."""
    finite = values[np.isfinite(values)]
    if not len(finite) or finite.min() == finite.max():
        return np.zeros(values.shape)
    return np.nan_to_num((values - finite.min()) / (finite.max() - finite.min()))


def _table(picture: Table):
    wide = (WIDTH - 8) / max(1, len(picture.columns))
    inside = []
    for i, row in enumerate((picture.columns, *picture.rows)):
        bold = ' font-weight="bold"' if i == 0 else ""
        cells = [
            _text(8 + wide * j, 44 + 20 * i, _short(cell, int(wide / 6)))
            for j, cell in enumerate(row)
        ]
        inside.append(f"<g{bold}>{''.join(cells)}</g>")
    return (WIDTH, 56 + 20 * len(picture.rows)), inside


def _text(x: float, y: float, text: object, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(str(text))}</text>'


def _short(text: object, most: int = 16) -> str:
    text = str(text)
    return text if len(text) <= max(most, 2) else text[: max(most, 2) - 1] + "…"
