"""Ranges of axes: within a run they only grow, and shares stay within 0 and 1."""

import numpy as np
from bokeh.models import Range1d

from workbench.view.patches.quick_change import set_plain

SHARE_AIR = 0.015  # of the height: half a line at 0 or at 1 would be cut
SHARE_LEAST = 0.02  # the least height of an axis of shares


class Span:
    """The range of an axis. Within a run it only grows, so curves move and axes do not.

    `bounded`: what it shows lies between 0 and 1; `head` is the room above that for what stands
    on it, as a share of the height. `whole`: it shows whole numbers alone.
    """

    def __init__(self, log=False, zero=False, floor=True, air=0.08, bounded=False, head=0.0):
        self.range = Range1d(0.1 if log else 0, 1)
        self.log = log
        self.zero = zero
        self.air = air
        self.floor = floor and not log  # no air below 0 where nothing is negative
        self.bounded = bounded and not log
        self.head = head
        self.reset()

    def reset(self):
        self.low = np.inf
        self.high = -np.inf
        self.whole = True
        self.inside = True

    @property
    def is_share(self) -> bool:
        """Whether all that it has shown lies between 0 and 1, as it should."""
        return self.bounded and self.inside

    def cover(self, *arrays, show: bool = True):
        """Grow until every finite number lies inside, with some air where it had to grow."""
        values = np.concatenate([np.ravel(a) for a in arrays] + [[0.0] * self.zero])
        values = values[np.isfinite(values)]
        values = np.log10(values[values > 0]) if self.log else values
        if not len(values):
            return
        self.whole = self.whole and not self.log and bool((values == np.round(values)).all())
        least, most = float(values.min()), float(values.max())
        self.inside = self.inside and least >= -1e-9 and most <= 1 + 1e-9
        edge = (-300.0, 300.0) if self.log else (-1e300, 1e300)
        least, most = max(least, edge[0]), min(most, edge[1])
        least, most = min(least, edge[1]), max(most, edge[0])
        low, high = min(least, self.low), max(most, self.high)
        air = self.air * (high - low)
        if low == high:
            air = 0.5 if self.log or (self.whole and not self.bounded) else 0.1 * abs(high) or 0.5
        air = max(air, 1e-6 * abs(low), 1e-6 * abs(high))
        floor = 0.0 if self.floor and low >= 0 else edge[0]
        # half of the air stays, or what is drawn at the very edge would be cut
        if least - air / 2 < self.low:
            self.low = max(least - air, floor)
        if most + air / 2 > self.high:
            self.high = min(most + air, edge[1])
        if show:
            self._show()

    def ends(self) -> tuple[float, float]:
        """Where the axis begins and ends."""
        if not self.is_share or self.low == np.inf:
            return self.low, self.high
        low, high = max(self.low, 0.0), min(self.high, 1.0)
        low, high = max(0.0, min(low, high - SHARE_LEAST)), min(1.0, max(high, low + SHARE_LEAST))
        air = SHARE_AIR * (high - low)
        first = low - air if low == 0.0 and not self.zero else low
        last = high + air if high == 1.0 else high
        return first, last + self.head * (high - low)

    def _show(self):
        low, high = self.ends()
        if self.log:
            low, high = 10.0**low, 10.0**high
        show_ends(self.range, low, high)


def show_ends(shown: Range1d, start: float, end: float):
    """Sets the ends of a range that are others."""
    set_plain(shown, "start", float(start))
    set_plain(shown, "end", float(end))


def equalise(x: Span, y: Span, ratio: float):
    """Shows both with one scale in a frame that is `ratio` times as high as it is wide."""
    (left, right), (low, high) = x.ends(), y.ends()
    if not np.isfinite([left, right, low, high]).all():
        return
    wide = max(right - left, (high - low) / ratio)
    for span, middle, reach in (
        (x, (left + right) / 2, wide / 2),
        (y, (low + high) / 2, wide * ratio / 2),
    ):
        show_ends(span.range, middle - reach, middle + reach)
