"""What a class has answered, counted: how many gave each answer, and how many moved."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from workbench.classroom.ballot import Vote
from workbench.core.lesson import Direction, Pick, Prediction, Range

DIRECTIONS = ("up", "same", "down")
MOST_PLACES = 20  # on the scale of a range, beside the first
Given = Mapping[str, Any]


def places(scale: Range) -> list[float]:
    """The places of a range's scale that are counted, evenly spaced from its low to its high."""
    count = min(MOST_PLACES, max(1, round((scale.high - scale.low) / scale.step)))
    return [scale.low + i * (scale.high - scale.low) / count for i in range(count + 1)]


def count(asked: Prediction, votes: Iterable[Vote]) -> list[int]:
    """How many answers name each outcome or direction, or cover each place of a range's scale.

    A curve has no such answers: its list is empty.
    """
    given = [vote.given for vote in votes]
    match asked:
        case Pick():
            chosen = Counter(each["choice"] for each in given)
            return [chosen[i] for i in range(len(asked.outcomes))]
        case Direction():
            chosen = Counter(each["direction"] for each in given)
            return [chosen[way] for way in DIRECTIONS]
        case Range():
            at = places(asked)
            half = (at[1] - at[0]) / 2
            return [sum(_covers(each, place, half) for each in given) for place in at]
    return []


def _covers(given: Given, place: float, half: float) -> bool:
    """Whether a range reaches into the stretch of `half` on both sides of the place."""
    low, high = given["low"], given["high"]
    middle = (low + high) / 2
    reaches = low < place + half and high > place - half
    return reaches or place - half <= middle < place + half  # a range of no width lies somewhere


def count_reasons(votes: Iterable[Vote], reasons: int) -> list[int]:
    """How many chose each of so many reasons."""
    chosen = Counter(vote.reason for vote in votes)
    return [chosen[i] for i in range(reasons)]


def moves(asked: Prediction, first: Mapping[str, Vote], last: Mapping[str, Vote]) -> Counter:
    """How many of those who answered both times went from which answer to which.

    Keys are pairs of places of outcomes or directions; of ranges (-1, 0, 1): down, stayed, up; of a
    curve 0 stayed, 1 changed.
    """
    both = [(first[voter].given, last[voter].given) for voter in first if voter in last]
    match asked:
        case Pick():
            return Counter((old["choice"], new["choice"]) for old, new in both)
        case Direction():
            at = DIRECTIONS.index
            return Counter((at(old["direction"]), at(new["direction"])) for old, new in both)
        case Range():
            return Counter(_way(old, new) for old, new in both)
    return Counter(int(old != new) for old, new in both)


def _way(old: Given, new: Given) -> int:
    """Whether the middle of a range has gone up (1), down (-1) or has stayed (0)."""
    change = (new["low"] + new["high"]) - (old["low"] + old["high"])
    return (change > 0) - (change < 0)
