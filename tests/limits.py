"""Where a task's answer does not hold: the task's own words, and an experiment that tests them."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from workbench.chapters import find
from workbench.core.frames import Frame

SEEDS = range(5)


class Numbers:
    """The numbers of runs that differ in their seeds.

    `numbers[name]` are those of the last frames, an array over seeds; `course(name)` has all
    frames, an array over seeds and frames.
    """

    def __init__(self, frames: Sequence[Sequence[Frame]]):
        self.frames = frames

    def __getitem__(self, name: str) -> np.ndarray:
        return self.course(name)[:, -1]

    def course(self, name: str) -> np.ndarray:
        return np.array([[frame.scalars[name] for frame in each] for each in self.frames])


@cache
def train(chapter: str, seeds: Sequence[int], *knobs: tuple[str, Any]) -> Numbers:
    """Trains a run with these knobs on each seed, side by side where the chapter can."""
    known = find(chapter)
    runs = [known.Settings(**dict(knobs), seed=seed) for seed in seeds]
    if "seed" in known.stackable:
        return Numbers(list(zip(*known.train(runs), strict=True)))
    return Numbers([[frame for (frame,) in known.train([run])] for run in runs])


class Limit(NamedTuple):
    """A part of what a task says in `fails`, and how it is measured.

    task: chapter/id. words: of the task, to the letter. changes: the knobs of each group of runs,
    besides those of the task's preset. holds: of the Numbers of the groups, in this order.
    """

    task: str
    words: str
    changes: tuple[dict[str, Any], ...]
    holds: Callable[..., Any]
    seeds: Sequence[int] = SEEDS

    def measure(self) -> bool:
        chapter, _, task = self.task.partition("/")
        preset = find(chapter).teaching.task(task).preset
        groups = [{**preset, **each} for each in self.changes]
        trained = [train(chapter, self.seeds, *sorted(each.items())) for each in groups]
        return bool(self.holds(*trained))
