"""Sweeps on small data: accuracy against wrong labels, and average precision against boxes.

All runs of a sweep train in one stack; `figure` draws the study's results like a sweep.
"""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from workbench.chapters.bootstrap import by_hand
from workbench.chapters.bootstrap.detection import by_hand as detection
from workbench.chapters.bootstrap.detection.evaluation import box_numbers
from workbench.chapters.bootstrap.detection.evaluation import evaluate as evaluate_boxes
from workbench.chapters.bootstrap.detection.scenes import Scenery
from workbench.chapters.bootstrap.evaluation import evaluate
from workbench.chapters.bootstrap.knobs import BOX_LOSSES, Settings
from workbench.chapters.bootstrap.labels import task
from workbench.chapters.bootstrap.members import positions
from workbench.chapters.bootstrap.published_study import PAPER, PUBLISHED, Results
from workbench.core.pictures import Curves, Line
from workbench.science.tensors import resident

BETAS = {"cross-entropy": 1.0, "soft": 0.95, "hard": 0.6, "recon": 0.3}  # of each loss
LEVELS = tuple(np.linspace(0, 0.6, 11).round(2).tolist())


def cross(losses: Mapping[str, float], levels: Sequence[float], seeds: int, **knobs) -> list:
    """Settings of a run for each loss with its beta, level of noise and seed."""
    return [
        Settings(loss=loss, beta=beta, noise=level, seed=seed, **knobs)
        for (loss, beta), level, seed in product(losses.items(), levels, range(seeds))
    ]


def measure(runs: Sequence[Settings], device: str) -> Results:
    """Trains the runs in one stack; gives the accuracy of every seed on the whole test set."""
    data, results = task(runs[0].data, device), {}
    *_, (_, model, given) = by_hand.fit(runs, data, device)
    evaluation = evaluate(model, data, given, whole=True)
    for run in runs:
        accuracy = evaluation.accuracy[positions(model.members, run)["run"]]
        results.setdefault((run.noise, run.loss), []).append(accuracy)
    return results


def sweep(
    data: str = "digits",
    pattern: str = "uniform",
    levels: Sequence[float] = LEVELS,
    seeds: int = 5,
    steps: int = 1200,
) -> Curves:
    """Test accuracy against noise for four losses, with the range over seeds."""
    runs = cross(BETAS, levels, seeds, data=data, pattern=pattern, steps=steps)
    results = measure(runs, "cpu")
    betas = ", ".join(f"{loss}({beta:g})" for loss, beta in BETAS.items() if beta < 1)
    return accuracy_curves(
        [band(results, loss, np.array(levels)) for loss in BETAS],
        f"{data}, {pattern} noise, {steps} steps; mean and range of {seeds} seeds. {betas}.",
    )


def figure(results: Results) -> Curves:
    """The paper's figure: ours with the range over seeds, and the published curves dashed."""
    levels = np.array(sorted({level for level, _ in results}))
    lines = []
    for column, loss in enumerate(PAPER):
        lines.append(band(results, loss, levels))
        printed = [PUBLISHED[level][column] for level in levels if level in PUBLISHED]
        if len(printed) == len(levels):
            lines.append(Line(f"{loss}, published", levels, np.array(printed), "dashed"))
    return accuracy_curves(lines, "Mean over seeds, with the range; dashed: published.")


def accuracy_curves(lines: Sequence[Line], caption: str) -> Curves:
    return Curves(
        "Accuracy against wrong labels",
        tuple(lines),
        "share of labels that is wrong",
        "test accuracy",
        caption=caption,
    )


def sweep_boxes(
    data: str = "digits",
    shares: Sequence[float] = (0.4, 0.7, 1.0),
    seeds: int = 3,
    steps: int = 800,
    **knobs,
) -> Curves:
    """Average precision against the share of annotated boxes, with the range over seeds."""
    same = {"kind": "missing-boxes", "data": data, "steps": steps} | knobs
    pairs = list(product(shares, range(seeds)))
    runs = [Settings(annotated=share, seed=seed, **same) for share, seed in pairs]
    results = measure_boxes(runs)
    return Curves(
        "Average precision against annotated boxes",
        tuple(band(results, loss, np.array(shares)) for loss in BOX_LOSSES),
        "share of boxes annotated",
        "average precision",
        caption=f"{data}, {steps} steps, beta {runs[0].beta:g}, k {runs[0].k}; mean and range of "
        f"{seeds} seeds.",
    )


def measure_boxes(runs: Sequence[Settings]) -> Results:
    """Trains the runs in one stack; gives the average precision of every seed by (share, loss)."""
    scenery, results = Scenery(resident(runs[0].data), runs, "cpu"), {}
    *_, (_, model) = detection.fit(runs, scenery)
    for n, run in enumerate(runs):
        stage = scenery.stages[n]
        numbers = box_numbers(stage, evaluate_boxes(model.only(n), stage))
        for loss in BOX_LOSSES:
            results.setdefault((run.annotated, loss), []).append(numbers[f"ap_{loss}"])
    return results


def band(results: Results, loss: str, levels: np.ndarray) -> Line:
    """The mean of a loss at each level, with the range over seeds."""
    values = np.array([results[level, loss] for level in levels])
    return Line(loss, levels, values.mean(1), low=values.min(1), high=values.max(1))
