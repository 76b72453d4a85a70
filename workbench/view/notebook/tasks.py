"""The tasks of the chapters in a notebook: predict, check and hint.

    predict("beta-vae/silent")                              # a card with the question
    predict("beta-vae/silent", low=0, high=3, because=2)    # the same answer without widgets
    check("beta-vae/three", beta=1)                         # five seeds judge an attempt
    hint("beta-vae/three")                                  # the next hint with every call

What cannot be taken is answered with one sentence, so that no cell stops the ones below it.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from typing import Any

from workbench.core.chapter import Chapter
from workbench.core.frames import Diverged
from workbench.core.lesson import SEEDS, Goal, Task
from workbench.core.settings import SettingsError
from workbench.results import ledger
from workbench.results.attempts import find_task, judge_attempt, seeds_of, train_here
from workbench.results.sentences import join
from workbench.view.notebook import questions
from workbench.view.notebook.task_card import TaskCard


def _in_a_sentence(call: Callable) -> Callable:
    """The call, which prints why something cannot be used instead of raising it."""

    @wraps(call)
    def guarded(*args, **kw):
        try:
            return call(*args, **kw)
        except (SettingsError, Diverged) as refused:
            print(refused)

    return guarded


@_in_a_sentence
def predict(task_id: str, **answers: Any) -> TaskCard | None:
    """Returns the card of a task, or prints what a guess was worth beside five seeds.

    answers: low and high, direction, choice or curve, as the task asks, and because; choices and
    reasons are counted from 1. Without answers the card takes them.
    """
    _, task = find_task(task_id)
    if task.predict is None:
        way = f': solve it with check("{task_id}", ...)' if task.goal else ""
        raise SettingsError(f"The task {task_id} asks for no prediction{way}.")
    if not answers:
        return TaskCard(task_id)
    guess = questions.take(task_id, answers)
    answer = questions.reveal(task_id, guess)
    print(questions.plain(answer.paragraphs))
    _print(questions.write_down(task_id, guess, answer))
    return None


@_in_a_sentence
def check(task_id: str, **knobs: Any) -> None:
    """Trains seeds 0 to 4 with these knobs, and prints whether they reach the task's goal.

    knobs: those that the task lets you move; what is None has not been tried.
    """
    chapter, task = find_task(task_id)
    goal = _goal(task_id, task)
    _refuse_others(chapter, goal, knobs)
    if not knobs or None in knobs.values():
        words = [f"Not tried yet. {questions.ask(chapter, task)}", _ranges(chapter, goal)]
        return print(questions.plain(words))
    runs = seeds_of(chapter, {**task.preset, **knobs})
    print(f"Seeds {SEEDS[0]} to {SEEDS[-1]} train.", flush=True)
    attempt = judge_attempt(chapter, task, runs[0], train_here(chapter, runs))
    words = [attempt.sentence]
    if attempt.passed:
        words += [f"Why. {task.why}", f"Where it does not hold. {task.fails}"]
    else:
        words.append(f'For a hint: hint("{task_id}")')
    print(questions.plain(words))
    facts = {"settings": runs[0].to_query(), **attempt._asdict()}
    _print(ledger.record("attempt", task=task_id, title=task.title, **facts))


@_in_a_sentence
def hint(task_id: str) -> None:
    """Prints a task's next hint; a task has three."""
    _, task = find_task(task_id)
    hints = _goal(task_id, task).hints
    number, text = next(_hints(task_id), (0, ""))
    first = f"Hint {number} of {len(hints)}: "
    print(first + text if number else f"These were all three hints of {task_id}.")


@cache
def _hints(task_id: str) -> Iterator[tuple[int, str]]:
    """The hints that have not been read yet, numbered from 1."""
    _, task = find_task(task_id)
    return enumerate(_goal(task_id, task).hints, 1)


def _goal(task_id: str, task: Task) -> Goal:
    if task.goal is None:
        raise SettingsError(f'The task {task_id} has no goal: answer it with predict("{task_id}").')
    return task.goal


def _refuse_others(chapter: Chapter, goal: Goal, knobs: Mapping[str, Any]) -> None:
    """Raises SettingsError for a knob that the goal does not let a reader move."""
    for name in knobs:
        if name not in goal.knobs:
            raise SettingsError(f"In this task {name} does not move. {_ranges(chapter, goal)}")


def _ranges(chapter: Chapter, goal: Goal) -> str:
    """The knobs that a reader may give, with the values that they take."""
    knobs = [chapter.Settings.knobs()[name] for name in goal.knobs]
    return f"Give {join([f'{knob.name} ({knob.allowed()})' for knob in knobs])}."


def _print(sentence: str) -> None:
    if sentence:
        print(sentence)
