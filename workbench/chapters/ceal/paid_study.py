"""What pseudo-labels cost where they crowd out the labels that were paid for.

A mini-batch draws every item with a label alike, as the paper has it, and in a large pool thousands
are believed. The knob `paid` keeps a share of each batch for what the expert labelled.
"""

import time
from collections.abc import Iterator, Sequence

import numpy as np

from workbench import data as sets
from workbench.chapters.ceal.members import member
from workbench.chapters.ceal.pool import load_pool
from workbench.chapters.ceal.study import PAPER, Course, train_courses
from workbench.core.pictures import Table
from workbench.core.study import Study

SHARES = (0.0, 0.25, 0.5, 0.75)  # of a batch, kept for paid labels; 0: as they come
ASKED = ("MS", "RAND")
FIRST_SHARE, LAST_SHARE = 0.02, 0.2  # of the pool are labelled before the first and after the last
ROUNDS, TUNE = 8, 300

Cells = dict[tuple[str, float], list[Course]]  # a course for each seed, by strategy and share


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """One seed after the other, all of its networks in one stack, until the budget is spent."""
    pool, start, longest = load_pool(data, device), time.monotonic(), 0.0
    first = max(10, round(FIRST_SHARE * len(pool)))
    k = max(1, round(LAST_SHARE * len(pool) - first) // ROUNDS)
    cells: Cells = {}
    for seed in range(seeds):
        began = time.monotonic()
        if seed and budget is not None and began - start + longest > budget:
            return
        keys = [(f"AL_{name}", 0.0) for name in ASKED]
        keys += [(f"CEAL_{name}", share) for name in ASKED for share in SHARES]
        knobs = {"k": k, "initial": first, "seed": seed} | PAPER
        members = [member(name, paid=share, **knobs) for name, share in keys]
        for key, course in zip(keys, train_courses(members, pool, ROUNDS, TUNE), strict=True):
            cells.setdefault(key, []).append(course)
        longest = max(longest, time.monotonic() - began)
        yield table(cells, data, len(pool), first, k)


def table(cells: Cells, data: str, items: int, first: int, k: int) -> Table:
    """A row for each way of asking: what believing changes, by the share of paid labels."""
    rows = []
    for name in ASKED:
        plain = accuracies(cells[f"AL_{name}", 0.0])
        gains = [accuracies(cells[f"CEAL_{name}", share]) - plain for share in SHARES]
        rows.append((name, f"{plain.mean():.1f}", *map(describe_gain, gains)))
    seeds = len(plain)
    return Table(
        f"What pseudo-labels add, {data}: {seeds} seed{'s' * (seeds > 1)}",
        ("asks by", "without", "as they come", *(f"{share:.0%} paid" for share in SHARES[1:])),
        tuple(rows),
        caption=f"Points of test accuracy over the same questions without pseudo-labels, mean over "
        f"{ROUNDS} rounds, with the standard deviation over seeds. {items} items, {first} labels "
        f"at first, {k} questions a round, {TUNE} mini-batches of 64 a round.",
    )


def accuracies(courses: Sequence[Course]) -> np.ndarray:
    """Accuracy in per cent of every seed [seeds], the mean over the rounds after the first."""
    return np.array([100 * np.mean(course.accuracy[1:]) for course in courses])


def describe_gain(gain: np.ndarray) -> str:
    """Mean and standard deviation over seeds."""
    return f"{gain.mean():+.2f} +- {gain.std():.2f}"


STUDY = Study(
    name="ceal-paid",
    question="Do pseudo-labels crowd out the labels that were paid for?",
    reproduce=reproduce,
    data="mnist" if "mnist" in sets.names() else "digits",
)
