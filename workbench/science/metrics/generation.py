"""Generated items judged beside real ones: Frechet distance, precision and recall on neighbours."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEAST_DISTANCE = 1e-12  # of an item to itself, in squared distances that rounding spoils


def frechet_distance(real: ArrayLike, fake: ArrayLike) -> float:
    """``|m_r - m_f|^2 + tr(C_r + C_f - 2 (C_r^1/2 C_f C_r^1/2)^1/2)`` of ``[n, d]`` and ``[m, d]``.

    The squared Wasserstein distance of the Gaussians with the means and covariances of both
    (Heusel et al. 2017, who take features of a network). 0 for equal sets; needs two rows each.
    """
    real, fake = np.asarray(real, float), np.asarray(fake, float)
    apart = real.mean(0) - fake.mean(0)
    spread = [np.atleast_2d(np.cov(part, rowvar=False)) for part in (real, fake)]
    root = _root(spread[0])
    middle = np.linalg.eigvalsh(root @ spread[1] @ root)
    cross = np.sqrt(middle.clip(0)).sum()
    return float(max(0.0, apart @ apart + np.trace(spread[0] + spread[1]) - 2 * cross))


def _root(covariance: NDArray) -> NDArray:
    """The symmetric square root of a covariance."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(values.clip(0))) @ vectors.T


def neighbour_precision_recall(
    real: ArrayLike, fake: ArrayLike, neighbours: int = 5
) -> tuple[float, float]:
    """The share of fake items near real ones, and of real items near fake ones.

    ``[n, d]`` and ``[m, d]``. Near an item is what lies within the distance to its k-th nearest of
    its own kind, itself not counted (Kynkaanniemi et al. 2019, equations 1 to 3). Sets of fewer
    than k + 1 items take the farthest they have. Equal sets score 1 and 1.
    """
    real, fake = np.asarray(real, float), np.asarray(fake, float)
    across = squared_distances(real, fake)
    return (
        float((across <= _radii(real, neighbours)[:, None]).any(0).mean()),
        float((across <= _radii(fake, neighbours)[None, :]).any(1).mean()),
    )


def _radii(items: NDArray, neighbours: int) -> NDArray:
    """The squared distance of each item ``[n]`` to its k-th nearest other one."""
    place = min(neighbours, len(items) - 1)
    own = squared_distances(items, items)
    own.partition(place, 1)
    return own[:, place] + LEAST_DISTANCE


def squared_distances(a: NDArray, b: NDArray) -> NDArray:
    """``|a_i - b_j|^2`` of rows ``[n, d]`` and ``[m, d]``: ``[n, m]``."""
    apart = (-2 * a) @ b.T  # and the rest in place, for these are megabytes
    apart += (a * a).sum(1)[:, None]
    apart += (b * b).sum(1)
    return np.maximum(apart, 0, out=apart)
