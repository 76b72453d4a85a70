"""K-Means: each point belongs to the nearest centre, each centre lies in the middle of its points.

Its loss is the inertia J = 1/n sum_i |x_i - mu_{c_i}|^2, and neither half-step can raise it
(Lloyd 1982). Points x [n, d] are a tensor of any float type.
"""

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.clustering.clusters import Assignment, Restarts
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.points import Setup

POINTS_SEEDED = 10_000  # how many points k-means++ looks at
HEAD_START = 10  # iterations on codes, so that the first frames show clusters and not starts


def assign(x: Tensor, centres: Tensor) -> tuple[Tensor, float]:
    """The E-step: the nearest centre of each point [n], and the inertia J.

    J is a mean over points, so that it compares between data sets.
    """
    nearest, labels = squared_distances(x, centres).min(1)
    return labels, nearest.mean().item()


def squared_distances(x: Tensor, centres: Tensor) -> Tensor:
    """``|x_i - mu_k|^2``: [n, K]."""
    cross = (x.square().sum(1, keepdim=True) + centres.square().sum(1)) - 2 * x @ centres.T
    return cross.clamp_min_(0)


def direction(x: Tensor) -> Tensor:
    """Points [n, d] at length 1. Between two of them |a - b|^2 = 2 - 2 cos(a, b)."""
    return x / x.norm(dim=1, keepdim=True).clamp_min(torch.finfo(x.dtype).tiny)


def centre(x: Tensor, labels: Tensor, centres: Tensor) -> Tensor:
    """The M-step: each centre [K, d] moves to the mean of its points; an empty one stays."""
    members = torch.nn.functional.one_hot(labels, len(centres)).to(x)  # (point, cluster)
    counts = members.sum(0)[:, None]
    return torch.where(counts > 0, members.T @ x / counts.clamp_min(1), centres)


def first_centres(x: Tensor, k: int, seed: int) -> Tensor:
    """k points of x that lie far from each other [k, d]: k-means++ (Arthur & Vassilvitskii 2007).

    `seed` is an integer; k is at most n.
    """
    from sklearn.cluster import kmeans_plusplus  # dear to import, and a lab's page needs none

    centres, _ = kmeans_plusplus(x[:POINTS_SEEDED].cpu().numpy(), k, random_state=seed)
    return torch.from_numpy(np.ascontiguousarray(centres)).to(x)


def best_centres(x: Tensor, k: int, seed: int, restarts: int = 1, steps: int = 100) -> Tensor:
    """The centres [k, d] of the start with the lowest inertia, at most `steps` iterations each."""
    best, lowest = None, math.inf
    for restart in range(restarts):
        centres, before = first_centres(x, k, seed + 1000 * restart), math.inf
        for _ in range(steps):
            labels, inertia = assign(x, centres)
            if inertia >= before:
                break
            centres, before = centre(x, labels, centres), inertia
        if best is None or before < lowest:
            best, lowest = centres, before
    return best


class KMeans:
    """K-Means from one start, an iteration at a time; its loss is the inertia.

    With proximity by cosine, points and centres lie on the unit sphere (spherical K-Means, Dhillon
    & Modha 2001): the mean of a cluster, brought back to length 1, is its best centre there.
    """

    def __init__(self, x: Tensor, run: Settings, seed: int):
        self.spherical = run.proximity == "cosine"
        self.points = x
        self.x = direction(x) if self.spherical else x
        self.centres = first_centres(self.x, run.clusters, seed)
        self.loss = math.inf

    def step(self) -> bool:
        labels, inertia = assign(self.x, self.centres)
        self.centres = centre(self.x, labels, self.centres)
        if self.spherical:
            self.centres = direction(self.centres)
        falls = inertia < self.loss
        self.loss = inertia
        return falls

    def evaluate(self, rows: int) -> Assignment:
        labels, inertia = assign(self.x, self.centres)
        gamma = torch.nn.functional.one_hot(labels[:rows], len(self.centres))
        return Assignment(self.points[:rows], gamma.double(), None, {"inertia": inertia})


def fit(setup: Setup) -> Iterator[Restarts]:
    """Yields first centres from k-means++, and then what each iteration makes of them."""
    restarts = Restarts(setup, KMeans)
    if setup.coder is not None:
        for _ in range(HEAD_START):
            restarts.step()
    return restarts.iterate()
