"""Ticks: percent for shares, whole for counts, all along a logarithmic axis."""

import math
from collections.abc import Sequence

from bokeh.models import Axis, FixedTicker, NoOverlap, NumeralTickFormatter

from workbench.view.drawing.axes import plain
from workbench.view.drawing.spans import Span

PLAIN_POWERS = range(-4, 6)  # of ten that are written as 0.001 or 1000
PERCENT = "0[.]0[0] %"


def log_ticks(low: float, high: float) -> tuple[list[float], dict[float, str]]:
    """The ticks of a logarithmic axis from 10**low to 10**high, and what they read unless that is
    10 with an exponent. Below two decades Bokeh's own are all at the upper end."""
    if high - low >= 2:
        every = max(1, round((high - low) / 6))
        powers = range(math.ceil(low), math.floor(high) + 1, every)
        plain_powers = all(k in PLAIN_POWERS for k in powers)
        return [10.0**k for k in powers], {10.0**k: f"{10.0**k:g}" for k in powers if plain_powers}
    start, end = 10.0**low, 10.0**high
    if high - low >= 0.7:
        powers = range(math.floor(low), math.ceil(high))
        ticks = [m * 10.0**k for k in powers for m in (1, 2, 5, 10) if start <= m * 10.0**k <= end]
    else:
        fine = 10.0 ** math.floor(math.log10((end - start) / 4))
        step = next(m * fine for m in (1, 2, 5, 10) if (end - start) / (m * fine) <= 6)
        ticks = [n * step for n in range(math.ceil(start / step), math.floor(end / step) + 1)]
    return sorted(set(ticks)), {tick: f"{tick:.4g}" for tick in ticks}


class Ticks:
    """The ticks of one axis, which follow what its span shows; `percent` for shares."""

    def __init__(self, axis: Axis, span: Span, percent: bool = False):
        self.axis = axis
        self.span = span
        # Bokeh's own comparison is dear: what has been set, whether the axis shows shares or whole
        # numbers, and the fixed places with what is written there
        self._scaled: tuple[bool, bool] | None = None
        self._fixed: tuple[list[float], dict[float, str]] | None = None
        axis.major_label_policy = NoOverlap()
        if percent:
            axis.formatter = NumeralTickFormatter(format=PERCENT)

    def follow(self, fixed: Sequence[tuple[float, str]] = ()) -> None:
        """Ticks for the span as it is now, or the fixed ones: places, and what to write there."""
        if fixed:
            self._fix([place for place, _ in fixed], {p: plain(text) for p, text in fixed})
        elif self.span.log:
            if self.span.low < self.span.high:
                self._fix(*log_ticks(self.span.low, self.span.high))
        else:
            self._scale(self.span.is_share, self.span.whole and not self.span.is_share)

    def _scale(self, share: bool, whole: bool) -> None:
        if self._scaled != (share, whole):
            self._scaled = share, whole
            self.axis.bounds = (0.0, 1.0) if share else "auto"
            self.axis.ticker.min_interval = 1.0 if whole else 0.0

    def _fix(self, places: list[float], texts: dict[float, str]) -> None:
        if self._fixed != (places, texts):
            self._fixed = places, texts
            if not isinstance(self.axis.ticker, FixedTicker):
                self.axis.ticker = FixedTicker(ticks=[])
            self.axis.ticker.ticks = places
            self.axis.major_label_overrides = texts
