"""The sentences of a lesson: numbers of five seeds, bounds and spans, with words and units."""

import math
from collections.abc import Sequence

from workbench.core.chapter import Chapter
from workbench.core.lesson import Bound, Task
from workbench.core.quantity import COUNT, GAP, PERCENT, Quantity, digits

COUNTS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def quantity_of(chapter: Chapter, task: Task) -> Quantity:
    """What the task's number is called, and its unit."""
    if task.quantity is not None:
        return task.quantity
    return Quantity("the number") if callable(task.measure) else chapter.quantity(task.measure)


def name(quantity: Quantity) -> str:
    """The quantity within a sentence: held-out ELBO, latents in use."""
    label = quantity.label
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def describe(quantity: Quantity, values: Sequence[float], apart_from: float = math.nan) -> str:
    """One or more values with their name: "4 latents in use", "held-out ELBO -26.1 nats".

    They get the digits that tell them from a bound, `apart_from`; equal ones are said once.
    """
    written = [_write_apart(quantity, value, apart_from) for value in values]
    return phrase(quantity, written[0] if len(set(written)) == 1 else join(written))


def phrase(quantity: Quantity, written: str) -> str:
    """Written values with their name: counts before it, others behind it."""
    countable = quantity.unit == COUNT and "," not in quantity.label
    if countable and written != "1":
        return f"{written} {name(quantity)}"
    return f"{name(quantity)}{':' * (quantity.unit == COUNT)} {written}"


def _write_apart(quantity: Quantity, value: float, other: float) -> str:
    for significant in range(3, 8):
        written = quantity.write(value, significant)
        if quantity.unit == PERCENT and significant > 3:
            written = f"{digits(100 * value, significant)}{GAP}%"
        if value == other or written != quantity.write(other, significant):
            break
    return written


def spread(quantity: Quantity, values: Sequence[float]) -> str:
    """What five seeds measured, as a sentence: "Latents in use: 2 to 3, 2.4 on average."."""
    return f"{capital(quantity.label)}: {extent(quantity, values)}."


def extent(quantity: Quantity, values: Sequence[float]) -> str:
    """Five seeds in words: "2 to 3, 2.4 on average", or "0 for every seed"."""
    low, high = quantity.write(min(values)), quantity.write(max(values))
    if low == high:
        return f"{low} for every seed"
    mean = quantity.write(sum(values) / len(values))
    return f"{between(quantity, min(values), max(values))}, {mean} on average"


def between(quantity: Quantity, low: float, high: float, significant: int = 3) -> str:
    """Two values with their unit once: "53.6 to 56.2 %", "-27.8 to -27.4 nats"."""
    first, last = quantity.write(low, significant), quantity.write(high, significant)
    if first == last:
        return first
    unit = GAP + quantity.unit
    return f"{first.removesuffix(unit)} to {last}"


def usual(quantity: Quantity, values: Sequence[float]) -> str:
    """The number of five seeds within a sentence: their mean, and of counts, which are never
    broken, their range: "4 to 5"."""
    if quantity.unit != COUNT:
        return quantity.write(sum(values) / len(values))
    return between(quantity, min(values), max(values))


def span(quantity: Quantity, size: float) -> str:
    """A difference between two values: 1.5 points, 3 nats."""
    if quantity.unit == PERCENT:
        return f"{digits(100 * size, 2)}{GAP}points"
    return quantity.write(size, 2)


def requirement(quantity: Quantity, bound: Bound) -> str:
    """A bound in words: "exactly 3 were asked for", "at least -25.6 nats was asked for"."""
    low, high = _write_whole(quantity, bound.low), _write_whole(quantity, bound.high)
    if bound.low == bound.high:
        asked = f"exactly {low}"
    elif math.isinf(bound.high):
        asked = f"at least {low}"
    elif math.isinf(bound.low):
        asked = f"at most {high}"
    else:
        asked = between(quantity, bound.low, bound.high)
    many = quantity.unit == COUNT and (bound.low, bound.high) != (1, 1)
    return f"{asked} {'were' if many else 'was'} asked for"


def _write_whole(quantity: Quantity, value: float) -> str:
    """The value with as many digits as it has, at least three."""
    significant = next((n for n in range(3, 8) if float(f"{value:.{n}g}") == value), 7)
    return quantity.write(value, significant)


def in_words(count: int) -> str:
    """A small count as a word: none, one, two."""
    return COUNTS[count] if count < len(COUNTS) else str(count)


def join(words: Sequence[str]) -> str:
    """The words as a list in a sentence: a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def capital(sentence: str) -> str:
    """The sentence with a capital at its beginning."""
    return sentence[:1].upper() + sentence[1:]
