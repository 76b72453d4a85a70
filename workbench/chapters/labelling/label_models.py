r"""Label models: from the votes of functions to the probability of each class, without one label.

votes [n, m] are classes 0 .. k-1, or SILENT where function j abstains from item i. Every model
gives a posterior [n, k]. An item without votes has the prior.
"""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.labelling.evaluate import SILENT

LEAST = 1e-3  # distance of an accuracy from 0 and 1: none is beyond doubt
FEWEST_TOGETHER = 5  # items on which two functions must vote before their agreement counts


def one_hot(votes: NDArray, k: int) -> NDArray:
    """votes [n, m] -> [n, m, k]: 1 at the class that was voted for, all 0 where silent."""
    return (votes[..., None] == np.arange(k)).astype(float)


def majority(votes: NDArray, k: int) -> NDArray:
    """The share of the votes that each class has; 1/k of everything where there is none."""
    counts = one_hot(votes, k).sum(1)
    total = counts.sum(1, keepdims=True)
    return np.where(total > 0, counts / np.maximum(total, 1), 1 / k)


def posterior(votes: NDArray, accuracies: NDArray, k: int) -> NDArray:
    r"""Bayes' rule for independent functions of accuracies a [m]: [n, k].

    :math:`P(y | \lambda) \propto \prod_{j votes} a_j^{[\lambda_j = y]}
    ((1 - a_j) / (k - 1))^{[\lambda_j \ne y]}`, all classes equally likely before (Dawid & Skene
    1979 with one number a function; Ratner et al. 2016).
    """
    weights = np.log(accuracies) - np.log((1 - accuracies) / (k - 1))
    return normalise(np.einsum("nmk,m->nk", one_hot(votes, k), weights))


def normalise(log_p: NDArray) -> NDArray:
    """exp(log_p) [n, k] scaled to sum to 1."""
    p = np.exp(log_p - log_p.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)


def expected_accuracies(votes: NDArray, q: NDArray, prior: float, believed: float) -> NDArray:
    """How often each function is right if q [n, k] is the truth: [m].

    A prior belief of `believed` counts `prior` times as much as the votes that a function gives.
    """
    right = (one_hot(votes, q.shape[1]) * q[:, None]).sum((0, 2))
    given = (votes != SILENT).sum(0)
    share = (right + prior * given * believed) / np.maximum((1 + prior) * given, 1e-9)
    return np.where(given > 0, share, believed).clip(LEAST, 1 - LEAST)


def triplet(votes: NDArray, k: int) -> NDArray:
    r"""Accuracies [m] from agreement alone, in closed form (Fu et al. 2020, for k classes).

    With :math:`u_j = (k a_j - 1) / (k - 1)`, two independent functions that both vote agree so
    often that :math:`M_{ij} = (k P(agree) - 1) / (k - 1) = u_i u_j`. Three of them give
    :math:`|u_i| = \sqrt{M_{ij} M_{ik} / M_{jk}}`; the median over all pairs j, k is taken, and
    every function is believed to be better than chance.
    """
    agreement = agreements(votes, k)
    m = votes.shape[1]
    u = np.full(m, np.nan)
    for i in range(m):
        others = [j for j in range(m) if j != i and np.isfinite(agreement[i, j])]
        j, l = np.array(list(combinations(others, 2)), int).reshape(-1, 2).T  # noqa: E741
        with np.errstate(all="ignore"):
            square = agreement[i, j] * agreement[i, l] / agreement[j, l]
        square = square[np.isfinite(square)]
        if len(square):
            u[i] = np.sqrt(np.median(np.abs(square)))
    u = np.where(np.isnan(u), np.nanmean(u) if np.isfinite(u).any() else 0.4, u)
    return ((u * (k - 1) + 1) / k).clip(1 / k + LEAST, 1 - 10 * LEAST)


def agreements(votes: NDArray, k: int) -> NDArray:
    """M [m, m] of `triplet`; NaN for pairs that hardly ever vote together."""
    spoken = votes != SILENT
    both = spoken.T.astype(float) @ spoken
    flat = one_hot(votes, k)
    same = np.einsum("nik,njk->ij", flat, flat, optimize=True)
    with np.errstate(all="ignore"):
        return np.where(both >= FEWEST_TOGETHER, (k * same / both - 1) / (k - 1), np.nan)


def confusions(votes: NDArray, q: NDArray) -> tuple[NDArray, NDArray]:
    """What each function answers for each class, given q [n, k]: [m, k, k + 1], and the prior [k].

    Silence is an answer, too (the last). One item of every answer is added (Laplace), so that
    nothing is impossible. This is the M-step of Dawid & Skene 1979.
    """
    n, k = q.shape
    answers = np.where(votes == SILENT, k, votes)[..., None] == np.arange(k + 1)
    counts = np.einsum("nc,nma->mca", q, answers.astype(float), optimize=True) + 1
    return counts / counts.sum(2, keepdims=True), (q.sum(0) + 1) / (n + k)


def posterior_of_confusions(votes: NDArray, confusion: NDArray, prior: NDArray) -> NDArray:
    """The E-step of Dawid & Skene: [n, k]."""
    k = len(prior)
    answers = np.where(votes == SILENT, k, votes)
    log_p = np.log(prior) + sum(
        np.log(confusion[j]).T[answers[:, j]] for j in range(votes.shape[1])
    )
    return normalise(np.broadcast_to(log_p, (len(votes), k)))
