"""What a prediction was worth, once five seeds have been measured.

Five seeds hold a sixth within their range with probability 4/6 only, so a guess beside them is
never called wrong: it is close within three sample deviations (the 95 % prediction interval of a
sixth value from five is 2.776 s sqrt(1 + 1/5) = 3.04 s), or it has the right direction.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from workbench.core.lesson import Pick

CLOSE = 3  # sample deviations
WIDE, NARROW = 3, 1 / 3  # times the seeds' range


class Verdict(NamedTuple):
    """A word for the ledger, and a sentence for the reader."""

    word: str  # inside, close, right direction, other direction, apart
    sentence: str


def judge(guess: float, values: Sequence[float], tolerance: float, before: float | None) -> str:
    """The word for one guessed number beside the measured `values` of the seeds.

    A deviation is at least `tolerance`: nobody guesses better, or marks a scale more finely.
    `before` is the number that the reader knew; without it, or where the seeds hardly move from it,
    there is no direction, and a guess that is not close is "apart".
    """
    seen = np.asarray(values, float)
    if seen.min() <= guess <= seen.max():
        return "inside"
    deviation = max(float(seen.std(ddof=1)), tolerance)
    if abs(guess - seen.mean()) <= CLOSE * deviation:
        return "close"
    if before is None or abs(seen.mean() - before) <= deviation:
        return "apart"
    same = np.sign(guess - before) == np.sign(seen.mean() - before)
    return "right direction" if same else "other direction"


def share_inside(low: float, high: float, values: Sequence[float]) -> float:
    """The share of the seeds in a guessed range."""
    seen = np.asarray(values, float)
    return float(((low <= seen) & (seen <= high)).mean())


def width(low: float, high: float, values: Sequence[float], tolerance: float) -> float:
    """The guessed range in units of the seeds' range."""
    seen = np.asarray(values, float)
    return (high - low) / max(float(np.ptp(seen)), tolerance)


def direction(values: Sequence[float], before: Sequence[float], same: float) -> str:
    """up, same or down: how the mean has moved from `before`."""
    change = float(np.mean(values) - np.mean(before))
    if abs(change) < same:
        return "same"
    return "up" if change > 0 else "down"


def outcome(pick: Pick, values: Sequence[float]) -> int:
    """Which outcome came out. Raises ValueError unless exactly one did."""
    mean = float(np.mean(values))
    right = [i for i, each in enumerate(pick.outcomes) if each.low <= mean < each.high]
    if len(right) != 1:
        raise ValueError(f"The mean {mean:.3g} belongs to {len(right)} outcomes, not to one.")
    return right[0]
