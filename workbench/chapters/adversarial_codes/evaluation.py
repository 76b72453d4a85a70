"""What all methods are judged by: held-out pictures, their classes, and what is generated."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from workbench.science import formulas, metrics
from workbench.science.tensors import Resident

AXES = 20  # principal components on which the Frechet distance is measured
SHOWN = 300  # pictures, held-out and generated, that a frame is measured on; the last takes more
COUNTED = 1000
FITTED = 10_000  # training pictures that the principal components are fitted to
CLUSTERED, STARTS, ROUNDS = 3000, 10, 30  # training pictures, starts and rounds of K-means
FEW = 64  # pictures: a network soon knows fewer by heart


@dataclass(frozen=True, eq=False)
class Yardstick:
    """Held-out pictures x [m, pixels] that generated ones are measured against.

    y [m]: their classes, or None; middle [1, pixels] and axes [AXES, pixels]: the principal
    components of the training pictures; last: whether this is the last frame of a run.
    """

    x: Tensor
    y: NDArray | None
    middle: Tensor
    axes: Tensor
    last: bool

    def project(self, x: Tensor) -> NDArray:
        """Pictures [n, pixels] along the principal components, [n, AXES]."""
        return formulas.pca_code(x, self.middle, self.axes).double().cpu().numpy()

    def frechet(self, fake: Tensor) -> float:
        """The Frechet distance of generated pictures [n, pixels] to the held-out ones."""
        return metrics.frechet_distance(self.project(self.x), self.project(fake))

    def precision(self, fake: Tensor) -> float:
        """The share of generated pictures that lie near a held-out one."""
        real, fake = (self.project(part) for part in (self.x, fake))
        return metrics.neighbour_precision_recall(real, fake)[0]

    def agreement(self, categories: Tensor) -> float:
        """ACC of these categories [m] with the classes, under the best one-to-one names."""
        return metrics.clustering_accuracy(self.y, categories.cpu().numpy())


def yardstick(data: Resident, last: bool) -> Yardstick:
    """What a frame is measured against; the last one of a run takes more pictures."""
    count = COUNTED if last else SHOWN
    middle, axes = components(data)
    y = data.images.y_test
    return Yardstick(data.test[:count], None if y is None else y[:count], middle, axes, last)


@lru_cache(maxsize=4)
def components(data: Resident) -> tuple[Tensor, Tensor]:
    """Mean and principal components of the training pictures."""
    rows = data.train[:FITTED]
    return formulas.pca(rows, min(AXES, *rows.shape))[:2]


@lru_cache(maxsize=16)
def kmeans_accuracy(data: Resident, clusters: int) -> float:
    """ACC of K-means on the pixels: fitted to training pictures, judged on held-out ones.

    Of several starts the one with the smallest squared error counts. scikit-learn's would do,
    and it takes a second of import before the first frame.
    """
    generator = fixed(0)
    starts = [fit_kmeans(data.train[:CLUSTERED], clusters, generator) for _ in range(STARTS)]
    _, centres = min(starts, key=lambda start: start[0])
    nearest = torch.cdist(data.test, centres).argmin(1).cpu().numpy()
    return metrics.clustering_accuracy(data.images.y_test, nearest)


def fit_kmeans(x: Tensor, clusters: int, generator: torch.Generator) -> tuple[float, Tensor]:
    """The squared error of K-means on x [n, d] from random rows, and its centres [clusters, d].

    A cluster that has lost all its rows keeps its centre.
    """
    centres = x[torch.randperm(len(x), generator=generator)[:clusters].to(x.device)]
    for _ in range(ROUNDS):
        belongs = F.one_hot(torch.cdist(x, centres).argmin(1), len(centres)).to(x.dtype)
        count = belongs.sum(0)[:, None]
        centres = torch.where(count > 0, belongs.T @ x / count.clamp_min(1), centres)
    return torch.cdist(x, centres).amin(1).square().sum().item(), centres


def kolmogorov_smirnov(codes: Tensor) -> float:
    """The largest gap between the codes' distribution and N(0, 1), mean over numbers.

    codes [n, latent]. 0 is a perfect fit, 1 no overlap; n draws from N(0, 1) score about
    0.87 / sqrt(n).
    """
    expected = torch.special.ndtr(codes.double().sort(0).values)
    count = len(codes)
    steps = torch.arange(count + 1, dtype=torch.float64, device=codes.device)[:, None] / count
    gaps = torch.maximum(steps[1:] - expected, expected - steps[:-1])
    return gaps.max(0).values.mean().item()


def remark(data: Resident) -> str:
    """A sentence about few pictures, or such as were made grey; else nothing."""
    count = len(data.train)
    if count < FEW:
        return f"Only {count} pictures: give {FEW} or more, for so few are soon known by heart."
    if data.images.x_train.ndim == 4:
        return "Colours are trained as grey."
    return ""


def fixed(seed: int) -> torch.Generator:
    """Random numbers that are the same in every frame and every run."""
    return torch.Generator().manual_seed(seed)


def normal(count: int, size: int, device: str, seed: int = 1) -> Tensor:
    """The same draws from N(0, 1) [count, size] in every frame."""
    return torch.randn(count, size, generator=fixed(seed)).to(device)


def shares(table: NDArray) -> NDArray:
    """Each row of counts as shares of its sum; a row of nothing stays 0."""
    return table / np.maximum(1, table.sum(1, keepdims=True))
