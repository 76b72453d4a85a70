"""Judges a reader's prediction beside five seeds, in one word and in sentences.

A guess among the seeds is never called wrong, and one beside them may still be close or have the
right direction: `workbench/core/score.py` says how.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from workbench.core import score
from workbench.core.lesson import Curve, Direction, Pick, Range
from workbench.core.quantity import Quantity
from workbench.core.score import Verdict
from workbench.results.kept import Measured
from workbench.results.sentences import capital, extent, in_words, span, spread

Given = Mapping[str, Any]
MOVES = {"up": "rises", "same": "stays about the same", "down": "falls"}
MISSES = {
    "inside": "your range lies among the seeds, but it is too narrow to hold any of them",
    "close": "no seed lies in your range, but your range comes close",
    "right direction": "no seed lies in your range, but you had the direction right",
    "other direction": "no seed lies in your range, and the number went the other way",
    "apart": "no seed lies in your range",
}


def judge_range(asked: Range, given: Given, measured: Measured, quantity: Quantity) -> Verdict:
    """The verdict on {"low": .., "high": ..}."""
    low, high = _numbers([given.get("low"), given.get("high")])
    if low > high:
        _refuse("The lowest value of a range must not be above its highest.")
    values = measured.values
    known = float(np.mean(measured.before)) if measured.before else None
    nearest = min(max(float(np.mean(values)), low), high)  # of the range, to the mean
    word = score.judge(nearest, values, asked.tolerance, known)
    holds = round(score.share_inside(low, high, values) * len(values))
    spans = f"it spans {span(quantity, high - low)}, and the seeds span"
    spans += f" {span(quantity, float(np.ptp(values)))}"
    width = score.width(low, high, values, asked.tolerance)
    if not holds:
        sentence = MISSES[word]
    elif holds == len(values):
        sentence = "all five seeds lie in your range"
        if width > score.WIDE:
            sentence += f", but it is too wide: {spans}"
    else:
        sentence = (
            f"{in_words(holds)} of five seeds {'lies' if holds == 1 else 'lie'} in your range"
        )
        if width < score.NARROW:
            sentence += f", which is too narrow: {spans}"
    return Verdict(word, f"{capital(sentence)}. {spread(quantity, values)}")


def judge_direction(
    asked: Direction, given: Given, measured: Measured, quantity: Quantity
) -> Verdict:
    """The verdict on {"direction": "up" | "same" | "down"}."""
    guess = given.get("direction")
    if not isinstance(guess, str) or guess not in MOVES:
        _refuse(f"A direction is one of {', '.join(MOVES)}, not {str(guess)[:20]!r}.")
    truth = score.direction(measured.values, measured.before, asked.same)
    values = (
        f"{capital(quantity.label)}: before {extent(quantity, measured.before)}; "
        f"after {extent(quantity, measured.values)}."
    )
    if guess == truth:
        return Verdict("right direction", f"Yes, it {MOVES[truth]}. {values}")
    sentence = f"It {MOVES[truth]}, and you expected that it {MOVES[guess]}. {values}"
    return Verdict("other direction", sentence)


def judge_pick(asked: Pick, given: Given, measured: Measured, quantity: Quantity) -> Verdict:
    """The verdict on {"choice": i}."""
    choice = given.get("choice")
    if not (type(choice) is int and 0 <= choice < len(asked.outcomes)):
        _refuse(f"A choice is a number from 0 to {len(asked.outcomes) - 1}.")
    truth = score.outcome(asked, measured.values)
    chosen = asked.outcomes[choice].explanation
    if choice == truth:
        return Verdict("inside", f"Yes. {chosen} {spread(quantity, measured.values)}")
    right = asked.outcomes[truth].text
    sentence = f"{chosen} What the seeds show: {right} {spread(quantity, measured.values)}"
    return Verdict("apart", sentence)


def judge_curve(asked: Curve, given: Given, measured: Measured, quantity: Quantity) -> Verdict:
    """The verdict on {"curve": [a number for each place]}."""
    guesses = _numbers(given.get("curve"))
    if len(guesses) != len(asked.at):
        _refuse(f"A curve has {len(asked.at)} numbers here, one for each place.")
    pairs = list(zip(guesses, measured.curve, strict=True))
    means = [float(np.mean(values)) for values in measured.curve]
    words = [score.judge(guess, values, asked.tolerance, None) for guess, values in pairs]
    within, near = words.count("inside"), len(words) - words.count("apart")
    miss = float(np.mean([abs(g - m) for g, m in zip(guesses, means, strict=True)]))
    if within == len(words):
        word = "inside"
    elif "apart" not in words:
        word = "close"
    else:
        rise, guessed = means[-1] - means[0], guesses[-1] - guesses[0]
        word = "right direction" if np.sign(rise) == np.sign(guessed) else "other direction"
    sentence = (
        f"{in_words(near)} of {in_words(len(words))} places {'comes' if near == 1 else 'come'} "
        f"close to the five seeds, {in_words(within)} of them within their range; on average you "
        f"are {span(quantity, miss)} away from their mean"
    )
    endings = {
        "inside": "",
        "close": "",
        "right direction": ", and from the first place to the last you had the direction right",
        "other direction": ", and from the first place to the last it goes another way",
    }
    return Verdict(word, f"{capital(sentence)}{endings[word]}.")


Judge = Callable[[Any, Given, Measured, Quantity], Verdict]
JUDGES: dict[type, Judge] = {
    Range: judge_range,
    Direction: judge_direction,
    Pick: judge_pick,
    Curve: judge_curve,
}


def _numbers(values: Any) -> Sequence[float]:
    """The values as numbers. Raises ValueError unless all are finite numbers."""
    numbers = list(values) if isinstance(values, Sequence) and not isinstance(values, str) else []
    plain = [type(each) in (int, float) and math.isfinite(each) for each in numbers]
    if not numbers or not all(plain):
        _refuse("A prediction is made of numbers; one is missing or is none.")
    return [float(each) for each in numbers]


def _refuse(sentence: str) -> NoReturn:
    raise ValueError(sentence)
