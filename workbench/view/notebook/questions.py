"""A task in words, for where a cell prints it: the question, how to answer, and what came out."""

import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from workbench.core.chapter import Chapter
from workbench.core.lesson import SEEDS, Curve, Direction, Pick, Range, Task
from workbench.core.pictures import Curves, Line
from workbench.core.quantity import PERCENT, write_alike
from workbench.core.settings import SettingsError
from workbench.results import ledger
from workbench.results.attempts import find_task, judge_prediction, make_id, measure_task
from workbench.results.kept import Measured
from workbench.results.sentences import join, quantity_of, usual

LETTERS = 100  # of a printed line
DIRECTIONS = ("up", "same", "down")
FIELDS = {Range: ("low", "high"), Direction: ("direction",), Pick: ("choice",), Curve: ("curve",)}


class Guess(NamedTuple):
    """What a reader expects, as the ledger writes it, and the place of the reason, from 0."""

    given: Mapping[str, Any]
    reason: int | None


class Reveal(NamedTuple):
    """What came out: the verdict's word, Markdown paragraphs, and the five seeds as a picture."""

    word: str
    paragraphs: tuple[str, ...]
    picture: Curves


@cache
def measured(task_id: str) -> Measured:
    """The numbers of five seeds, from the package or trained here once."""
    chapter, task = find_task(task_id)
    return measure_task(task, chapter)


def question(task_id: str) -> list[str]:
    """What the task tells and asks, and the answers to choose from, as Markdown paragraphs."""
    chapter, task = find_task(task_id)
    parts = [f"**{task.title}**", task.know, ask(chapter, task), _choices(chapter, task)]
    if task.reasons:
        parts.append("Because ...\n\n" + _numbered([reason.text for reason in task.reasons]))
    return [part for part in parts if part]


def ask(chapter: Chapter, task: Task) -> str:
    """The question, with the number that the reader knows."""
    if "{before}" not in task.ask:
        return task.ask
    before = measured(make_id(chapter, task)).before
    return task.ask.replace("{before}", usual(quantity_of(chapter, task), before))


def _choices(chapter: Chapter, task: Task) -> str:
    """What there is to choose from, or the scale of the numbers to give."""
    scale = " (1 is 100 %)" if quantity_of(chapter, task).unit == PERCENT else ""
    match task.predict:
        case Pick(outcomes=outcomes):
            return _numbered([outcome.text for outcome in outcomes])
        case Direction():
            return f"Choose a direction: {', '.join(DIRECTIONS)}."
        case Range(low=low, high=high):
            return f"Give low and high, from {low:g} to {high:g}{scale}."
        case Curve(at=at, low=low, high=high, knob=knob):
            places = f"{knob or 'steps'} {join([f'{x:g}' for x in at])}"
            return f"Give {len(at)} numbers from {low:g} to {high:g}{scale}, for {places}."
    return ""


def _numbered(texts: Sequence[str]) -> str:
    return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))


def how_to_answer(task_id: str) -> str:
    """The call that commits a guess, for a reader to complete."""
    _, task = find_task(task_id)
    fields = [*_fields(task), *["because"] * bool(task.reasons)]
    return f'predict("{task_id}", {", ".join(f"{field}=..." for field in fields)})'


def _fields(task: Task) -> tuple[str, ...]:
    return FIELDS.get(type(task.predict), ())


def take(task_id: str, answers: Mapping[str, Any]) -> Guess:
    """The guess in these arguments of a call. Raises SettingsError for another shape.

    Choices and reasons are counted from 1, as they are shown.
    """
    _, task = find_task(task_id)
    fields = _fields(task)
    unknown = set(answers) - {*fields, "because"}
    if unknown or set(fields) - set(answers):
        raise SettingsError(f"Answer this task so: {how_to_answer(task_id)}.")
    given = {name: _plain(answers[name]) for name in fields}
    _refuse_off_scale(task, given)
    if isinstance(task.predict, Pick):
        given["choice"] = _place("choice", given["choice"], len(task.predict.outcomes))
    because = answers.get("because")
    if because is not None and not task.reasons:
        raise SettingsError("This task asks for no reason: leave because away.")
    place = None if because is None else _place("because", because, len(task.reasons))
    return Guess(given, place)


def _refuse_off_scale(task: Task, given: Mapping[str, Any]) -> None:
    """Raises SettingsError for a number that is not on the task's scale, such as a share of 40."""
    if isinstance(task.predict, Range | Curve):
        low, high = task.predict.low, task.predict.high
        numbers = given["curve"] if "curve" in given else list(given.values())
        for number in numbers if isinstance(numbers, list) else []:
            if isinstance(number, Real) and not low <= number <= high:
                raise SettingsError(f"An answer must be a number from {low:g} to {high:g}.")


