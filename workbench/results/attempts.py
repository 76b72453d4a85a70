"""What a reader's prediction or attempt was worth, beside what five seeds measure.

chapter, task = find_task("beta-vae/silent")
judge_prediction(chapter, task, {"low": 0, "high": 2}, measure_task(task, chapter)).sentence
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from workbench.chapters import find
from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.lesson import SEEDS, Bound, Curve, Knobs, Task
from workbench.core.score import Verdict
from workbench.core.settings import Settings, SettingsError
from workbench.results.kept import Measured, kept
from workbench.results.predictions import JUDGES
from workbench.results.sentences import (
    between,
    capital,
    describe,
    in_words,
    join,
    phrase,
    quantity_of,
    requirement,
)

Runs = Sequence[Sequence[Frame]]  # the frames of several runs
Train = Callable[[Chapter, Sequence[Settings]], Runs]


class Attempt(NamedTuple):
    """Whether a goal is reached, what to tell the reader, and the seeds that do not reach it."""

    passed: bool
    sentence: str
    failing: tuple[int, ...] = ()


def find_task(task_id: str) -> tuple[Chapter, Task]:
    """The chapter and the task of an id such as "beta-vae/silent".

    Raises SettingsError, which names the ids that there are.
    """
    name, _, own = str(task_id).partition("/")
    chapter = find(name)
    for task in chapter.teaching.tasks:
        if task.id == own:
            return chapter, task
    known = [make_id(chapter, task) for task in chapter.teaching.tasks]
    near = get_close_matches(str(task_id), known, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise SettingsError(
        f"There is no task {str(task_id)[:60]!r}; there are: {', '.join(known) or 'none'}.{hint}"
    )


def make_id(chapter: Chapter, task: Task) -> str:
    """The id by which a task is found: "beta-vae/silent"."""
    return f"{chapter.name}/{task.id}"


def seeds_of(chapter: Chapter, knobs: Knobs) -> list[Settings]:
    """The settings of the five runs that judge: these knobs with seeds 0 to 4."""
    return [chapter.Settings(**{**knobs, "seed": seed}) for seed in SEEDS]


def measure_task(task: Task, chapter: Chapter, train: Train | None = None) -> Measured:
    """A task's numbers over five seeds: those that are kept, else measured by training.

    `train(chapter, settings)` returns the frames of these runs; without it they are trained here.
    """
    found = kept(chapter.name).values(task.id)
    return found if found is not None else train_task(task, chapter, train or train_here)


def train_task(task: Task, chapter: Chapter, train: Train) -> Measured:
    """A task's numbers over five seeds, trained by `train` whether they are kept or not."""

    def row(knobs: Knobs) -> tuple[float, ...]:
        return tuple(task.of(frames) for frames in train(chapter, seeds_of(chapter, knobs)))

    drawn, preset = task.predict, dict(task.preset)
    curve: list[tuple[float, ...]] = []
    if isinstance(drawn, Curve) and drawn.knob:
        curve = [row({**preset, drawn.knob: place}) for place in drawn.at]
    elif isinstance(drawn, Curve):
        runs = train(chapter, seeds_of(chapter, preset))
        curve = [tuple(task.of(_until(frames, step)) for frames in runs) for step in drawn.at]
    before = row(task.before) if task.before is not None else ()
    return Measured(row(preset), before, tuple(curve))


def _until(frames: Sequence[Frame], step: float) -> list[Frame]:
    """The frames up to this step. Raises ValueError where there is none yet."""
    early = [frame for frame in frames if frame.step <= step]
    if not early:
        raise ValueError(f"There is no frame up to step {step:g}: draw the curve from a later one.")
    return early


def train_here(chapter: Chapter, runs: Sequence[Settings]) -> Runs:
    """The frames of these runs, trained in this thread, in stacks where the chapter can."""
    from workbench.running.queue import common_settings
    from workbench.running.worker import frames  # which loads torch

    stacks: dict[Settings, list[int]] = {}
    for i, run in enumerate(runs):
        stacks.setdefault(common_settings(chapter, run), []).append(i)
    trained: dict[int, list[Frame]] = {i: [] for i in range(len(runs))}
    for stack in stacks.values():
        for together in frames(chapter.name, [runs[i] for i in stack], "cpu"):
            for i, frame in zip(stack, together, strict=True):
                trained[i].append(frame)
    return [trained[i] for i in range(len(runs))]


