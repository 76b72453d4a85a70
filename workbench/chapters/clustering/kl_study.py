"""What does the rate of a VAE do for its samples, and what to its clusters?

`workbench reproduce clustering-kl`. "KL helps generating at the expense of clustering": variational
autoencoders with a price beta on the rate, their samples against real pictures, and the clusters
of their codes against labels.
"""

import time
from collections import defaultdict, deque
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.clustering import by_hand, em, kmeans
from workbench.chapters.clustering.clusters import Assignment, Clusters
from workbench.chapters.clustering.frames import scores
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.lesson import pre_train, set_up
from workbench.chapters.clustering.points import Setup, all_labels
from workbench.core.pictures import Table
from workbench.core.study import Study
from workbench.data import DataError
from workbench.science import formulas, metrics
from workbench.science.tensors import resident

BETAS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
STEPS = 1000  # of the VAE
ITERATIONS = 60  # of K-Means and EM, most of which settle before
AXES = 20  # principal components in which samples are compared with pictures
TOGETHER = 5  # seeds that train side by side


class Outcome(NamedTuple):
    """One run: the rate in nats a picture, Frechet distances, and ACC and NMI of two clusterings.

    `prior` compares samples from N(0, I) with all pictures, `floor` one half of the pictures with
    the other.
    """

    rate: float
    prior: float
    floor: float
    kmeans_acc: float
    kmeans_nmi: float
    mixture_acc: float
    mixture_nmi: float


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Yields the table after every five seeds of a beta, within `budget` seconds."""
    if all_labels(resident(data, device)) is None:
        raise DataError(f"{data} has no labels: there is nothing to compare clusters with.")
    begin, outcomes = time.monotonic(), defaultdict(list)
    for first in range(0, seeds, TOGETHER):
        for beta in BETAS:
            if outcomes and budget is not None and time.monotonic() - begin > budget:
                return
            some = range(first, min(first + TOGETHER, seeds))
            outcomes[beta] += measure(data, beta, some, device)
            yield table(data, outcomes)


def measure(data: str, beta: float, seeds: range, device: str, steps: int = STEPS) -> list[Outcome]:
    """One VAE for each seed: what its samples and its codes are worth."""
    plan = {"data": data, "kind": "mixture", "features": "vae", "beta": beta, "restarts": 3}
    runs = [Settings(seed=seed, steps=round(steps / 0.9), pretrain=0.9, **plan) for seed in seeds]
    setup = set_up(runs, resident(data, device), device)
    deque(pre_train(setup, gradient=by_hand.gradient), maxlen=0)
    mixtures = settle(em.fit(setup))
    centres = settle(kmeans.fit(setup._replace(runs=[r.replace(kind="kmeans") for r in runs])))
    return [outcome(setup, k, mixtures, centres) for k in range(len(runs))]


def settle(method: Iterator[Clusters]) -> Clusters:
    """The clusters of a method after all its iterations."""
    for _ in range(ITERATIONS):
        clusters = next(method)
    return clusters


@torch.no_grad()
def outcome(setup: Setup, run: int, mixtures: Clusters, centres: Clusters) -> Outcome:
    """The numbers of one run."""
    mean, logvar = setup.coder.codes(run, setup.x)
    rate = formulas.gaussian_kl(mean, logvar).sum(-1).mean().item()
    judged = [judge(method.evaluate(run, len(setup.x)), setup) for method in (centres, mixtures)]
    generator = torch.Generator().manual_seed(setup.runs[run].seed)
    z = torch.randn(mean.shape, generator=generator).to(mean.device)
    half = torch.randperm(len(mean), generator=generator).to(mean.device)
    halves = setup.x[half[::2]], setup.x[half[1::2]]
    samples = setup.coder.decode(run, z).sigmoid()
    return Outcome(rate, distance(setup.x, samples), distance(*halves), *judged[0], *judged[1])


def judge(assignment: Assignment, setup: Setup) -> tuple[float, float]:
    """ACC and NMI."""
    numbers = scores(assignment, setup.data)
    return numbers["acc"], numbers["nmi"]


def distance(x: Tensor, others: Tensor) -> float:
    """The Frechet distance of two sets of pictures in the principal components of the first."""
    mean, components, _ = formulas.pca(x[:10_000], AXES)
    both = [formulas.pca_code(each, mean, components).cpu().numpy() for each in (x, others)]
    return metrics.frechet_distance(*both)


def table(data: str, outcomes: dict[float, list[Outcome]]) -> Table:
    """A line for each beta: means and standard deviations over seeds."""
    rows = []
    for beta, runs in outcomes.items():
        columns = np.array(runs).T * np.array([1, 1, 1, 100, 100, 100, 100])[:, None]
        rate, prior, _, *shares = (
            f"{column.mean():.{digits}f} +- {column.std():.{digits}f}"
            for column, digits in zip(columns, (1, 2, 2, 1, 1, 1, 1), strict=True)
        )
        rows.append((f"{beta:g}", rate, prior, *shares))
    floor = np.mean([run.floor for runs in outcomes.values() for run in runs])
    count = len(next(iter(outcomes.values())))
    columns = ("K-Means, ACC %", "NMI %", "mixture, ACC %", "NMI %")
    return Table(
        f"What the rate buys and costs, on {data}: {count} seeds",
        ("beta", "rate, nats", "distance of samples", *columns),
        tuple(rows),
        caption=f"{STEPS} steps of a VAE each. Distance: Frechet's, of as many samples from N(0, "
        f"I) as there are pictures, in {AXES} principal components; one half of the pictures is "
        f"{floor:.2f} from the other. K-Means and a diagonal mixture sort the mean codes.",
    )


STUDY = Study(
    name="clustering-kl",
    question="Does the KL term help generating at the expense of clustering?",
    reproduce=reproduce,
)
