"""Do deep methods end where they start? ACC of their first clusters against ACC of their last.

`workbench reproduce clustering-starts`. Each method begins with clusters of codes that a longer or
a shorter pre-training gave, and the line of end on start says what the method adds: a line of slope
1 adds the same to good and bad starts, one of slope 0 mends them all.
"""

import time
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from workbench.chapters.clustering import by_hand
from workbench.chapters.clustering.frames import scores
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.lesson import fit
from workbench.chapters.clustering.points import all_labels, all_pictures
from workbench.core.pictures import Table
from workbench.core.study import Study
from workbench.data import DataError
from workbench.science.tensors import resident

METHODS = {
    "DEC": {"kind": "dec"},
    "VaDE": {"kind": "vade"},
    "DAC": {"kind": "dac"},
    # what more training of the autoencoder does alone, with the same refits of the mixture
    "DAC without critic": {"kind": "dac", "adversary": 0},
}
PRETRAINING = (100, 300, 1000)  # steps; the methods then have CLUSTERING
CLUSTERING = 1000
TOGETHER = 5  # seeds that train side by side


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Yields the table after every five seeds of a method, within `budget` seconds."""
    if all_labels(resident(data, device)) is None:
        raise DataError(f"{data} has no labels: there is nothing to compare clusters with.")
    begin, pairs = time.monotonic(), defaultdict(list)
    for first in range(0, seeds, TOGETHER):
        for name, knobs in METHODS.items():
            for before in PRETRAINING:
                if pairs and budget is not None and time.monotonic() - begin > budget:
                    return
                some = range(first, min(first + TOGETHER, seeds))
                pairs[name, before] += ends(data, knobs, before, some, device)
                yield table(data, pairs)


def ends(data: str, knobs: dict, before: int, seeds: range, device: str) -> list[tuple]:
    """ACC of the first and the last clusters of these seeds, counted on all pictures."""
    steps = before + CLUSTERING
    plan = {"data": data, "steps": steps, "pretrain": before / steps} | knobs
    runs, pictures = [Settings(seed=seed, **plan) for seed in seeds], resident(data, device)
    for stage in fit(runs, pictures, device, gradient=by_hand.gradient):
        last = stage
    rows = len(all_pictures(pictures))
    first = [scores(assignment, pictures)["acc"] for assignment in last.first]
    end = [scores(last.clusters.evaluate(k, rows), pictures)["acc"] for k in range(len(runs))]
    return list(zip(first, end, strict=True))


def table(data: str, pairs: dict[tuple[str, int], list]) -> Table:
    """A line for each method and length of pre-training, the ACC of every seed in percent."""
    rows = []
    for (name, before), each in pairs.items():
        start, end = 100 * np.array(each).T
        gain = end - start
        cells = [" ".join(f"{acc:.1f}" for acc in column) for column in (start, end)]
        rows.append((name, before, *cells, f"{gain.mean():+.1f} +- {gain.std():.1f}"))
    return Table(
        f"ACC of the start and of the end on {data}",
        ("method", "pre-training", "start, seed by seed, %", "end, %", "gained"),
        tuple(rows),
        caption=f"After so many steps of pre-training the method has {CLUSTERING}. Least squares "
        f"over all runs of a method: {'; '.join(lines(pairs))}.",
    )


def lines(pairs: dict[tuple[str, int], list]) -> list[str]:
    """The line of end on start of each method, in words."""
    words = []
    for name in dict.fromkeys(method for method, _ in pairs):
        each = [pair for (method, _), runs in pairs.items() if method == name for pair in runs]
        start, end = 100 * np.array(each).T
        slope, _ = np.polyfit(start, end, 1)
        words.append(
            f"{name} end = {end.mean():.1f} + {slope:.2f} (start - {start.mean():.1f}), "
            f"correlation {np.corrcoef(start, end)[0, 1]:.2f}"
        )
    return words


STUDY = Study(
    name="clustering-starts",
    question="Do DEC, VaDE and DAC end where they start?",
    reproduce=reproduce,
)
