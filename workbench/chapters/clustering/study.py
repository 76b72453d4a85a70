"""How well does each method cluster, over seeds, and what did the papers report?

`workbench reproduce clustering` takes the digits; `--data mnist --budget 20m` trains DEC and VaDE
on all 70,000 pictures, fits their steps into the time there is, and goes on to further seeds, one
on each core, while there is time for them. Both deep methods of a seed go on from one pre-training,
and each stands beside the clusters that this alone gives.
"""

import time
from collections import defaultdict, deque
from collections.abc import Iterator
from math import inf

import numpy as np

from workbench.chapters.clustering.frames import cluster, pre_train, train
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.planes import everyones_labels, everything
from workbench.chapters.clustering.stage import stage
from workbench.core.frames import last_numbers
from workbench.core.pictures import Table
from workbench.core.study import Study
from workbench.data import DataError
from workbench.science.side_by_side import cores, side_by_side
from workbench.science.tensors import resident

SCORES = ("acc", "nmi", "ari")


# about 140 epochs of the digits to pre-train and 210 to cluster; of the 70,000 pictures of MNIST 38
# and 13, with which a seed of both methods takes some six or seven minutes of CPU
PLANS = {"small": {"steps": 5000, "pretrain": 0.4}, "large": {"steps": 14_000, "pretrain": 0.75}}
FEW = 100  # steps that tell how long a step takes


CLASSICAL = {
    "K-Means on pixels": {"kind": "kmeans", "features": "pixels", "restarts": 10},
    "mixture on pixels, diagonal": {"kind": "mixture", "features": "pixels"},
    "mixture on pixels, full": {"kind": "mixture", "features": "pixels", "covariance": "full"},
    "mixture on 20 components, full": {
        "kind": "mixture",
        "features": "pca",
        "latent": 20,
        "covariance": "full",
    },
}


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
    """Yields the table after every seed. Raises DataError for pictures without labels."""
    start, pictures = time.perf_counter(), resident(data, device)
    if everyones_labels(pictures) is None:
        raise DataError(f"{data} has no labels: there is nothing to compare clusters with.")
    large = len(everything(pictures)) > 10_000
    plan = PLANS["large" if large else "small"]
    if large and budget:
        plan = fitted(plan, data, budget, device)
    rows, spent = defaultdict(list), []
    tasks = [(data, seed, {} if large else CLASSICAL, plan, device) for seed in range(seeds)]
    end = start + budget if budget else inf
    for found, took in side_by_side(one_seed, tasks, min(cores(device), seeds), end):
        for name, scores in found.items():
            rows[name].append(scores)
        spent.append(took)
        yield table(data, rows, plan, spent)


def one_seed(data: str, seed: int, classical: dict[str, dict], plan: dict, device: str):
    """The scores of every method by its name, and what they took: (seconds, CPU seconds)."""
    begin, found = (time.perf_counter(), time.process_time()), {}
    for name, knobs in classical.items():
        end = outcome(device, data=data, seed=seed, steps=100, **knobs)
        found[name] = [end[score] for score in SCORES]
    for name, end in deep(device, data=data, seed=seed, **plan):
        found[DEEP[name][0]] = [end[f"base_{score}"] for score in SCORES]
        found[name] = [end[score] for score in SCORES]
    return found, (time.perf_counter() - begin[0], time.process_time() - begin[1])


def outcome(device: str, **knobs) -> dict[str, float]:
    """The last numbers of a run; they count every picture."""
    return last_numbers(train([Settings(**knobs)], device))[0]


def deep(device: str, **knobs) -> Iterator[tuple[str, dict[str, float]]]:
    """Each deep method and the last numbers of its run: one pre-training, from which all go on."""
    runs = {name: Settings(kind=kind, **knobs) for name, (_, kind) in DEEP.items()}
    now = stage([runs["VaDE"]], device)
    deque(pre_train(now), maxlen=0)
    for name, run in runs.items():
        (frame,) = deque(cluster(now.branch([run])), maxlen=1).pop()
        yield name, frame.scalars


def fitted(plan: dict, data: str, budget: float, device: str) -> dict:
    """The plan, with fewer steps if a seed of it would not fit into the budget (in seconds).

    A step of DEC or VaDE costs about as much as one of pre-training, and first clusters and the
    judging of all pictures some more.
    """
    begin = time.perf_counter()
    now = stage([Settings(data=data, kind="vade", steps=2 * FEW, pretrain=0.5)], device)
    deque(pre_train(now), maxlen=0)
    spent = time.perf_counter() - begin
    each = spent / FEW * (plan["pretrain"] + len(DEEP) * (1 - plan["pretrain"]))
    return plan | {"steps": int(np.clip(0.8 * (budget - spent) / each, FEW, plan["steps"]))}


def table(data: str, rows: dict[str, list], plan: dict, spent: list) -> Table:
    """Mean +- standard deviation over seeds, in percent, beside what was published."""
    gains = ", ".join(
        f"{name} {np.mean(np.subtract(rows[name], rows[before]), 0)[1]:+.3f}"
        for name, (before, _) in DEEP.items()
    )
    return Table(
        f"Clustering of {data}: {len(spent)} seed{'s' if len(spent) > 1 else ''}",
        ("method", "ACC %", "NMI %", "ARI %", "published, on MNIST" + _mark(data)),
        tuple((name, *_cells(found), PUBLISHED.get(name, "")) for name, found in rows.items()),
        caption="Mean and standard deviation over seeds, counted on all pictures as the papers "
        f"do. {plan['steps']} steps, {plan['pretrain']:.0%} of them pre-training; DEC stops by its "
        f"own rule. NMI gained over the same pre-training: {gains}. {_cost(spent)}",
    )


def _cost(spent: list) -> str:
    """What a seed took."""
    clock, cpu = np.max(spent, 0)
    return f"A seed took at most {clock / 60:.1f} minutes, and {cpu / 60:.1f} of CPU."


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
