"""How well does each method cluster, over seeds, and what did the papers report?

`workbench reproduce clustering` takes the digits; `--data mnist --budget 20m` trains DEC, VaDE and
DAC on all 70,000 pictures, fits their steps into the time there is, and goes on to further seeds,
one on each core, while there is time for them. All deep methods of a seed go on from one
pre-training, and each stands beside the clusters that this alone gives. Ensembles bring the seeds
of a method together.
"""

import copy
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from math import inf

import numpy as np

from workbench.chapters.clustering import by_hand
from workbench.chapters.clustering.ensemble import consensus
from workbench.chapters.clustering.frames import show, train
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.lesson import Stage, cluster, pre_train, set_up
from workbench.chapters.clustering.points import Setup, all_labels, all_pictures
from workbench.core.frames import last_numbers
from workbench.core.pictures import Table
from workbench.core.study import Study
from workbench.data import DataError
from workbench.science import metrics
from workbench.science.side_by_side import cores, side_by_side
from workbench.science.tensors import resident

SCORES = ("acc", "nmi", "ari")
JUDGES = (
    metrics.clustering_accuracy,
    metrics.normalised_mutual_information,
    metrics.adjusted_rand_index,
)
# about 140 epochs of the digits to pre-train and 210 to cluster; of the 70,000 pictures of MNIST 38
# and 13, with which a seed of both methods takes some six or seven minutes of CPU
PLANS = {"small": {"steps": 5000, "pretrain": 0.4}, "large": {"steps": 14_000, "pretrain": 0.75}}
STEPS_TIMED = 100  # they tell how long a step takes
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
# a mixture of a variational autoencoder's codes, after as many steps as the others' pre-training
VAE = {"kind": "mixture", "features": "vae", "pretrain": 0.9}
# a deep method, and the clusters of its own codes before it begins
DEEP = {
    "DEC": ("autoencoder + K-Means", "dec"),
    "VaDE": ("autoencoder + mixture", "vade"),
    "DAC": ("autoencoder + mixture, full", "dac"),
}
ENSEMBLES = {name: f"{name}, ensemble of its seeds" for name in DEEP}
PUBLISHED = {
    "K-Means on pixels": "ACC 53.47 (Harchaoui et al., slides)",
    "mixture on pixels, diagonal": "ACC 53.73 (mixture; Harchaoui et al., slides)",
    "autoencoder + K-Means": "ACC 87.9 (DEC-keras, 10 trials)",
    "DEC": "ACC 84.30 (Xie et al. 2016); 91.2, 83.0 to 96.4 (DEC-keras)",
    "autoencoder + mixture": "ACC 82.56 (Harchaoui et al., slides)",
    "VAE + mixture": "ACC 72.94 (Jiang et al. 2017, from memory)",
    "VaDE": "ACC 94.46 (Jiang et al. 2017); 71.6 +- 4.4 (20 seeds, OpenDeepClustering)",
    "DAC": "ACC 94.08 (Harchaoui et al., slides, median of 10)",
    "DAC, ensemble of its seeds": "ACC 96.50 (DAC-EC; Harchaoui et al., slides)",
}


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Yields the table after every seed. Raises DataError for pictures without labels."""
    start, pictures = time.perf_counter(), resident(data, device)
    if all_labels(pictures) is None:
        raise DataError(f"{data} has no labels: there is nothing to compare clusters with.")
    large = len(all_pictures(pictures)) > 10_000
    plan = PLANS["large" if large else "small"]
    if large and budget:
        plan = fitted(plan, data, budget, device)
    rows, spent, partitions = defaultdict(list), [], defaultdict(list)
    tasks = [(data, seed, {} if large else CLASSICAL, plan, device) for seed in range(seeds)]
    end = start + budget if budget else inf
    for scores, clusters, seconds in side_by_side(
        measure_seed, tasks, min(cores(device), seeds), end
    ):
        for name, values in scores.items():
            rows[name].append(values)
        for name, each in clusters.items():
            partitions[name].append(each)
        spent.append(seconds)
        yield table(data, rows | bring_together(partitions, all_labels(pictures)), plan, spent)


def measure_seed(data: str, seed: int, classical: dict[str, dict], plan: dict, device: str):
    """The scores of every method by its name, the clusters of all pictures by the deep ones, and
    what a seed took: (seconds, CPU seconds)."""
    begin, scores, clusters = (time.perf_counter(), time.process_time()), {}, {}
    for name, knobs in classical.items():
        end = outcome(device, data=data, seed=seed, steps=100, **knobs)
        scores[name] = [end[score] for score in SCORES]
    for name, end, clusters[name] in deep(device, data=data, seed=seed, **plan):
        scores[DEEP[name][0]] = [end[f"base_{score}"] for score in SCORES]
        scores[name] = [end[score] for score in SCORES]
    before = round(plan["steps"] * plan["pretrain"])
    steps = round(before / VAE["pretrain"])
    end = outcome(device, data=data, seed=seed, steps=steps, **VAE)
    scores["VAE + mixture"] = [end[score] for score in SCORES]
    return scores, clusters, (time.perf_counter() - begin[0], time.process_time() - begin[1])


def bring_together(partitions: dict[str, list], labels: np.ndarray) -> dict[str, list]:
    """The scores of each method's ensemble, where there are two seeds of it."""
    return {
        ENSEMBLES[name]: [[score(labels, consensus(each)) for score in JUDGES]]
        for name, each in partitions.items()
        if len(each) > 1
    }


