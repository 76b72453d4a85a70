"""Co-training against the dependence of its views: what the assumption is worth, cut by cut.

The paper's own data, course pages and the links to them, are not here, so no published number
stands beside these.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import inf

import numpy as np

from workbench.chapters.two_learners import by_hand
from workbench.chapters.two_learners.evaluation import evaluate, numbers
from workbench.chapters.two_learners.knobs import Settings
from workbench.chapters.two_learners.members import comparison
from workbench.chapters.two_learners.task import load_task
from workbench.core.pictures import Table
from workbench.core.study import Study
from workbench.science.side_by_side import cores, side_by_side

RHOS = (0.0, 0.5, 1.0)
SPLITS = ("random", "left/right", "top/bottom", "in turn")
STEPS = 600
COLUMNS = ("supervised", "self-training", "co-training", "co - self", "wrong labels, co / self")
Measured = Mapping[tuple[str, float], Sequence[dict[str, float]]]  # numbers of each seed


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """One cut and one dependence at a time, all seeds in one stack, until the budget would be
    passed; a process a core."""
    start = time.perf_counter()
    end = start + budget if budget else inf
    measured = defaultdict(list)
    tasks = [(split, rho, seeds, data, device) for split in SPLITS for rho in RHOS]
    for split, rho, ends in side_by_side(train_seeds, tasks, cores(device), end):
        measured[split, rho].extend(ends)
        yield table(data, measured)


def train_seeds(
    split: str, rho: float, seeds: int, data: str, device: str
) -> tuple[str, float, list[dict[str, float]]]:
    """The last numbers of every seed at this cut and dependence, on the whole test set."""
    task = load_task(data, device)
    runs = [
        Settings(data=data, split=split, rho=rho, seeds=1, seed=seed, steps=STEPS)
        for seed in range(seeds)
    ]
    *_, (_, model, labels) = by_hand.fit(runs, task, device)
    answers = evaluate(model, task, True)
    ends = []
    for run in runs:
        compared = {
            method: [model.members.index(member) for member in own]
            for method, own in comparison(run).items()
        }
        ends.append(numbers(task, answers, labels, compared))
    return split, rho, ends


def table(data: str, measured: Measured) -> Table:
    """A line for each cut and dependence: errors in per cent, and the difference seed by seed."""
    rows = []
    for split in SPLITS:
        for rho in RHOS:
            if ends := measured.get((split, rho)):
                rows.append((split, f"{rho:g}", *cells(ends)))
    count = max(map(len, measured.values()))
    return Table(
        f"Test error by the dependence of the views, {data}",
        ("cut", "rho", *COLUMNS),
        tuple(rows),
        caption=f"Test error in per cent, mean and standard deviation over {count} seeds; two "
        f"labels a class, three labels a class, view and round, {STEPS} steps. co - self: error of "
        "self-training less that of co-training, positive where co-training is ahead. With rho "
        "between 0 and 1 some joined pictures are of one item and some of two: compare the methods "
        "of a line, not the lines of a method.",
    )


def cells(ends: Sequence[dict[str, float]]) -> tuple[str, ...]:
    """The numbers of a line as text."""
    names = ("supervised_accuracy", "self_accuracy", "accuracy")
    supervised, alone, pair = (100 - 100 * column(ends, name) for name in names)
    wrong, self_wrong = (100 * column(ends, name).mean() for name in ("wrong", "self_wrong"))
    errors = [f"{error.mean():.1f} +/- {error.std():.1f}" for error in (supervised, alone, pair)]
    ahead = alone - pair
    return (
        *errors,
        f"{ahead.mean():+.1f} +/- {ahead.std():.1f}",
        f"{wrong:.1f} / {self_wrong:.1f}",
    )


def column(ends: Sequence[dict[str, float]], name: str) -> np.ndarray:
    """One number of every seed."""
    return np.array([end[name] for end in ends])


STUDY = Study(
    name="two-learners-views",
    question="What is the independence of two views worth?",
    reproduce=reproduce,
    data="mnist",
)
