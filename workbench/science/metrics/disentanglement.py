"""Scores that let a classifier judge all codes together: SAP and DCI."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.science.metrics.information import (
    entropy_of_counts,
    gap,
    pair_up,
    renumber,
)

Seed = int | np.random.Generator


class DCI(NamedTuple):
    """Disentanglement, completeness and informativeness, each in 0..1."""

    disentanglement: float
    completeness: float
    informativeness: float


def sap(
    codes: ArrayLike,
    factors: ArrayLike,
    ordered: Sequence[bool] | None = None,
    train: int = 1000,
    test: int = 1000,
    seed: Seed = 0,
) -> float:
    """Separated attribute predictability: mean over factors of best minus second-best score.

    ``ordered`` says for each factor whether its values lie on a scale. On one that does, a code
    scores its squared correlation, over all points; otherwise (shape, colour) the test accuracy
    of ``LinearSVC(C=0.01, class_weight="balanced")`` on that code alone, with at most ``train``
    and ``test`` points. By default a factor of more than three values counts as ordered, because
    a linear classifier in one dimension cannot find a class that lies between two others: even a
    perfect code would score low. Kumar et al. 2018, section 3.
    """
    codes, factors = pair_up(codes), renumber(factors)
    if ordered is None:
        ordered = factors.max(0) > 2
    fit, held = _split(len(codes), train, test, seed)
    scores = [
        _squared_correlation(codes, v)
        if on_a_scale
        else np.array([_svc_accuracy(z[:, None], v, fit, held) for z in codes.T])
        for v, on_a_scale in zip(factors.T, ordered, strict=True)
    ]
    return float(gap(np.stack(scores, axis=1)).mean())


def _squared_correlation(codes: NDArray, factor: NDArray) -> NDArray:
    z, v = codes - codes.mean(0), factor - factor.mean()
    variances = (z**2).mean(0) * (v**2).mean()
    covariance = (z * v[:, None]).mean(0)
    return covariance**2 / np.where(variances > 1e-12, variances, 1)  # a dead code scores 0


def _svc_accuracy(z: NDArray, factor: NDArray, fit: NDArray, held: NDArray) -> float:
    from sklearn.svm import LinearSVC

    if np.ptp(factor[fit]) == 0:
        return float((factor[held] == factor[fit][0]).mean())
    model = LinearSVC(C=0.01, class_weight="balanced", random_state=0)
    return float(model.fit(z[fit], factor[fit]).score(z[held], factor[held]))


def dci(
    codes: ArrayLike,
    factors: ArrayLike,
    trees: int = 20,
    train: int = 1000,
    test: int = 1000,
    seed: Seed = 0,
) -> DCI:
    """Disentanglement, completeness and informativeness: Eastwood & Williams 2018.

    One random forest a factor predicts it from all codes; its importances are a column of
    ``R [J, K]`` (see ``dci_from_importance``) and its test accuracy, averaged over factors, is
    the informativeness. Forests, one of the paper's two choices, stand in for the boosted trees
    of disentanglement_lib, which take minutes; so compare values within this tool only.
    """
    from sklearn.ensemble import RandomForestClassifier

    codes, factors = np.asarray(codes, dtype=float), renumber(factors)
    fit, held = _split(len(codes), train, test, seed)
    # Every split sees every code: with a random subset, codes that know nothing get a share.
    forests = [
        RandomForestClassifier(
            trees, max_depth=8, max_features=None, max_samples=0.5, n_jobs=1, random_state=0
        ).fit(codes[fit], v[fit])
        for v in factors.T
    ]
    importance = np.stack([forest.feature_importances_ for forest in forests], axis=1)
    accuracy = [f.score(codes[held], v[held]) for f, v in zip(forests, factors.T, strict=True)]
    return DCI(*dci_from_importance(importance), float(np.mean(accuracy)))


def dci_from_importance(importance: ArrayLike) -> tuple[float, float]:
    """``(disentanglement, completeness)`` of importances ``R [J, K] >= 0``, both in 0..1.

    ``D = sum_j rho_j (1 - H_K(P_j))`` with ``P_jk = R_jk / sum_k R_jk``, entropy to base K and
    ``rho_j`` the share of R in row j; completeness is the same down the columns, to base J. A
    code that matters for one factor only gives 1. Eastwood & Williams 2018, section 2.
    """
    importance = np.asarray(importance, dtype=float)
    return _concentration(importance), _concentration(importance.T)


def _concentration(importance: NDArray) -> float:
    """Mean over rows of one minus the entropy of the row, weighted by the mass of the row."""
    total = importance.sum()
    if total == 0:
        return 0.0
    if importance.shape[1] == 1:
        return 1.0
    rows = importance[importance.sum(1) > 0]
    entropy = np.array([entropy_of_counts(row) for row in rows]) / np.log(importance.shape[1])
    return max(0.0, float(rows.sum(1) / total @ (1 - entropy)))


def _split(n: int, train: int, test: int, seed: Seed) -> tuple[NDArray, NDArray]:
    """Random places for fitting and for testing; each at most half of the n points."""
    order = np.random.default_rng(seed).permutation(n)
    train, test = min(train, n // 2), min(test, n - n // 2)
    return order[:train], order[n - test :]