def outcome(device: str, **knobs) -> dict[str, float]:
    """The last numbers of a run; they count every picture."""
    return last_numbers(train([Settings(**knobs)], device))[0]


def deep(device: str, **knobs) -> Iterator[tuple[str, dict[str, float], np.ndarray]]:
    """Each deep method, the last numbers of its run and its clusters [n]: one pre-training, from
    which all go on."""
    runs = {name: Settings(kind=kind, **knobs) for name, (_, kind) in DEEP.items()}
    trained = pre_trained(runs["VaDE"], device)
    for name, run in runs.items():
        stages = cluster(branch(trained, run), gradient=by_hand.gradient)
        ends: deque = deque(maxlen=1)
        numbers = last_numbers(show(remember(stages, ends), [run], trained.data))[0]
        gamma = ends[0].clusters.evaluate(0, len(trained.x)).gamma
        yield name, numbers, gamma.argmax(1).cpu().numpy()


def remember(stages: Iterable[Stage], ends: deque) -> Iterator[Stage]:
    """Hands the stages on, and leaves the last of them in `ends`."""
    for stage in stages:
        ends.append(stage)
        yield stage


def pre_trained(run: Settings, device: str) -> Setup:
    """An autoencoder after its pre-training, which shows frames as any other does."""
    setup = set_up([run], resident(run.data, device), device)
    stages = pre_train(setup, gradient=by_hand.gradient)
    deque(show(stages, setup.runs, setup.data), maxlen=0)
    return setup


def branch(setup: Setup, run: Settings) -> Setup:
    """The same for another run, which goes on from here and leaves this one as it is."""
    coder, batches, noise = copy.deepcopy((setup.coder, setup.batches, setup.noise))
    return setup._replace(runs=[run], coder=coder, batches=batches, noise=noise)


def fitted(plan: dict, data: str, budget: float, device: str) -> dict:
    """The plan, with fewer steps if a seed of it would not fit into the budget (in seconds).

    A step of DEC, VaDE or DAC costs about as much as one of pre-training, and first clusters and
    the judging of all pictures some more.
    """
    begin = time.perf_counter()
    pre_trained(Settings(data=data, kind="vade", steps=2 * STEPS_TIMED, pretrain=0.5), device)
    spent = time.perf_counter() - begin
    shares = 2 * plan["pretrain"] + len(DEEP) * (1 - plan["pretrain"])  # and a VAE's pre-training
    each = spent / STEPS_TIMED * shares
    steps = int(np.clip(0.8 * (budget - spent) / each, STEPS_TIMED, plan["steps"]))
    return plan | {"steps": steps}


def table(data: str, rows: dict[str, list], plan: dict, spent: list) -> Table:
    """Mean +- standard deviation over seeds, in percent, beside what was published."""
    gains = ", ".join(
        f"{name} {np.mean(np.subtract(rows[name], rows[before]), 0)[1]:+.3f}"
        for name, (before, _) in DEEP.items()
    )
    other = "" if data == "mnist" else " (other data!)"
    return Table(
        f"Clustering of {data}: {len(spent)} seed{'s' if len(spent) > 1 else ''}",
        ("method", "ACC %", "NMI %", "ARI %", f"published, on MNIST{other}"),
        tuple((name, *cells(scores), PUBLISHED.get(name, "")) for name, scores in rows.items()),
        caption="Mean and standard deviation over seeds, counted on all pictures as the papers "
        f"do. {plan['steps']} steps, {plan['pretrain']:.0%} of them pre-training; DEC stops by its "
        f"own rule. NMI gained over the same pre-training: {gains}. An ensemble is one clustering, "
        f"of all seeds, so it has no spread. {cost(spent)}",
    )


def cost(spent: list) -> str:
    """What a seed took."""
    clock, cpu = np.max(spent, 0)
    return f"A seed took at most {clock / 60:.1f} minutes, and {cpu / 60:.1f} of CPU."


def cells(scores: list) -> list[str]:
    """The scores of a method over seeds, in percent."""
    mean, spread = 100 * np.mean(scores, 0), 100 * np.std(scores, 0)
    if len(scores) == 1:
        return [f"{m:.1f}" for m in mean]
    return [f"{m:.1f} +- {s:.1f}" for m, s in zip(mean, spread, strict=True)]


STUDY = Study(
    name="clustering",
    question="How well do K-Means, mixtures, DEC, VaDE and DAC cluster, and how much is luck?",
    reproduce=reproduce,
    seeds=10,
)
