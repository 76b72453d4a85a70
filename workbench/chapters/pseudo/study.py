"""An ablation: what each part of MixUp with a memory is worth, with Pseudo-Label beside it.

`workbench reproduce pseudo` takes the digits at 1, 2 and 4 labels a class; `--data mnist` ten
labels a class of 60,000 pictures, with the parts that tell most. All networks of a seed train in
one stack (those of Pseudo-Label in another), from the same labels and the same first weights.
"""

import time
from collections.abc import Iterator

import numpy as np

from workbench.chapters.pseudo.evaluation import train_to_end
from workbench.chapters.pseudo.knobs import Settings
from workbench.chapters.pseudo.pool import picture_pool
from workbench.core.pictures import Table
from workbench.core.study import Study

OFF = dict(mixup=False, least=False, balance=False, certainty=False)
PARTS = {  # of MixUp with a memory: what is switched
    "memory + k": OFF | {"least": True},
    "memory + mixup": OFF | {"mixup": True},
    "memory + mixup + k": OFF | {"mixup": True, "least": True},
    "all": {},
    "all - R_A": {"balance": False},
    "all - R_H": {"certainty": False},
    "all - mixup": {"mixup": False},
    "memory + R_A + R_H": OFF | {"balance": True, "certainty": True},
}
FEW = ("memory + k", "memory + mixup", "memory + mixup + k", "all")
BESIDE = {"labels alone": "supervised", "labels + mixup": "mixup", "memory alone": "naive"}
HARD = {"Pseudo-Label": {}, "Pseudo-Label, jitter 0.3": {"jitter": 0.3}}
LARGE_POOL = 10_000  # items from which on there are ten labels a class, and fewer parts
STEPS, LARGE_STEPS = 800, 1200
PUBLISHED = (
    "Published, on other data: Arazo et al. 2020, CIFAR-10 with 50, 100 and 400 labels a class, "
    "error 8.80, 6.85 and 5.97 % (from the authors' repository; convolutions, 400 epochs). Lee "
    "2013, MNIST with 10 labels a class, error 25.81 % without guesses, 16.15 % with (from memory; "
    "larger network, dropout)."
)

Errors = dict[tuple[str, int], list[tuple[float, float]]]  # (error, ECE) of each seed


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Trains a seed at a time, until the budget would be passed."""
    start, longest, results = time.monotonic(), 0.0, {}
    large = len(picture_pool(data, 0, device).x) > LARGE_POOL
    levels, names = ((10,), FEW) if large else ((1, 2, 4), tuple(PARTS))
    knobs = {"data": data, "steps": LARGE_STEPS if large else STEPS}
    for seed in range(seeds):
        began = time.monotonic()
        if seed and budget is not None and began - start + longest > budget:
            return
        add_seed(results, levels, names, device, seed=seed, **knobs)
        longest = max(longest, time.monotonic() - began)
        yield table(results, levels, knobs)


def add_seed(results: Errors, levels, names, device: str, **knobs) -> None:
    """Trains all networks of a seed and adds their (error, ECE) to the results."""
    pairs = [(name, labels) for name in names for labels in levels]
    runs = [
        Settings(kind="mixup-memory", labels=labels, **PARTS[name], **knobs)
        for name, labels in pairs
    ]
    for (name, labels), end in zip(pairs, train_to_end(runs, device), strict=True):
        add(results, name, labels, end, "")
        if name == names[0]:
            for other, role in BESIDE.items():
                add(results, other, labels, end, f"{role}_")
    for name, change in HARD.items():
        runs = [Settings(labels=labels, **change, **knobs) for labels in levels]
        for labels, end in zip(levels, train_to_end(runs, device), strict=True):
            add(results, name, labels, end, "")


def add(results: Errors, name: str, labels: int, end: dict[str, float], prefix: str) -> None:
    pair = 1 - end[f"{prefix}accuracy"], end[f"{prefix}ece"]
    results.setdefault((name, labels), []).append(pair)


def table(results: Errors, levels, knobs: dict) -> Table:
    """Means over seeds with standard deviations, a line for each method."""
    names = [name for name in (*BESIDE, *HARD, *PARTS) if (name, levels[0]) in results]
    seeds = len(results[names[0], levels[0]])
    columns = [c for labels in levels for c in (f"{labels} a class: error %", "ECE")]
    return Table(
        f"A network's own guesses, {knobs['data']}: {seeds} seed{'s' * (seeds > 1)}",
        ("method", *columns),
        tuple(
            (name, *(cell for n in levels for cell in cells(results[name, n]))) for name in names
        ),
        caption=f"Test error in per cent, mean and standard deviation, and calibration error; "
        f"{knobs['steps']} steps. {verdicts(results, levels)} {PUBLISHED}",
    )


def cells(pairs: list[tuple[float, float]]) -> tuple[str, str]:
    """Error and ECE of one method at one number of labels."""
    errors, calibration = np.array(pairs).T
    return f"{100 * errors.mean():.1f} +- {100 * errors.std():.1f}", f"{calibration.mean():.3f}"


def verdicts(results: Errors, levels) -> str:
    """What the parts are worth, in points of error, and how many seeds agree."""

    def gain(name: str, other: str) -> str:
        parts = []
        for n in levels:
            pair = (np.array(results[each, n])[:, 0] for each in (other, name))
            difference = 100 * np.subtract(*pair)
            better = int((difference > 0).sum())
            parts.append(f"{difference.mean():+.1f} ({better} of {len(difference)})")
        return ", ".join(parts)

    return (
        f"Points won against labels alone, and seeds that win: Pseudo-Label "
        f"{gain('Pseudo-Label', 'labels alone')}; with jitter "
        f"{gain('Pseudo-Label, jitter 0.3', 'labels alone')}; memory alone "
        f"{gain('memory alone', 'labels alone')}; all parts {gain('all', 'labels alone')}. k added "
        f"to the memory {gain('memory + k', 'memory alone')}, to mixup "
        f"{gain('memory + mixup + k', 'memory + mixup')}."
    )


STUDY = Study(
    name="pseudo",
    question="What is each part of MixUp with a memory worth?",
    reproduce=reproduce,
)
