"""Axes: from numbers to places on a drawing."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from workbench.core.palette import LIGHT, Theme
from workbench.core.pictures import Bars, Curves, HeatMap, Picture, Scatter
from workbench.core.quantity import is_bounded
from workbench.results.svg.style import BOTTOM, LEFT, LETTER_WIDTH, NORMAL, RIGHT, TOP, Size

NAME_LETTERS = 16  # of the longest name in a legend beside the axes, in a drawing of usual width
Limits = tuple[float, float, float, float]  # x from, to; y from, to


def extent(picture: Picture) -> Limits | None:
    """What the axes of a picture have to reach; None for a picture without axes or numbers.

    A heat map's colours reach from the lowest to the highest value, which stand where y does.
    """
    if isinstance(picture, HeatMap):
        finite = picture.values[np.isfinite(picture.values)]
        columns = picture.values.shape[1]
        return (0, columns, finite.min(), finite.max()) if len(finite) else None
    if isinstance(picture, Bars) and len(picture.values):
        values = picture.values
        end = _within(picture.y_label, picture.y_unit, values, max(0.1, 1.05 * values.max()))
        return -0.5, len(values) - 0.5, min(0, values.min()), end
    if isinstance(picture, Scatter):
        xs, ys = [picture.reach[:, 0]], [picture.reach[:, 1]]
    elif isinstance(picture, Curves):
        xs = [line.x for line in picture.lines]
        edges = [(line.y, line.low, line.high) for line in picture.lines]
        ys = [y for edge in edges for y in edge if y is not None]
    else:
        return None
    x = _reach(xs, getattr(picture, "log_x", False), picture.x_label)
    y = _reach(ys, getattr(picture, "log_y", False), picture.y_label, y_unit(picture))
    return None if x is None or y is None else (*x, *y)


def y_unit(picture: Curves | Scatter | Bars) -> str:
    """The unit of the y axis, where the picture has one."""
    return getattr(picture, "y_unit", "")


def union(limits: Iterable[Limits | None]) -> Limits | None:
    """The smallest limits that hold all of these."""
    known = [each for each in limits if each is not None]
    if not known:
        return None
    x_from, x_to, y_from, y_to = zip(*known, strict=True)
    return min(x_from), max(x_to), min(y_from), max(y_to)


def _within(label: str, unit: str, numbers: np.ndarray, high: float) -> float:
    """The end of an axis: 1 for shares, which have no more."""
    bounded = is_bounded(label, unit) and numbers.min() >= 0 and numbers.max() <= 1
    return min(high, 1.0) if bounded else high


def _reach(
    parts: Sequence[np.ndarray], log: bool, label: str, unit: str = ""
) -> tuple[float, float] | None:
    """The finite range of the numbers with some air around it; shares stay within 0 and 1."""
    numbers = np.concatenate([np.ravel(part) for part in parts]) if parts else np.zeros(0)
    numbers = numbers[np.isfinite(numbers) & ((numbers > 0) | (not log))]
    if not len(numbers):
        return None
    low, high = numbers.min(), numbers.max()
    if log:
        return low / 1.05, high * 1.05
    air = 0.05 * (high - low) or 0.05 * abs(high) or 1
    if is_bounded(label, unit) and low >= 0 and high <= 1:
        return max(0.0, low - air), min(1.0, high + air)
    return low - air, high + air


class Axes:
    """From numbers to units of the drawing, inside the axes; with one scale for both, if the
    picture wants that. What is drawn inside has the colours of `theme`."""

    def __init__(
        self,
        picture: Picture,
        limits: Limits | None,
        width: int,
        height: int,
        theme: Theme = LIGHT,
    ):
        self.limits = limits or (1, 10, 1, 10)  # nothing to show yet
        if getattr(picture, "equal", False):
            self.limits = _equal(self.limits, width, height)
        self.theme = theme
        self.width = width
        self.height = height
        self.log_x = getattr(picture, "log_x", False)
        self.log_y = getattr(picture, "log_y", False)

    def across(self, x: ArrayLike) -> np.ndarray:
        """How far to the right x lies."""
        low, high, _, _ = self.limits
        return self.width * _share(x, low, high, self.log_x)

    def down(self, y: ArrayLike) -> np.ndarray:
        """How far down y lies."""
        _, _, low, high = self.limits
        return self.height * (1 - _share(y, low, high, self.log_y))


def place_axes(
    picture: Picture, limits: Limits | None, theme: Theme = LIGHT, size: Size = NORMAL
) -> Axes:
    """Axes with room for numbers and names around them."""
    entries = getattr(picture, "groups", ()) or getattr(picture, "lines", ())
    legend = legend_width([getattr(entry, "name", entry) for entry in entries], size)
    wide, high = size.width - LEFT - RIGHT - legend, size.height - TOP - BOTTOM
    return Axes(picture, limits, wide, high, theme)


def legend_width(names: Sequence[str], size: Size = NORMAL) -> int:
    """How wide a legend of these names is beside the axes; 0 where it has no room there: a longer
    name is not cut, its legend stands below."""
    longest = max(map(len, names), default=0)
    beside = len(names) > 1 and longest <= NAME_LETTERS * size.width / NORMAL.width
    return round(34 + LETTER_WIDTH * longest) if beside else 0


def _share(values: ArrayLike, low: float, high: float, log: bool) -> np.ndarray:
    """Where between low and high the values lie: 0 to 1."""
    numbers = np.asarray(values, float)
    if log:
        with np.errstate(divide="ignore", invalid="ignore"):
            numbers, low, high = np.log(numbers), math.log(low), math.log(high)
    return (numbers - low) / ((high - low) or 1)


def _equal(limits: Limits, width: int, height: int) -> Limits:
    """The limits, widened on one axis so that both have one scale."""
    left, right, low, high = limits
    unit = max((right - left) / width, (high - low) / height)
    middle, centre = (left + right) / 2, (low + high) / 2
    across, up = unit * width / 2, unit * height / 2
    return middle - across, middle + across, centre - up, centre + up


def ticks(low: float, high: float, log: bool = False, whole: bool = False) -> list[float]:
    """Some round numbers from low to high; `whole`: whole ones."""
    if log:
        powers = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
        if len(powers) > 1:
            return [10.0**power for power in powers]
    rough = (high - low) / 5 or 1
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * f for f in (1, 2, 5, 10) if power * f >= rough * 0.999)
    step = max(step, 1.0) if whole else step
    return [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
