"""Checks tasks by training: solutions pass, near misses fail, and kept numbers are right."""

from collections.abc import Iterator, Sequence

import numpy as np

from workbench.core.chapter import Chapter
from workbench.core.lesson import Knobs, Pick, Task
from workbench.core.score import outcome
from workbench.results.attempts import (
    Attempt,
    Train,
    judge_attempt,
    make_id,
    seeds_of,
    train_here,
    train_task,
)
from workbench.results.kept import Measured, kept

DEVIATIONS = 2  # of the seeds, by which the means of kept and of new numbers may differ
SHARE = 0.01  # of a number, where all seeds agree


def try_knobs(chapter: Chapter, task: Task, knobs: Knobs, train: Train = train_here) -> Attempt:
    """What becomes of an attempt with these knobs on seeds 0 to 4, from the task's preset on."""
    runs = seeds_of(chapter, {**task.preset, **knobs})
    return judge_attempt(chapter, task, runs[0], train(chapter, runs))


def find_goal_faults(chapter: Chapter, task: Task, train: Train = train_here) -> Iterator[str]:
    """A sentence for a solution that does not pass, and for each near miss that does."""
    if task.goal is None:
        return
    solved = try_knobs(chapter, task, task.goal.solution, train)
    if not solved.passed:
        yield f"The solution of {make_id(chapter, task)} does not pass. {solved.sentence}"
    for knobs in task.goal.near_misses:
        if (missed := try_knobs(chapter, task, knobs, train)).passed:
            where = f"{dict(knobs)} of {make_id(chapter, task)}"
            yield f"The near miss {where} passes. {missed.sentence}"


def find_kept_faults(chapter: Chapter, task: Task, train: Train = train_here) -> Iterator[str]:
    """A sentence for each of a task's kept numbers that the code does not give any more.

    The means of five seeds may differ by two deviations of the seeds. On the machine that baked
    they are equal; another processor rounds otherwise, and in a long training that grows into
    something like another seed, whose mean of five differs by less in 99 of 100 cases.
    """
    stored = kept(chapter.name).values(task.id)
    if stored is None:
        yield f"Nothing is kept for {make_id(chapter, task)}; {_how(chapter)}"
        return
    fresh = train_task(task, chapter, train)
    for name, old, new in _pairs(stored, fresh):
        if abs(np.mean(old) - np.mean(new)) > _allowed(old):
            measured = f"{np.mean(old):.4g} are kept and {np.mean(new):.4g} are measured"
            yield f"{make_id(chapter, task)}, {name}: {measured} on average; {_how(chapter)}"


def find_outcome_faults(chapter: Chapter, task: Task) -> Iterator[str]:
    """A sentence if not exactly one outcome of a choice comes out, or the seeds disagree on it."""
    stored = kept(chapter.name).values(task.id)
    if stored is None or not isinstance(task.predict, Pick):
        return
    try:
        right = outcome(task.predict, stored.values)
    except ValueError as error:
        yield f"{make_id(chapter, task)}: {error}"
        return
    low, high = task.predict.outcomes[right].low, task.predict.outcomes[right].high
    if (others := sum(not low <= value < high for value in stored.values)) > 1:
        yield f"{make_id(chapter, task)}: {others} of five seeds come out otherwise."


def _pairs(old: Measured, new: Measured) -> Iterator[tuple[str, Sequence[float], Sequence[float]]]:
    yield "values", old.values, new.values
    if new.before:
        yield "before", old.before, new.before
    for place, (was, is_now) in enumerate(zip(old.curve, new.curve, strict=True)):
        yield f"place {place} of the curve", was, is_now


def _allowed(values: Sequence[float]) -> float:
    deviation = DEVIATIONS * float(np.std(values, ddof=1)) if np.ptp(values) else 0.0
    return max(deviation, SHARE * abs(float(np.mean(values))), 1e-6)


def _how(chapter: Chapter) -> str:
    return f"`workbench bake --tasks {chapter.name}` measures anew."
