"""What a sweep is going to train: values of knobs times seeds, and how they are written."""

import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from workbench.chapters import find
from workbench.core.settings import Knob, Settings, SettingsError

RUNS_UNASKED = 400  # in one sweep without a second thought
RUNS_AT_MOST = 10_000  # and with one


class Plan(NamedTuple):
    """The runs of a sweep: values by knob, seeds, and of each run its cell and its settings.

    A cell holds the values of the swept knobs and the seed.
    """

    over: dict[str, list]
    seeds: list[int]
    cells: list[dict[str, Any]]
    runs: list[Settings]


def plan(
    name: str, over: Mapping[str, Iterable], seeds: int | Iterable[int] = 5, **knobs: Any
) -> Plan:
    """Every combination of `over` and seed. seeds: how many (0, 1, ...), or which.

    Raises SettingsError for an unknown chapter, knob or value, for none, and for too many.
    """
    base = find(name).Settings(**knobs)
    values = {knob: list(each) for knob, each in over.items()}
    which = range(seeds) if isinstance(seeds, int) else list(seeds)
    if "seed" in values:
        raise SettingsError("Seeds are not swept as a knob; say how many, or which, by seeds.")
    if not which or not all(values.values()):
        raise SettingsError("A sweep needs at least one value and one seed.")
    if (count := math.prod(map(len, [which, *values.values()]))) > RUNS_AT_MOST:
        raise SettingsError(
            f"These are {count} runs, and a sweep has at most {RUNS_AT_MOST}: "
            "take fewer values or seeds."
        )
    values = {knob: [base.parse(knob, value) for value in each] for knob, each in values.items()}
    names = [*values, "seed"]
    cells = [
        dict(zip(names, cell, strict=True)) for cell in itertools.product(*values.values(), which)
    ]
    return Plan(values, list(which), cells, [base.replace(**cell) for cell in cells])


def spread(knob: Knob, count: int) -> list[float]:
    """`count` values (or fewer, if there are not so many) along a knob's range, both ends in it."""
    if knob.stops:
        positions = np.linspace(0, len(knob.stops) - 1, min(count, len(knob.stops)))
        return [knob.stops[round(position)] for position in positions]
    return _round(np.linspace(*knob.bounds, count), knob, 6)


def parse_values(knob: Knob, text: str) -> list[Any]:
    """The values that `0:16:9` (low:high:count) or `0,1,4` mean for a knob.

    Raises SettingsError in one sentence.
    """
    try:
        if ":" in text and knob.kind in ("number", "integer"):
            low, high, count = text.split(":")
            return _round(np.linspace(float(low), float(high), int(count)), knob, 10)
        return [word.strip() for word in text.split(",") if word.strip()]
    except ValueError:
        raise SettingsError(
            f"The values of {knob.name} must be low:high:count, such as 0:16:9, or a list such as "
            f"0,1,4, not {text[:40]!r}."
        ) from None


def _round(values: np.ndarray, knob: Knob, digits: int) -> list[float]:
    rounded = values.round() if knob.kind == "integer" else values.round(digits)
    return list(dict.fromkeys(map(float, rounded)))


def write(value: Any) -> str:
    """A swept value as a table shows it."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:g}" if number else str(value)


def in_words(knob: Knob, value: Any) -> str:
    """The value of a knob as a legend names it: choices and switches by the words of their menu."""
    return write(value) if knob.kind in ("data", "text") else knob.reads(value)
