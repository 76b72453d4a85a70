"""Bags that exist, molecules and blood smears: AUC of every pooling over seeds.

All training bags there are, the default steps, and a row for each share of wrong bag labels. A set
is measured where its file lies in the data folder. Smears have an official test part; of the
molecules a third of each label is the test, drawn anew by every seed.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np

from workbench.chapters.mil.claims import measure
from workbench.chapters.mil.knobs import KINDS
from workbench.core.pictures import Table
from workbench.core.settings import SettingsError
from workbench.core.study import Study
from workbench.data.bags import real

SETS = ("musk1", "blood")
POOLINGS = {0.0: KINDS, 0.2: ("instance-max", "mean", "attention")}  # by share of wrong labels
ALL_BAGS = 1000  # more than any of the sets has

Case = tuple[str, float, str]  # set, share of wrong labels, pooling
Ends = Sequence[Mapping[str, float]]  # the last numbers of each seed


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Set after set, every pooling with all seeds in one stack, until the budget is spent."""
    there = [name for name in SETS if name in real.names()]
    if not there:
        raise SettingsError(f"none of {', '.join(SETS)} lies in the data folder: copy one there.")
    if data not in ("all", *there):
        raise SettingsError(f"data must be all or one of {', '.join(there)}, not {data[:40]!r}.")
    names = there if data == "all" else [data]
    start, results = time.monotonic(), {}
    for name, wrong, pooling in cases(names):
        if results and budget is not None and time.monotonic() - start > budget:
            return
        runs = [{"seed": seed} for seed in range(seeds)]
        knobs = {"source": name, "wrong": wrong, "pooling": pooling, "bags": ALL_BAGS}
        results[name, wrong, pooling] = measure(*runs, **knobs)
        yield table(results, seeds)


def cases(names: Sequence[str]) -> list[Case]:
    """The rows of the table, set after set."""
    shares = [(wrong, pooling) for wrong, kinds in POOLINGS.items() for pooling in kinds]
    return [(name, *case) for name, case in product(names, shares)]


def table(results: Mapping[Case, Ends], seeds: int) -> Table:
    """Mean and standard deviation over seeds of each set, share and pooling."""
    rows = [
        (name, f"{wrong:.0%}", pooling, describe(ends, "auc"), describe(ends, "top_witness"))
        for (name, wrong, pooling), ends in results.items()
    ]
    return Table(
        "AUC on bags that exist",
        ("bags", "wrong labels", "pooling", "AUC", "largest weight on a witness"),
        tuple(rows),
        caption=f"Mean +/- sd of {seeds} seeds, 400 steps, all training bags; the test bags' "
        "labels are never turned round. Nobody knows the witnesses among the shapes of a molecule. "
        "Ilse et al. 2018 report accuracies over ten folds for molecules, which could not be read "
        "at their source.",
    )


def describe(ends: Ends, name: str) -> str:
    """Mean and standard deviation of a number, or nothing where it is not known."""
    values = [end[name] for end in ends if name in end]
    return f"{np.mean(values):.3f} +/- {np.std(values):.2f}" if values else ""


STUDY = Study(
    name="mil-real",
    question="Which pooling tells molecules and blood smears apart, and from wrong labels?",
    reproduce=reproduce,
    data="all",
)