def _plain(value: Any) -> Any:
    """The value as JSON knows it."""
    if isinstance(value, str):
        return value
    if isinstance(value, Real):  # NumPy's numbers, too
        return int(value) if float(value).is_integer() else float(value)
    return [_plain(each) for each in value] if hasattr(value, "__iter__") else None


def _place(name: str, number: Any, count: int) -> int:
    """The place from 0 of a choice that is counted from 1."""
    if isinstance(number, bool) or number not in range(1, count + 1):
        raise SettingsError(f"{name} must be a whole number from 1 to {count}, not {number!r}.")
    return int(number) - 1


def reveal(task_id: str, guess: Guess | None) -> Reveal:
    """What five seeds say of this guess, or by themselves. Raises SettingsError for a bad guess."""
    chapter, task = find_task(task_id)
    numbers, word = measured(task_id), ""
    who = "Means of five seeds" if isinstance(task.predict, Curve) else "Seeds 0 to 4"
    paragraphs = [f"{who}: {_values(chapter, task, numbers)}."]
    if guess is not None:
        try:
            word, sentence = judge_prediction(chapter, task, guess.given, numbers)
        except ValueError as refused:
            raise SettingsError(str(refused)) from None
        paragraphs.insert(0, sentence)
    paragraphs += _reason(task, guess.reason if guess else None)
    paragraphs += [f"**Why.** {task.why}", f"**Where it does not hold.** {task.fails}"]
    return Reveal(word, tuple(paragraphs), picture(chapter, task, guess, numbers))


def _values(chapter: Chapter, task: Task, numbers: Measured) -> str:
    """The numbers of the seeds, or their means at the places of a curve."""
    values = numbers.values
    if isinstance(task.predict, Curve):
        values = tuple(sum(row) / len(row) for row in numbers.curve)
    return ", ".join(write_alike(values, quantity_of(chapter, task).unit))


def _reason(task: Task, place: int | None) -> list[str]:
    """The answer to the reason that was given, and the right one where it was another."""
    answers = []
    if place is not None:
        answers.append(f"Your reason: {task.reasons[place].text} {task.reasons[place].answer}")
    right = [reason for reason in task.reasons if reason.right]
    if right and (place is None or not task.reasons[place].right):
        answers.append(f"The reason: {right[0].text} {right[0].answer}")
    return answers


def picture(chapter: Chapter, task: Task, guess: Guess | None, numbers: Measured) -> Curves:
    """The seeds as dots, with the reader's mark beside them."""
    quantity, given = quantity_of(chapter, task), dict(guess.given) if guess else {}
    if isinstance(task.predict, Curve):
        return _drawn(task.predict, given, numbers, quantity.axis)
    seeds = np.array(SEEDS, float)
    lines = [Line("five seeds", np.array(numbers.values), seeds, "dots")]
    if numbers.before:
        lines.append(Line("before", np.array(numbers.before), seeds, "dots"))
    if "low" in given:
        marks = np.array([given["low"], given["high"]], float)
        lines.append(Line("your range", marks, np.full(2, seeds.mean())))
    return Curves("What five seeds give", tuple(lines), quantity.axis, "seed")


def _drawn(asked: Curve, given: Mapping[str, Any], numbers: Measured, axis: str) -> Curves:
    x, rows = np.array(asked.at, float), np.array(numbers.curve)
    lines = [Line("five seeds", x, rows.mean(1), "solid", rows.min(1), rows.max(1))]
    if given:
        lines.append(Line("your curve", x, np.array(given["curve"], float), "dashed"))
    return Curves("What five seeds give", tuple(lines), asked.knob or "step", axis)


def plain(paragraphs: Sequence[str]) -> str:
    """Markdown paragraphs as lines of text."""
    lines = "\n\n".join(paragraphs).replace("**", "").split("\n")
    return "\n".join(textwrap.fill(line, LETTERS) for line in lines)


def write_down(task_id: str, guess: Guess | None, answer: Reveal) -> str:
    """Writes a guess and its verdict into the ledger; returns a sentence if that cannot be done.

    A skipped prediction leaves no entry.
    """
    if guess is None:
        return ""
    _, task = find_task(task_id)
    shared = {"task": task_id, "title": task.title}
    words = {} if guess.reason is None else {"because": task.reasons[guess.reason].text}
    values = list(measured(task_id).values)
    sentences = [
        ledger.record("predict", **shared, given=guess.given, reason=guess.reason, **words),
        ledger.record(
            "reveal", **shared, word=answer.word, sentence=answer.paragraphs[0], values=values
        ),
    ]
    return sentences[-1]
