"""Figure 2 of Reed et al. 2015: accuracy on MNIST against the share of permuted labels.

784-500-300-10 with ReLU, L2 of 1e-4, the paper's permutation, beta 0.8 (hard), 0.95 (soft) and
0.005 (reconstruction), as two independent re-implementations give them. What the paper leaves open
is ours: Adam at a rate that falls from 0.001 to zero, mini-batches of 128, two epochs, the last of
them judged, true labels of the whole test set. `sweep_study.sweep` is the same picture for any
pattern on small data.
"""

import time
from collections.abc import Iterator
from math import inf

import numpy as np

from workbench.chapters.bootstrap.labels import task
from workbench.chapters.bootstrap.published_study import (
    INDEPENDENT,
    INDEPENDENT_LOSSES,
    PAPER,
    PUBLISHED,
    Results,
    by_loss,
    verdicts,
)
from workbench.chapters.bootstrap.sweep_study import cross, measure
from workbench.core.pictures import Table
from workbench.core.study import Study
from workbench.science.side_by_side import cores, side_by_side

LEVELS = (0.46, 0.40, 0.50, 0.30, 0.44, 0.48, 0.36, 0.42, 0.38, 0.34)  # most telling first
EPOCHS = 2
LEAST_STEPS = 900  # where an epoch is short
WIDTH = 500
KNOBS = {"pattern": "permutation", "warm_up": 50, "decay": 1e-4, "lr": 0.001, "falling": True}


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """A level of noise at a time, all losses and seeds of it in one stack, until the budget would
    be passed; a process a core."""
    start = time.perf_counter()
    end = start + budget if budget else inf
    items = len(task(data, device).x)
    steps = max(LEAST_STEPS, EPOCHS * (items // (64 if items <= 10_000 else 128)))
    knobs = KNOBS | {"data": data, "width": WIDTH, "steps": steps}
    results, levels = {}, [(level, seeds, knobs, device) for level in LEVELS]
    for accuracies in side_by_side(train_level, levels, cores(device), end):
        results |= accuracies
        yield table(results, seeds, knobs, time.perf_counter() - start)


def train_level(level: float, seeds: int, knobs: dict, device: str) -> Results:
    """Test accuracy of every seed at one level of noise, by (level, loss)."""
    return measure(cross(PAPER, [level], seeds, **knobs), device)


def table(results: Results, seeds: int, knobs: dict, seconds: float) -> Table:
    """Ours beside what was published, and a verdict on each claim."""
    printed = by_loss(PUBLISHED, list(PAPER))
    independent = by_loss(INDEPENDENT, INDEPENDENT_LOSSES)
    rows = []
    for level in sorted({level for level, _ in results}):
        for loss in PAPER:
            ours, other = np.array(results[level, loss]), independent.get((level, loss))
            numbers = (ours.mean(), ours.std(), printed[level, loss])
            cells = [f"{number:.3f}" for number in numbers]
            rows.append((f"{level:.2f}", loss, *cells, f"{other:.3f}" if other else ""))
    return Table(
        f"Accuracy against permuted labels, {knobs['data']}",
        ("noise", "loss", f"ours, mean of {seeds}", "sd", "published", "independent"),
        tuple(rows),
        caption=f"{knobs['steps']} steps, the last judged, on all test items. Published: Reed et "
        "al. 2015, figure 2, digitised to 0.004, on MNIST. Independent: Goldberger & Ben-Reuven's "
        f"code, read off its plot. {' '.join(verdicts(results))} It took {seconds / 60:.0f} "
        f"minutes on {cores('cpu')} cores.",
    )


STUDY = Study(
    name="bootstrap",
    question="Does bootstrapping save a network from permuted labels?",
    reproduce=reproduce,
    data="mnist",
    seeds=3,
)
