"""Means of independent numbers with their 95 % interval: Student's."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from workbench.core.pictures import Line


def interval(numbers: Sequence[float]) -> tuple[float, float]:
    """The mean of independent numbers, and half of its 95 % interval."""
    return float(np.mean(numbers)), half_width(numbers)


def half_width(numbers: Sequence[float]) -> float:
    """Half of the 95 % interval of the mean of n independent numbers; 0 for a single one."""
    from scipy.special import stdtrit  # a quarter of a second of import

    n = len(numbers)
    if n < 2:
        return 0.0
    return float(stdtrit(n - 1, 0.975) * np.std(numbers, ddof=1) / math.sqrt(n))


def band(name: str, numbers: Mapping[float, Sequence[float]], style: str = "solid") -> Line:
    """A line through the means of the numbers at each x, with the interval around it."""
    means = [interval(each) for each in numbers.values()]
    mean, half = np.array(means).reshape(-1, 2).T
    return Line(name, np.array(list(numbers), float), mean, style, mean - half, mean + half)


def count_in_words(numbers: Mapping[float, Sequence[float]]) -> str:
    """How many numbers there are at an x: 5, or 3 to 5."""
    counts = [len(each) for each in numbers.values()] or [0]
    return " to ".join(map(str, dict.fromkeys((min(counts), max(counts)))))
