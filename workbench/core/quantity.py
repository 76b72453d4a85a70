"""How numbers are written for a reader: shares in percent, counts whole, others to three digits.

A chapter's page gives a number its label and its unit; an axis tells by its label whether it shows
shares. Pages, files and sentences ask here, so that all of them write the same number alike.
"""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

PERCENT, COUNT = "%", "count"  # units with a meaning; any other is written behind the number
GAP = "\u00a0"  # between a number and its unit, which stay on one line
MOST_DECIMALS = 5
_SHARE = re.compile(
    r"\b(share|accuracy|precision|recall|purity|how often|how sure)\b", re.IGNORECASE
)
_CHANCE = re.compile(r"\b(probability|chance|agreement|0 to 1|ROC|AUC)\b", re.IGNORECASE)


def is_share(label: str) -> bool:
    """Whether an axis of this label shows shares, which are written in percent."""
    return bool(_SHARE.search(label)) and "%" not in label


def is_bounded(label: str, unit: str = "") -> bool:
    """Whether what this label names lies between 0 and 1: a share or a probability."""
    return unit == PERCENT or is_share(label) or bool(_CHANCE.search(label))


def write(value: float, unit: str = "", significant: int = 3) -> str:
    """The number with its unit: 95.5 %, 61, -24.3 nats, 0.00217."""
    if not math.isfinite(value):
        return str(value)
    if unit == PERCENT:
        return percent(value)
    if unit == COUNT:
        return _clean(f"{value:.1f}" if value != round(value) else f"{value:.0f}")
    return digits(value, significant) + (GAP + unit if unit else "")


def write_alike(values: Sequence[float], unit: str = "") -> list[str]:
    """Numbers that stand beside each other, with their unit and as many decimals each: those that
    the largest needs, or of shares and counts any."""
    texts = [write(value, unit) for value in values]
    numbers = [text.partition(GAP)[0] for text in texts]
    if not texts or not all(re.fullmatch(r"-?[\d.]+", number) for number in numbers):
        return texts  # one of them is written with an exponent, or is no number
    decimals = [len(number.partition(".")[2]) for number in numbers]
    largest = max(range(len(values)), key=lambda i: abs(values[i]))
    most = max(decimals) if unit in (PERCENT, COUNT) else decimals[largest]
    factor, behind = 100 if unit == PERCENT else 1, texts[0].removeprefix(numbers[0])
    return [_clean(f"{factor * value:.{most}f}") + behind for value in values]


def percent(share: float) -> str:
    """A share in percent with at most one decimal: 0.955 is 95.5 %."""
    return _clean(f"{100 * share:.1f}".removesuffix(".0")) + f"{GAP}%"


def digits(value: float, significant: int = 3) -> str:
    """The number to so many significant digits, without an exponent where people write none."""
    size = abs(value)
    if not math.isfinite(value) or size >= 1e6 or 0 < size < 0.5 * 10.0**-MOST_DECIMALS:
        return f"{value:.{significant}g}"
    if value == round(value):
        return _clean(f"{value:.0f}")
    decimals = significant - 1 - math.floor(math.log10(size))
    return _clean(f"{value:.{min(MOST_DECIMALS, max(0, decimals))}f}")


def _clean(number: str) -> str:
    """Without the sign of a zero."""
    return number.removeprefix("-") if not number.strip("-0.") else number


class Quantity(NamedTuple):
    """A number of a chapter: what it is called, and the unit it is measured in."""

    label: str
    unit: str = ""

    def write(self, value: float, significant: int = 3) -> str:
        """A value of it as a page shows it; with more digits where values are compared."""
        return write(value, self.unit, significant)

    @property
    def axis(self) -> str:
        """What an axis of it is called."""
        shown = self.unit not in ("", PERCENT, COUNT) and f"({self.unit})" not in self.label
        return f"{self.label} ({self.unit})" if shown else self.label
