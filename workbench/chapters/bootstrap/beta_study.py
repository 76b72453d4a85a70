"""Choosing beta with wrong labels alone: does cross-validation find what clean labels would?

Reed et al. 2015 chose beta by cross-validation and say no more. Nobody who has wrong labels has
clean ones to choose by, so a fifth of the training items is held out with the labels that it was
given. The beta whose network repeats most of these is chosen, and judged by the true labels of the
test set beside the best that there is.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch

from workbench.chapters.bootstrap import by_hand
from workbench.chapters.bootstrap.evaluation import answer, share_right
from workbench.chapters.bootstrap.knobs import Settings
from workbench.chapters.bootstrap.labels import Task, Wrong, task
from workbench.chapters.bootstrap.members import positions
from workbench.core.pictures import Table
from workbench.core.study import Study

BETAS = (0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0)  # of the hard loss; 1 is cross-entropy
CASES = (("uniform", 0.4), ("uniform", 0.6), ("permutation", 0.4))  # pattern, share of wrong labels
HELD_OUT = 5  # every fifth training item

Case = tuple[str, float]


class Choice(NamedTuple):
    """Shares right of one seed at each of `BETAS`: of the held-out items by the labels they were
    given, and of the test set by the true ones."""

    given: Sequence[float]
    true: Sequence[float]

    @property
    def chosen(self) -> int:
        """Which beta repeats most of the given labels, the first of equal ones."""
        return int(np.argmax(self.given))


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Case after case, all betas of a seed in one stack, until the budget is spent."""
    pictures, start = task(data, device), time.monotonic()
    results: dict[Case, list[Choice]] = {}
    for case in CASES:
        for seed in range(seeds):
            results.setdefault(case, []).append(choose(pictures, data, case, seed, device))
            yield table(results, data)
            if budget is not None and time.monotonic() - start > budget:
                return


def choose(pictures: Task, data: str, case: Case, seed: int, device: str) -> Choice:
    """Trains every beta on four fifths of the items and asks the networks about the others."""
    pattern, noise = case
    rows = torch.arange(len(pictures.y))
    out, rest = rows[rows % HELD_OUT == 0], rows[rows % HELD_OUT > 0]
    learnt, held = (
        replace(pictures, x=pictures.x[part.to(device)], y=pictures.y[part]) for part in (rest, out)
    )
    labels = Wrong(pattern, noise).draw(held, torch.Generator().manual_seed(seed + 3000))
    knobs = {"data": data, "loss": "hard", "pattern": pattern, "noise": noise, "seed": seed}
    runs = [Settings(beta=beta, **knobs) for beta in BETAS]
    for _, networks, _ in by_hand.fit(runs, learnt, device):
        model = networks
    with torch.no_grad():
        given = share_right(answer(model, held.x), labels)
        true = share_right(answer(model, pictures.data.test), pictures.y_test)
    own = [positions(model.members, run)["run"] for run in runs]
    return Choice([given[place] for place in own], [true[place] for place in own])


def table(results: Mapping[Case, Sequence[Choice]], data: str) -> Table:
    """A row for each case: the betas chosen, and what they are worth beside others."""
    rows = []
    for (pattern, noise), choices in results.items():
        true = np.array([choice.true for choice in choices])
        chosen = np.array([choice.chosen for choice in choices])
        by_choice = true[np.arange(len(true)), chosen]
        means = (true[:, -1], true[:, BETAS.index(0.8)], by_choice, true.max(1))
        betas = ", ".join(f"{BETAS[place]:g}" for place in chosen)
        rows.append((pattern, f"{noise:.0%}", betas, *(f"{part.mean():.3f}" for part in means)))
    columns = ("cross-entropy", "hard, the paper's 0.8", "hard, chosen", "hard, best of all")
    return Table(
        f"Beta by cross-validation on wrong labels, {data}",
        ("pattern", "wrong", "beta of each seed", *columns),
        tuple(rows),
        caption=f"True labels of the test set, means of {len(next(iter(results.values())))} seeds, "
        f"{Settings().steps} steps. Chosen: the beta of {', '.join(f'{b:g}' for b in BETAS)} whose "
        "network repeats most of the given labels of a fifth that was held out. Best of all looks "
        "at the test set.",
    )


STUDY = Study(
    name="bootstrap-beta",
    question="Can beta be chosen where all labels may be wrong?",
    reproduce=reproduce,
)
