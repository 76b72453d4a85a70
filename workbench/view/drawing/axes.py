"""Axes: ranges that only grow, ticks, names, and the bare plot around them."""

import math

import numpy as np
from bokeh.models import AllLabels, FixedTicker, LinearAxis, LogAxis, NoOverlap, Plot, Range1d

from workbench.view.drawing.theme import Theme

HEIGHT = 280
SLANT = 0.8  # of names that stand too close to be level
SHORT_LETTERS = 4  # fit among the points of a scatter
NAMES_WIDTH = 270  # what a card or a telephone of 390 pixels leaves for names beside each other


class Span:
    """The range of an axis. Within a run it only grows, so curves move and axes do not."""

    def __init__(self, log=False, zero=False, floor=True, air=0.08):
        self.range = Range1d(0.1 if log else 0, 1)
        self.log = log
        self.zero = zero
        self.air = air
        self.floor = floor and not log  # no air below 0 where nothing is negative
        self.reset()

    def reset(self):
        self.low = np.inf
        self.high = -np.inf

    def cover(self, *arrays):
        """Grow until every finite number lies inside, with some air where it had to grow."""
        values = np.concatenate([np.ravel(a) for a in arrays] + [[0.0] * self.zero])
        values = values[np.isfinite(values)]
        values = np.log10(values[values > 0]) if self.log else values
        if not len(values):
            return
        edge = (-300.0, 300.0) if self.log else (-1e300, 1e300)
        least, most = np.clip((values.min(), values.max()), *edge)
        low, high = min(least, self.low), max(most, self.high)
        air = self.air * (high - low)
        if low == high:
            air = 0.5 if self.log else 0.1 * abs(high) or 0.5
        air = max(air, 1e-6 * abs(low), 1e-6 * abs(high))
        floor = 0.0 if self.floor and low >= 0 else edge[0]
        # half of the air stays, or what is drawn at the very edge would be cut
        if least - air / 2 < self.low:
            self.low = max(least - air, floor)
        if most + air / 2 > self.high:
            self.high = min(most + air, edge[1])
        self._show()

    def _show(self):
        low, high = (10.0**self.low, 10.0**self.high) if self.log else (self.low, self.high)
        self.range.update(start=float(low), end=float(high))


def plain(text: object) -> str:
    """The text as it stands: Bokeh would hand what looks like TeX to MathJax."""
    return str(text).replace("$$", "$\u200b$").replace("\\", "\\\u200b")


def short(text: object, most: int = 22) -> str:
    text = plain(text)
    return text if len(text) <= most else text[: most - 1] + "…"


def width_of(texts) -> int:
    """About how many pixels the longest of these short texts needs at 12 to 13 pixels."""
    return round(max((6.8 * len(text) for text in texts), default=0))


def bare_plot(x: Range1d, y: Range1d, renderers, axes, **kw) -> Plot:
    """A bare plot: figure() makes twice as many models, and each costs half a millisecond."""
    sides = {side: [axis] for side, axis in axes.items()}
    options = {"height": HEIGHT, "sizing_mode": "stretch_width", "min_width": 200} | sides | kw
    return Plot(
        x_range=x,
        y_range=y,
        renderers=renderers,
        title=None,
        toolbar_location=None,
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
        min_border=6,
        min_border_right=14,
        **options,
    )


def number_axis(label: str = "", log: bool = False):
    kind = LogAxis if log else LinearAxis
    axis = kind(
        axis_label=plain(label) or None,
        axis_label_text_font_size="13px",
        axis_label_text_font_style="normal",
        major_label_text_font_size="12px",
        minor_tick_line_color=None,
        major_tick_in=0,
    )
    if log:
        axis.update(ticker=FixedTicker(ticks=[]), major_label_policy=NoOverlap())
    return axis


def log_ticks(low: float, high: float) -> tuple[list[float], dict[float, str]]:
    """The ticks of a logarithmic axis from 10**low to 10**high, and what they read where that is
    not a power of ten. Below two decades Bokeh's own are all at the upper end."""
    if high - low >= 2:
        every = max(1, round((high - low) / 6))
        return [10.0**k for k in range(math.ceil(low), math.floor(high) + 1, every)], {}
    start, end = 10.0**low, 10.0**high
    if high - low >= 0.7:
        powers = range(math.floor(low), math.ceil(high))
        ticks = [m * 10.0**k for k in powers for m in (1, 2, 5, 10) if start <= m * 10.0**k <= end]
    else:
        fine = 10.0 ** math.floor(math.log10((end - start) / 4))
        step = next(m * fine for m in (1, 2, 5, 10) if (end - start) / (m * fine) <= 6)
        ticks = [n * step for n in range(math.ceil(start / step), math.floor(end / step) + 1)]
    return sorted(set(ticks)), {tick: f"{tick:.4g}" for tick in ticks}


def name_axis(label: str = ""):
    """An axis for names at certain places, with neither line nor ticks: see `put_names`."""
    axis = number_axis(label)
    axis.update(axis_line_color=None, major_tick_line_color=None, major_label_standoff=4)
    axis.ticker = FixedTicker()
    axis.major_label_policy = NoOverlap()
    return axis


def put_names(axis, centres, names):
    """A name at each centre, which may be more than there are names."""
    ticks = list(map(float, centres))
    if ticks != axis.ticker.ticks:
        axis.ticker.ticks = ticks
    names = {tick: short(name) for tick, name in zip(ticks, names, strict=False)}
    overrides = {tick: names.get(tick, " ") for tick in ticks}
    if overrides != axis.major_label_overrides:
        axis.major_label_overrides = overrides


def paint_axes(plot: Plot, theme: Theme):
    for axis in (*plot.below, *plot.left, *plot.above):
        axis.axis_label_text_color = theme.text
        axis.major_label_text_color = theme.muted
        if axis.axis_line_color is not None:
            axis.axis_line_color = axis.major_tick_line_color = theme.border
    for grid in plot.center:
        grid.grid_line_color = theme.grid


def drawable(values, log: bool) -> np.ndarray:
    values = np.asarray(values, float)
    return np.where(np.isfinite(values) & ((values > 0) | (not log)), values, np.nan)


def head_room(axis, names) -> int:
    """Turn the names if a telephone's columns are too narrow for them; the room they need."""
    policy = AllLabels if any(names) and len(names) <= 16 else NoOverlap
    if type(axis.major_label_policy) is not policy:
        axis.major_label_policy = policy()
    if not any(names):
        return 2
    longest = width_of(map(short, names))
    level = longest <= NAMES_WIDTH * 0.85 / sum(map(bool, names))
    axis.major_label_orientation = "horizontal" if level else SLANT
    return 22 if level else round(longest * math.sin(SLANT)) + 20
