"""Where a slider has its values: for what is drawn above it and for the slider itself."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

from workbench.core.settings import Knob

LINEAR_STEP = 0.01  # of a number without a step of its own


class Scale(NamedTuple):
    """The scale of a knob's slider: stops at equal distances, or numbers from low to high.

    texts: what the slider says at each stop.
    """

    stops: tuple[Any, ...] = ()
    texts: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    step: float = LINEAR_STEP

    def share(self, value: Any) -> float:
        """How far to the right the value stands: 0 to 1. A number between two stops stands
        between them. Raises ValueError for what the slider cannot show."""
        if not self.stops:
            return (value - self.low) / ((self.high - self.low) or 1)
        last = max(1, len(self.stops) - 1)
        if value in self.stops:
            return self.stops.index(value) / last
        if isinstance(value, str):
            raise ValueError(f"{value} is none of {', '.join(map(str, self.stops))}.")
        return _between(self.stops, value) / last


def scale_of(knob: Knob) -> Scale | None:
    """The scale of this knob; None for a knob that no slider can show."""
    if knob.kind == "choice":
        return Scale(knob.choices, knob.choices)
    if knob.kind not in ("number", "integer"):
        return None
    if knob.stops:
        stops = tuple(sorted(knob.stops))
        return Scale(stops, tuple(map(knob.reads, stops)))
    low, high = knob.bounds
    return Scale(low=low, high=high, step=knob.step or (1 if knob.kind == "integer" else LINEAR_STEP))


def _between(stops: Sequence[float], value: float) -> float:
    """The place of the value, counted in stops; those beyond the ends stand at the ends."""
    after = bisect_right(stops, value)
    if after in (0, len(stops)):
        return float(max(0, after - 1))
    low, high = stops[after - 1 : after + 1]
    return after - 1 + (value - low) / (high - low)
