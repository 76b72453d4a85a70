"""A mixture of Gaussians, and EM for it: points belong to components by degrees.

Its loss is minus the likelihood of the points, and neither half-step can raise it (Dempster et al.
1977). Points x [n, d] are in float64: in single precision EM loses its covariances.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from workbench.chapters.clustering import kmeans
from workbench.chapters.clustering.clusters import Assignment, Restarts
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.points import Setup

LEAST_GAIN = 1e-3  # nats a point: EM has settled when an iteration gains less


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
    squares, log_det = by_variances(x, m) if m.covariance.dim() == 2 else by_matrices(x, m)
    return m.log_pi - 0.5 * (squares + log_det + x.shape[1] * math.log(2 * math.pi))


def by_variances(x: Tensor, m: Mixture) -> tuple[Tensor, Tensor]:
    """``(x_i - mu_k)^T S_k^-1 (x_i - mu_k)`` [n, K] and ``log det S_k`` [K] of diagonal S_k."""
    precision = 1 / m.covariance
    squares = (
        x.square() @ precision.T - 2 * x @ (m.mu * precision).T + (m.mu.square() * precision).sum(1)
    )
    return squares, m.covariance.log().sum(1)


def by_matrices(x: Tensor, m: Mixture) -> tuple[Tensor, Tensor]:
    """The same of any S_k, by way of their Cholesky factors."""
    d, lower = x.shape[1], torch.linalg.cholesky(m.covariance)
    log_det = 2 * lower.diagonal(dim1=-2, dim2=-1).log().sum(-1)
    whitened = (
        torch.linalg.solve_triangular(factor, (x - mean).T, upper=False)
        for factor, mean in zip(lower.expand(len(m.mu), d, d), m.mu, strict=True)
    )
    return torch.stack([w.square().sum(0) for w in whitened], 1), log_det


def expect(x: Tensor, m: Mixture) -> tuple[Tensor, float]:
    """The E-step: responsibilities ``gamma_ik`` [n, K], and the likelihood in nats a point."""
    joint = log_joint(x, m)
    evidence = joint.logsumexp(1, keepdim=True)
    return (joint - evidence).exp(), evidence.mean().item()


def maximise(x: Tensor, gamma: Tensor, kind: str, ridge: float = 1e-3) -> Mixture:
    """The M-step: weights, means and covariances of x under responsibilities [n, K].

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
    labels, _ = kmeans.assign(x, centres)
    gamma = torch.nn.functional.one_hot(labels, len(centres)).to(x)
    return maximise(x, gamma, kind, ridge)


class Em:
    """EM from one start, the clusters of a K-Means; its loss is minus the likelihood."""

    def __init__(self, x: Tensor, run: Settings, seed: int):
        self.x = x
        self.ridge = run.ridge
        centres = kmeans.best_centres(x, run.clusters, seed)
        self.mixture = begin(x, centres, run.covariance, run.ridge)
        self.loss = math.inf

    def step(self) -> bool:
        gamma, likelihood = expect(self.x, self.mixture)
        self.mixture = maximise(self.x, gamma, self.mixture.kind, self.ridge)
        falls = -likelihood <= self.loss - LEAST_GAIN
        self.loss = -likelihood
        return falls

    def evaluate(self, rows: int) -> Assignment:
        gamma, likelihood = expect(self.x, self.mixture)
        shape = self.mixture.mu, self.mixture.matrices()
        scalars = {"log_likelihood": likelihood}
        return Assignment(self.x[:rows], gamma[:rows], shape, scalars, self.mixture.log_pi.exp())


def fit(setup: Setup) -> Iterator[Restarts]:
    """Yields first mixtures, and then what each iteration makes of them."""
    return Restarts(setup, Em).iterate()