def judge_prediction(
    chapter: Chapter, task: Task, given: Mapping[str, Any], measured: Measured
) -> Verdict:
    """What a prediction was worth: a word for the ledger, and sentences for the reader.

    given: {"low": .., "high": ..}, {"direction": "up" | "same" | "down"}, {"choice": i} or
    {"curve": [..]}, as the task asks. Raises ValueError, in one sentence, for anything else.
    """
    if task.predict is None:
        raise ValueError(f"The task {make_id(chapter, task)} asks for no prediction.")
    if not isinstance(given, Mapping):
        raise ValueError("A prediction is a dictionary, such as {'low': 1, 'high': 3}.")
    judge = JUDGES[type(task.predict)]
    return judge(task.predict, given, measured, quantity_of(chapter, task))


def judge_attempt(chapter: Chapter, task: Task, settings: Settings, frames: Runs) -> Attempt:
    """Whether these settings reach the task's goal; `frames` are of their runs on seeds 0 to 4.

    Raises ValueError for a task without a goal, and for another number of runs.
    """
    goal = task.goal
    if goal is None:
        raise ValueError(f"The task {make_id(chapter, task)} has no goal.")
    if len(frames) != len(SEEDS):
        raise ValueError(f"An attempt is judged by {len(SEEDS)} runs, not by {len(frames)}.")
    if moved := moved_elsewhere(chapter, task, settings):
        return Attempt(False, moved, SEEDS)
    ends = {seed: run[-1].scalars for seed, run in zip(SEEDS, frames, strict=True)}
    failing = tuple(
        seed for seed, end in ends.items() if not all(bound.holds(end) for bound in goal.bounds)
    )
    passed = len(SEEDS) - len(failing) >= goal.least
    sentences = [_failures(chapter, bound, ends) for bound in goal.bounds]
    if failing and passed:
        sentences.insert(0, f"Solved: {in_words(len(SEEDS) - len(failing))} of five seeds pass.")
    if not failing:
        sentences = [f"Solved: all five seeds pass. {_reached(chapter, goal.bounds, ends)}"]
    return Attempt(passed, " ".join(filter(None, sentences)), failing)


def moved_elsewhere(chapter: Chapter, task: Task, settings: Settings) -> str:
    """A sentence about a knob that the task does not let a reader move, if one has moved."""
    assert task.goal is not None
    start, knobs = chapter.Settings(**task.preset), chapter.Settings.knobs()
    for name, value in start.values_by_name().items():
        if name not in (*task.goal.knobs, "seed") and getattr(settings, name) != value:
            free = join([knobs[knob].label for knob in task.goal.knobs])
            return f"Only {free} may move in this task: set {knobs[name].label} back to {value}."
    return ""


def _failures(chapter: Chapter, bound: Bound, ends: Mapping[int, Mapping[str, float]]) -> str:
    """A sentence with the seeds that miss this bound, if any, and what they measure."""
    quantity = chapter.quantity(bound.number)
    values = {
        seed: end.get(bound.number, math.nan) for seed, end in ends.items() if not bound.holds(end)
    }
    if not values:
        return ""
    if any(map(math.isnan, values.values())):
        return f"With these knobs there is no {quantity.label}, and a goal is set for it."
    seeds = f"{'Seed' if len(values) == 1 else 'Seeds'} {_list(values)}"
    missed = bound.low if min(values.values()) < bound.low else bound.high
    measured = describe(quantity, list(values.values()), missed)
    return f"{seeds}: {measured}, and {requirement(quantity, bound)}."


def _reached(
    chapter: Chapter, bounds: Iterable[Bound], ends: Mapping[int, Mapping[str, float]]
) -> str:
    """What the seeds measure of everything that the goal asks for, as a sentence."""
    parts = []
    for bound in bounds:
        quantity = chapter.quantity(bound.number)
        values = [end[bound.number] for end in ends.values()]
        parts.append(phrase(quantity, between(quantity, min(values), max(values))))
    return capital(join(parts)) + "."


def _list(seeds: Iterable[int]) -> str:
    return join([str(seed) for seed in seeds])
