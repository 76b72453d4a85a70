"""Labels that are a matter of opinion: what people express, for the paper's Toronto faces.

Reed et al. 2015 train on faces whose seven expressions were labelled by people who may differ. That
set cannot be had freely; the CMU faces have 20 people who were asked for four expressions, and show
them more or less. Four people of whom nothing is trained on judge, as is usual for such sets.
"""

import time
from collections.abc import Iterator

import numpy as np

from workbench.chapters.bootstrap.published_study import PAPER, Results
from workbench.chapters.bootstrap.sweep_study import cross, measure
from workbench.core.pictures import Table
from workbench.core.study import Study

NOISES = (0.0, 0.3)  # the labels as they are, and with some that are wrong for certain
STEPS = 300  # more of them teach the people by heart
LEAST_GAIN = 1.0  # points: less is called no gain
# Reed et al. 2015 on the Toronto faces, per cent, from memory, not read again
TORONTO = {"cross-entropy": 85.3, "soft": 85.6, "hard": 86.8, "recon": 86.8}


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """All losses and seeds of a share of wrong labels in one stack, until the budget is spent."""
    start, results = time.monotonic(), {}
    for noise in NOISES:
        results |= measure(cross(PAPER, [noise], seeds, data=data, steps=STEPS), device)
        yield table(results, data)
        if budget is not None and time.monotonic() - start > budget:
            return


def table(results: Results, data: str) -> Table:
    """A row for each loss and share of wrong labels."""
    seeds = len(next(iter(results.values())))
    return Table(
        f"Expressions of people who were not trained on, {data}",
        ("wrong labels added", "loss", "ours (%)", "over cross-entropy", "Toronto faces (%)"),
        tuple(row(results, noise, loss) for noise, loss in results),
        caption=f"Accuracy, mean and standard deviation over {seeds} seeds, {STEPS} steps; who "
        "guesses one of four has 25. The Toronto faces have seven expressions, so only gains can "
        f"be set side by side. Published: Reed et al. 2015, from memory. {verdict(results)}",
    )


def row(results: Results, noise: float, loss: str) -> tuple[str, ...]:
    """The line of a loss at this share of wrong labels."""
    points = 100 * np.array(results[noise, loss])
    gains = points_over(results, noise, loss)
    beside = f"{gains.mean():+.1f} +/- {gains.std():.1f}" if loss != "cross-entropy" else ""
    published = f"{TORONTO[loss]:.1f}" if noise == 0 else ""
    return f"{noise:.0%}", loss, f"{points.mean():.1f} +/- {points.std():.1f}", beside, published


def points_over(results: Results, noise: float, loss: str) -> np.ndarray:
    """Points of accuracy [seeds] over cross-entropy on the same labels."""
    return 100 * (np.array(results[noise, loss]) - results[noise, "cross-entropy"])


def verdict(results: Results) -> str:
    """Which losses gain in every seed, and by a point or more on average."""
    gains = {key: points_over(results, *key) for key in results}
    helps = [
        f"{loss} at {noise:.0%}"
        for (noise, loss), points in gains.items()
        if points.min() > 0 and points.mean() >= LEAST_GAIN
    ]
    return f"Gains in every seed: {', '.join(helps) or 'none'}."


STUDY = Study(
    name="bootstrap-expressions",
    question="Does bootstrapping help where labels are a matter of opinion?",
    reproduce=reproduce,
    data="expressions",
)
