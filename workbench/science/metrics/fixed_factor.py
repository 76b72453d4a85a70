"""Scores of batches that share one factor: the metrics of the beta-VAE's and FactorVAE's papers."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.science.metrics.disentanglement import Seed
from workbench.science.metrics.information import renumber


def beta_vae_score(
    codes: ArrayLike,
    factors: ArrayLike,
    batch: int = 64,
    train: int = 1000,
    test: int = 500,
    seed: Seed = 0,
) -> float:
    """Accuracy of telling which factor was held fixed, from code differences; chance is 1/K.

    A feature is ``z_diff = mean_b |mu(x_1) - mu(x_2)|`` over ``batch`` pairs that agree in one
    factor; logistic regression on ``train`` features predicts which, scored on ``test`` more.
    Needs no axis alignment, so 1.0 is easily reached. Features are not standardised (as in
    disentanglement_lib): that would let collapsed codes, whose faint traces are exact, speak up.
    Higgins et al. 2017, section 3.
    """
    from sklearn.linear_model import LogisticRegression

    codes, factors = np.asarray(codes, dtype=float), renumber(factors)
    rng = np.random.default_rng(seed)
    fixed = rng.integers(factors.shape[1], size=train + test)
    first = rng.integers(len(codes), size=(train + test, batch))
    second = partners(factors, fixed, first, rng)
    z_diff = np.abs(codes[first] - codes[second]).mean(1)  # (feature, J)
    if np.ptp(fixed[:train]) == 0:
        return float((fixed[train:] == fixed[0]).mean())
    # Newton: raw codes are badly scaled, and the default solver then runs out of steps.
    model = LogisticRegression(solver="newton-cholesky").fit(z_diff[:train], fixed[:train])
    return float(model.score(z_diff[train:], fixed[train:]))


def factor_vae_score(
    codes: ArrayLike,
    factors: ArrayLike,
    batch: int = 64,
    train: int = 1000,
    test: int = 500,
    collapsed: float = 0.05,
    seed: Seed = 0,
) -> float:
    """Accuracy of the vote "the code that varies least tells the factor held fixed".

    Each of ``train + test`` votes fixes one factor at the value of a random point, draws
    ``batch`` points with that value and names ``d* = argmin_j Var_batch(z_j) / Var_all(z_j)``;
    the majority factor of each ``d*`` in the training votes is the prediction for the others.
    Codes with a standard deviation under ``collapsed`` cannot be named; if none is left the
    score is 0. (disentanglement_lib leaves this threshold at 0 and reports the number of all
    codes as the active ones; here pruning is real.) Kim & Mnih 2018, section 4.
    """
    codes, factors = np.asarray(codes, dtype=float), renumber(factors)
    codes = codes[:, codes.std(0, ddof=1) >= collapsed]
    if codes.shape[1] == 0:
        return 0.0
    rng = np.random.default_rng(seed)
    fixed = rng.integers(factors.shape[1], size=train + test)
    anchor = np.repeat(rng.integers(len(codes), size=(train + test, 1)), batch, axis=1)
    points = partners(factors, fixed, anchor, rng)
    ratio = codes[points].var(1, ddof=1) / codes.var(0, ddof=1)  # (vote, J)
    vote = ratio.argmin(1)
    votes = np.zeros((codes.shape[1], factors.shape[1]))
    np.add.at(votes, (vote[:train], fixed[:train]), 1)
    return float((votes.argmax(1)[vote[train:]] == fixed[train:]).mean())


def partners(
    factors: NDArray, fixed: NDArray, points: NDArray, rng: np.random.Generator
) -> NDArray:
    """Draws for each of ``points [m, batch]`` another one that shares factor ``fixed [m]``.

    Another: a point is its own partner only where nobody else has its value.
    """
    partner = np.empty_like(points)
    for k in range(factors.shape[1]):
        chosen = fixed == k
        value = factors[:, k]
        order = np.argsort(value, kind="stable")
        anchors = points[chosen]
        rank = np.argsort(order)[anchors]  # where each point stands among the sorted
        count = np.bincount(value)
        start = (np.cumsum(count) - count)[value[anchors]]
        size = count[value[anchors]]
        step = 1 + rng.integers(np.maximum(size - 1, 1))
        partner[chosen] = order[start + (rank - start + step) % size]
    return partner
