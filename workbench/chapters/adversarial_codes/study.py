"""What each game is worth, over seeds, each beside the same game without what it is about.

`workbench reproduce adversarial-codes` takes the digits. All networks of a game and a seed train in
one stack, from the same first weights and on the same batches.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from workbench.chapters.adversarial_codes.frames import train
from workbench.chapters.adversarial_codes.knobs import CATGAN, DENOISING, INFOGAN, Settings
from workbench.core.frames import last_numbers
from workbench.core.pictures import Table
from workbench.core.study import Study
from workbench.data import DataError
from workbench.science.tensors import resident

GAMES = {  # knobs of the runs of a seed
    "autoencoders": {"kind": DENOISING},
    "InfoGAN": {"kind": INFOGAN},
    "InfoGAN, no styles": {"kind": INFOGAN, "styles": 0},
    "CatGAN, no labels": {"kind": CATGAN, "labels": 0},
    "CatGAN, 20 categories": {"kind": CATGAN, "labels": 0, "categories": 20},
    "CatGAN, 2 a class": {"kind": CATGAN, "labels": 2},
    "CatGAN, 10 a class": {"kind": CATGAN, "labels": 10},
}


class Pair(NamedTuple):
    """Two numbers of a game that a line of the table compares; lower: whether less is better."""

    game: str
    what: str
    ours: str
    other: str
    lower: bool = False


PAIRS = (
    Pair(
        "autoencoders",
        "samples: distance, adversary or none, with noise",
        "fd",
        "no_adversary_fd",
        True,
    ),
    Pair(
        "autoencoders",
        "samples: distance, adversary or none, without noise",
        "no_noise_fd",
        "plain_fd",
        True,
    ),
    Pair(
        "autoencoders",
        "samples: distance, both or a Gaussian fitted to plain codes",
        "fd",
        "fitted_fd",
        True,
    ),
    Pair(
        "autoencoders",
        "samples: precision, noise or none, with adversary",
        "precision",
        "no_noise_precision",
    ),
    Pair(
        "autoencoders",
        "repaired dB, noise or none, with adversary",
        "repaired",
        "no_noise_repaired",
    ),
    Pair(
        "autoencoders",
        "repaired dB, noise or none, without adversary",
        "no_adversary_repaired",
        "plain_repaired",
    ),
    Pair("autoencoders", "clean copies dB, both or neither", "psnr", "plain_psnr"),
    Pair("InfoGAN", "L_I in nats, asked for or not", "li", "free_li"),
    Pair("InfoGAN", "ACC, asked for or not", "acc", "free_acc"),
    Pair("InfoGAN", "ACC, Q or K-means", "acc", "kmeans_acc"),
    Pair("InfoGAN, no styles", "ACC, Q or K-means", "acc", "kmeans_acc"),
    *(
        Pair(game, f"{what}, adversary or none", ours, f"alone_{ours}")
        for game in list(GAMES)[3:]
        for what, ours in (("unsure of invented", "unsure_fake"), ("purity", "purity"))
    ),
    *(
        Pair(game, "accuracy, CatGAN or labels alone", "acc", "labels_acc")
        for game in list(GAMES)[5:]
    ),
)


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Trains a seed at a time until the budget would be passed. Raises DataError for pictures
    without labels."""
    if resident(data, device).labels is None:
        raise DataError(f"{data} has no labels: there is nothing to compare categories with.")
    start, longest, results = time.monotonic(), 0.0, []
    for seed in range(seeds):
        began = time.monotonic()
        if seed and budget is not None and began - start + longest > budget:
            return
        results.append(measure(seed, data, device))
        longest = max(longest, time.monotonic() - began)
        yield table(data, results)


def measure(seed: int, data: str, device: str) -> dict[str, dict[str, float]]:
    """The last numbers of every game for a seed."""
    ends = {}
    for game, knobs in GAMES.items():
        (ends[game],) = last_numbers(train([Settings(data=data, seed=seed, **knobs)], device))
    return ends


def table(data: str, results: list[dict[str, dict[str, float]]]) -> Table:
    """Means over seeds with standard deviations, a line a comparison."""
    count = len(results)
    return Table(
        f"Codes with an adversary, {data}: {count} seed{'s' * (count > 1)}",
        ("game", "number, first or second", "first", "second", "better in"),
        tuple(row(pair, results) for pair in PAIRS),
        caption=f"Mean and standard deviation over seeds, {Settings().steps} steps, held-out "
        "pictures. Distance: Frechet, on 20 principal components. The papers' errors on MNIST "
        "could not be checked and are not repeated.",
    )


def row(pair: Pair, results: list[dict[str, dict[str, float]]]) -> tuple[str, ...]:
    """A line of the table."""
    values = np.array([[end[pair.game][name] for name in pair[2:4]] for end in results])
    better = int(((values[:, 0] > values[:, 1]) != pair.lower).sum())
    cells = (f"{mean:.2f} +- {spread:.2f}" for mean, spread in zip(*spread_of(values), strict=True))
    return (pair.game, pair.what, *cells, f"{better} of {len(results)}")


def spread_of(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each column."""
    return values.mean(0), values.std(0)


STUDY = Study(
    name="adversarial-codes",
    question="What do adversary, noise and information each add to a code?",
    reproduce=reproduce,
)
