"""A number against the knob that was swept: where the trained values lie on the axis."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import NamedTuple

from workbench.core.pictures import Curves
from workbench.core.quantity import Quantity
from workbench.core.settings import Knob
from workbench.results.intervals import band


class KnobAxis(NamedTuple):
    """The axis of a swept knob: places on it by value. Those are the values themselves, except
    for a 0 on a logarithmic axis, which stands one stop before the least positive value, and for
    values that would crowd at the end, which stand as far from each other as on their slider."""

    label: str
    log: bool
    places: dict[float, float]

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Where an axis that is not linear has ticks, and what they read: the trained values."""
        if not self.log and all(value == place for value, place in self.places.items()):
            return ()
        return tuple((place, f"{value:g}") for value, place in self.places.items())


def knob_axis(knob: Knob, values: Sequence[float]) -> KnobAxis:
    """The axis on which these values of the knob are drawn."""
    numbers = sorted(map(float, values))
    positive = [value for value in numbers if value > 0]
    log = knob.logarithmic and len(positive) > 1 and numbers[0] >= 0
    if not log and knob.even:
        return KnobAxis(knob.label, False, dict(zip(numbers, map(float, count()), strict=False)))
    if not log:
        return KnobAxis(knob.label, False, {value: value for value in numbers})
    before = positive[0] ** 2 / positive[1]
    return KnobAxis(knob.label, True, {value: value or before for value in numbers})


def draw_against(
    axis: KnobAxis,
    numbers: Mapping[float, Sequence[float]],
    quantity: Quantity,
    style: str = "solid",
    caption: str = "",
) -> Curves:
    """The means of the numbers of all seeds at each value of the knob, with their intervals."""
    placed = {axis.places[float(value)]: seeds for value, seeds in numbers.items()}
    return Curves(
        f"{quantity.label} against {axis.label}",
        (band(quantity.label, placed, style),),
        x_label=axis.label,
        y_label=quantity.axis,
        y_unit=quantity.unit,
        log_x=axis.log,
        x_ticks=axis.ticks,
        caption=caption,
    )
