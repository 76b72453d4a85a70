"""How well does each method cluster, over seeds, and what did the papers report?

`workbench reproduce clustering` takes the digits; `--data mnist --budget 20m` trains DEC and VaDE
on all 70,000 pictures and fits their steps into the time there is. Each deep method stands beside
the clusters that its own pre-training alone gives.
"""

import time
from collections import deque
from collections.abc import Iterator

import numpy as np

from workbench.chapters.clustering import Settings, everyones_labels, everything, train
from workbench.data import DataError
from workbench.frames import Table
from workbench.resident import resident
from workbench.studies import Study

SCORES = ("acc", "nmi", "ari")
STEPS, BEFORE = 5000, 0.4  # about 140 epochs of the digits for the autoencoder, then 210
MOST = 20_000
FEW = 100, 300  # steps of the runs that tell how long a step takes

CLASSICAL = {
    "K-Means on pixels": {"kind": "kmeans", "features": "pixels", "restarts": 10},
    "mixture on pixels, diagonal": {"kind": "mixture", "features": "pixels"},
    "mixture on pixels, full": {"kind": "mixture", "features": "pixels", "covariance": "full"},
    "mixture on 20 components, full": {
        "kind": "mixture", "features": "pca", "latent": 20, "covariance": "full",
    },
}  # fmt: skip
# a deep method, and the clusters of its own codes before it begins
DEEP = {"DEC": ("autoencoder + K-Means", "dec"), "VaDE": ("autoencoder + mixture", "vade")}

PUBLISHED = {
    "K-Means on pixels": "ACC 53.47 (Harchaoui et al., slides)",
    "mixture on pixels, diagonal": "ACC 53.73 (mixture; Harchaoui et al., slides)",
    "autoencoder + K-Means": "ACC 87.9 (DEC-keras, 10 trials)",
    "DEC": "ACC 84.30 (Xie et al. 2016); 91.2, 83.0 to 96.4 (DEC-keras)",
    "autoencoder + mixture": "ACC 82.56 (Harchaoui et al., slides)",
    "VaDE": "ACC 94.46 (Jiang et al. 2017); 71.6 +- 4.4 (20 seeds, OpenDeepClustering)",
}


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Yields the table after every run. Raises DataError for pictures without labels."""
    start, pictures = time.perf_counter(), resident(data, device)
    if everyones_labels(pictures) is None:
        raise DataError(f"{data} has no labels: there is nothing to compare clusters with.")
    large = len(everything(pictures)) > 10_000
    rows: dict[str, list] = {} if large else {name: [] for name in CLASSICAL}
    rows |= {name: [] for method, (before, _) in DEEP.items() for name in (before, method)}
    steps = (
        fitting(data, budget, device) if large and budget else {k: STEPS for _, k in DEEP.values()}
    )
    for seed in range(1 if large and budget else seeds):
        for name in CLASSICAL if not large else ():
            if _late(start, budget) and any(rows.values()):
                return
            end = outcome(device, data=data, seed=seed, steps=100, **CLASSICAL[name])
            rows[name].append([end[score] for score in SCORES])
            yield table(data, rows, steps)
        for name, (before, kind) in DEEP.items():
            if _late(start, budget) and not large and any(rows.values()):
                return
            knobs = {"kind": kind, "steps": steps[kind], "pretrain": BEFORE}
            end = outcome(device, data=data, seed=seed, **knobs)
            rows[before].append([end[f"base_{score}"] for score in SCORES])
            rows[name].append([end[score] for score in SCORES])
            yield table(data, rows, steps)


def _late(start: float, budget: float | None) -> bool:
    return budget is not None and time.perf_counter() - start > budget


def outcome(device: str, **knobs) -> dict[str, float]:
    """The last numbers of a run; they count every picture."""
    return deque(train(Settings(**knobs), device), maxlen=1).pop().scalars


def fitting(data: str, budget: float, device: str) -> dict[str, int]:
    """For each deep method the steps that fit into its share of the time, by two short runs."""
    costs, spent = {}, time.perf_counter()
    for _, kind in DEEP.values():
        knobs = {"data": data, "kind": kind, "pretrain": BEFORE}
        short, long = (arrivals(device, steps=few, **knobs) for few in FEW)
        # the two longest waits are for the first clusters and for the count of all at the end
        work = [sum(sorted(np.diff(times))[:-2]) for times in (short, long)]
        pace = max(1e-4, (work[1] - work[0]) / (FEW[1] - FEW[0]))
        costs[kind] = pace, max(0.0, long[-1] - FEW[1] * pace)
    left = 0.85 * (budget - (time.perf_counter() - spent))
    return {
        kind: int(np.clip((left / len(costs) - fixed) / pace, FEW[0], MOST))
        for kind, (pace, fixed) in costs.items()
    }


def arrivals(device: str, **knobs) -> list[float]:
    """When each frame of a run came, in seconds from its start."""
    begin = time.perf_counter()
    return [time.perf_counter() - begin for _ in train(Settings(**knobs), device)]


def table(data: str, rows: dict[str, list], steps: dict[str, int]) -> Table:
    """Mean +- standard deviation over seeds, in percent, beside what was published."""
    counts = sorted({len(found) for found in rows.values()} - {0})
    said = " to ".join(map(str, dict.fromkeys((counts[0], counts[-1]))))
    gained = [
        np.mean(np.subtract(rows[method], rows[before]), 0)[1]
        for method, (before, _) in DEEP.items()
        if rows[method]
    ]
    gains = [f"{m} {g:+.3f}" for m, g in zip(DEEP, gained, strict=False)]
    return Table(
        f"Clustering of {data}: {said} seed{'s' if counts[-1] > 1 else ''}",
        ("method", "ACC %", "NMI %", "ARI %", "published, on MNIST" + _mark(data)),
        tuple(
            (name, *_cells(found), PUBLISHED.get(name, "")) for name, found in rows.items() if found
        ),
        caption="Mean and standard deviation over seeds, counted on all pictures as the papers "
        f"do. DEC had at most {steps['dec']} steps, for it stops by its own rule, and VaDE "
        f"{steps['vade']}; {BEFORE:.0%} of them pre-trained. "
        + (f"NMI gained over the same pre-training: {', '.join(gains)}." if gains else ""),
    )  # fmt: skip


def _mark(data: str) -> str:
    return "" if data == "mnist" else " (other data!)"


def _cells(found: list) -> list[str]:
    mean, spread = 100 * np.mean(found, 0), 100 * np.std(found, 0)
    if len(found) == 1:
        return [f"{m:.1f}" for m in mean]
    return [f"{m:.1f} +- {s:.1f}" for m, s in zip(mean, spread, strict=True)]


STUDY = Study(
    name="clustering",
    question="How well do K-Means, mixtures, DEC and VaDE cluster, and how much is luck?",
    reproduce=reproduce,
    seeds=10,
)
