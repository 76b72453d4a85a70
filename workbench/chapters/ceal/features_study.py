"""Frozen features against features that adapt: the paper's reason to put a CNN into the loop.

Active learning before it asked on fixed features. Here the CNN's lower layers are frozen, learn at
a tenth of the rate (as the paper does on Caltech-256), or learn as the last layer does; and they
begin from nothing, or from a task without labels.
"""

import time
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from workbench.chapters.ceal.members import member
from workbench.chapters.ceal.pool import load_pool
from workbench.chapters.ceal.study import PAPER, Course, train_courses
from workbench.chapters.ceal.team import Build
from workbench.core.pictures import Table
from workbench.core.study import Study

NAMES = ("AL_RAND", "AL_MS", "CEAL_MS")
STARTS = {"none": "nothing", "rotation": "turned pictures"}
PACES = {0.0: "frozen", 0.1: "a tenth of the rate", 1.0: "adapting"}
NETWORK, K, INITIAL, ROUNDS, TUNE = "CNN", 20, 30, 10, 50

Cells = dict[tuple[str, float, str], list[Course]]  # a course a seed, by start, pace and strategy


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """One seed after the other, until the budget would be passed."""
    pool, start, longest = load_pool(data, device), time.monotonic(), 0.0
    cells: Cells = {}
    for seed in range(seeds):
        began = time.monotonic()
        if seed and budget is not None and began - start + longest > budget:
            return
        members = [member(name, k=K, initial=INITIAL, seed=seed, **PAPER) for name in NAMES]
        for begins, pace in product(STARTS, PACES):
            build = Build(NETWORK, lower=pace, pretext=begins)
            courses = train_courses(members, pool, ROUNDS, TUNE, build)
            for name, course in zip(NAMES, courses, strict=True):
                cells.setdefault((begins, pace, name), []).append(course)
        longest = max(longest, time.monotonic() - began)
        yield table(cells, data)


def table(cells: Cells, data: str) -> Table:
    """A line for each start and pace: accuracies over the rounds, and what the strategies gain."""
    rows = [line(cells, begins, pace) for begins, pace in product(STARTS, PACES)]
    seeds = len(next(iter(cells.values())))
    return Table(
        f"Frozen and adapting features, {data}: {seeds} seed{'s' * (seeds > 1)}",
        ("features begin from", "lower layers", *NAMES, "AL_MS - AL_RAND", "CEAL_MS - AL_MS"),
        tuple(rows),
        caption=f"Test accuracy in per cent of a small CNN, mean over {ROUNDS} rounds, with the "
        f"standard deviation over seeds. {INITIAL} labels at first, {K} questions a round, "
        f"{TUNE} mini-batches of 64 a round.",
    )


def line(cells: Cells, begins: str, pace: float) -> tuple[str, ...]:
    """The line of one start and pace."""
    by_name = [accuracies(cells[begins, pace, name]) for name in NAMES]
    chance, margin, believing = by_name
    gains = [
        f"{gain.mean():+.1f} +- {gain.std():.1f}" for gain in (margin - chance, believing - margin)
    ]
    return STARTS[begins], PACES[pace], *(f"{values.mean():.1f}" for values in by_name), *gains


def accuracies(courses: Sequence[Course]) -> np.ndarray:
    """Accuracy in per cent of every seed [seeds], the mean over the rounds after the first."""
    return np.array([100 * np.mean(course.accuracy[1:]) for course in courses])


STUDY = Study(
    name="ceal-features",
    question="What is it worth that the features adapt, and that they begin with a pretext task?",
    reproduce=reproduce,
)
