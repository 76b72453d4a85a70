"""K-Means and Gaussian mixtures, one half-step at a time, so that a reader can watch them.

Points ``x [n, d]`` are a tensor of any float type; mixtures want float64, because in single
precision EM loses its covariances. scikit-learn's models are the tests' reference, and its
k-means++ draws the starts.
"""

import math
from typing import NamedTuple

import numpy as np

from workbench.science.later import Tensor, torch

COVARIANCES = ("spherical", "diagonal", "tied", "full")
SEEDED = 10_000  # how many points k-means++ looks at


def plus_plus(x: Tensor, k: int, seed: int) -> Tensor:
    """k points of x, far from each other, as first centres [k, d]: k-means++.

    Arthur & Vassilvitskii 2007. `seed` is an integer; k is at most n.
    """
    from sklearn.cluster import kmeans_plusplus

    centres, _ = kmeans_plusplus(x[:SEEDED].cpu().numpy(), k, random_state=seed)
    return torch.from_numpy(np.ascontiguousarray(centres)).to(x)


def squared_distances(x: Tensor, centres: Tensor) -> Tensor:
    """``|x_i - mu_k|^2``: [n, k]."""
    cross = (x.square().sum(1, keepdim=True) + centres.square().sum(1)) - 2 * x @ centres.T
    return cross.clamp_min_(0)


def assign(x: Tensor, centres: Tensor) -> tuple[Tensor, float]:
    """K-Means' E-step: the nearest centre of each point [n], and the inertia, which is
    ``J = 1/n sum_i |x_i - mu_{c_i}|^2`` here, a mean, so that it compares between data sets."""
    nearest, labels = squared_distances(x, centres).min(1)
    return labels, nearest.mean().item()


def centre(x: Tensor, labels: Tensor, centres: Tensor) -> Tensor:
    """K-Means' M-step: each centre moves to the mean of its points; an empty one stays."""
    members = torch.nn.functional.one_hot(labels, len(centres)).to(x)  # (point, cluster)
    counts = members.sum(0)[:, None]
    return torch.where(counts > 0, members.T @ x / counts.clamp_min(1), centres)


def kmeans(x: Tensor, k: int, seed: int, restarts: int = 1, steps: int = 100) -> Tensor:
    """Centres [k, d] of the restart with the lowest inertia: Lloyd 1982 from k-means++."""
    best, lowest = None, math.inf
    for restart in range(restarts):
        centres, before = plus_plus(x, k, seed + 1000 * restart), math.inf
        for _ in range(steps):
            labels, inertia = assign(x, centres)
            if inertia >= before:
                break
            centres, before = centre(x, labels, centres), inertia
        if best is None or before < lowest:
            best, lowest = centres, before
    return best


class Mixture(NamedTuple):
    """K Gaussians: log weights [K], means [K, d], and covariances by kind: variances [K, d] when
    spherical or diagonal, one matrix [1, d, d] when tied, [K, d, d] when full."""

    kind: str
    log_pi: Tensor
    mu: Tensor
    covariance: Tensor

    def matrices(self) -> Tensor:
        """The covariances as matrices [K, d, d], whatever the kind."""
        if self.covariance.dim() == 2:
            return torch.diag_embed(self.covariance)
        return self.covariance.expand(len(self.mu), -1, -1)


def log_joint(x: Tensor, m: Mixture) -> Tensor:
    """``log pi_k + log N(x_i; mu_k, S_k)``: [n, K], in nats."""
    d = x.shape[1]
    if m.covariance.dim() == 2:
        precision = 1 / m.covariance
        squares = (
            x.square() @ precision.T
            - 2 * x @ (m.mu * precision).T
            + (m.mu.square() * precision).sum(1)
        )
        log_det = m.covariance.log().sum(1)
    else:
        lower = torch.linalg.cholesky(m.covariance)
        log_det = 2 * lower.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        lowers = lower.expand(len(m.mu), d, d)
        whitened = (
            torch.linalg.solve_triangular(factor, (x - mean).T, upper=False)
            for factor, mean in zip(lowers, m.mu, strict=True)
        )
        squares = torch.stack([w.square().sum(0) for w in whitened], 1)
    return m.log_pi - 0.5 * (squares + log_det + d * math.log(2 * math.pi))


def expect(x: Tensor, m: Mixture) -> tuple[Tensor, float]:
    """EM's E-step: responsibilities ``gamma_ik`` [n, K], and the likelihood in nats a point."""
    joint = log_joint(x, m)
    evidence = joint.logsumexp(1, keepdim=True)
    return (joint - evidence).exp(), evidence.mean().item()


def maximise(x: Tensor, gamma: Tensor, kind: str, ridge: float = 1e-3) -> Mixture:
    """EM's M-step: weights, means and covariances of x under responsibilities [n, K].

    ``N_k = sum_i gamma_ik``, ``mu_k = sum_i gamma_ik x_i / N_k``, ``S_k = sum_i gamma_ik (x_i -
    mu_k)(x_i - mu_k)^T / N_k + ridge I``. Pixels that never change have no variance: without the
    ridge their density is infinite. A larger one also keeps a component from shrinking to a point.
    """
    counts = gamma.sum(0) + 10 * torch.finfo(x.dtype).eps
    mu = gamma.T @ x / counts[:, None]
    eye = ridge * torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    if kind == "full":
        spreads = (
            ((x - mean) * weight[:, None]).T @ (x - mean) / count
            for mean, weight, count in zip(mu, gamma.T, counts, strict=True)
        )
        covariance = torch.stack(list(spreads)) + eye
    elif kind == "tied":
        covariance = ((x.T @ x - (mu * counts[:, None]).T @ mu) / counts.sum() + eye)[None]
    else:
        covariance = gamma.T @ x.square() / counts[:, None] - mu.square() + ridge
        if kind == "spherical":
            covariance = covariance.mean(1, keepdim=True).expand_as(covariance)
    return Mixture(kind, (counts / counts.sum()).log(), mu, covariance)


def begin(x: Tensor, centres: Tensor, kind: str, ridge: float = 1e-3) -> Mixture:
    """A first mixture from the clusters of these centres [K, d]."""
    labels, _ = assign(x, centres)
    gamma = torch.nn.functional.one_hot(labels, len(centres)).to(x)
    return maximise(x, gamma, kind, ridge)


def ellipses(mu: np.ndarray, matrices: np.ndarray, deviations: float = 2.0) -> tuple:
    """The curves at `deviations` standard deviations of Gaussians in the plane: K of [33, 2].

    mu [K, 2]; matrices [K, 2, 2], positive semidefinite but for rounding.
    """
    turn = np.linspace(0, 2 * np.pi, 33)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    values, vectors = np.linalg.eigh(matrices)
    reach = deviations * np.sqrt(np.clip(values, 0, None))
    return tuple(m + ((v * r) @ circle).T for m, v, r in zip(mu, vectors, reach, strict=True))
