"""Which items of a pool to ask about, and about which to believe the network (Wang et al. 2017).

A criterion scores the network's predictions, the most doubtful first; FUSION draws from the heads
of three such lists; TCAL asks a support vector machine instead. Rows are int64 arrays of places in
the pool.
"""

import warnings
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.science import formulas

# scores [n] of probabilities [n, classes]: the smaller, the more doubtful
CRITERIA: dict[str, Callable[[Tensor], Tensor]] = {
    "LC": formulas.least_confidence,
    "MS": formulas.margin,
    "EN": lambda p: -formulas.entropy(p),
}


def most_doubtful(scores: Tensor, open_rows: NDArray, k: int) -> NDArray:
    """The k open rows of the smallest scores [n], or all if there are fewer; ties by row."""
    return open_rows[np.argsort(scores.numpy()[open_rows], kind="stable")[:k]]


def fusion(p: Tensor, open_rows: NDArray, k: int, rng: np.random.Generator) -> NDArray:
    """k different rows drawn from the union of the ceil(k / 2) most doubtful by each criterion.

    Where the criteria agree the union may hold fewer than k; then the heads are taken just so much
    longer that it holds k. Wang et al. 2017, FUSION.
    """
    k = min(k, len(open_rows))
    ranked = [most_doubtful(score(p), open_rows, k) for score in CRITERIA.values()]
    for head in range(-(-k // 2), k + 1):
        union = np.unique(np.concatenate([rows[:head] for rows in ranked]))
        if len(union) >= k:
            return rng.choice(union, k, replace=False)
    return open_rows[:0]  # nothing is open


CANDIDATES = 5  # times k: what TCAL groups


def tcal(x: NDArray, known: NDArray, open_rows: NDArray, k: int, seed: int) -> NDArray:
    """Uncertainty, diversity and density, one after the other: k open rows.

    x [n, d]; known [n] is the class of what is labelled and -1 elsewhere. A linear support vector
    machine is trained on what is labelled. Of the open items, the 5 k with the smallest margin
    between the two best classes are grouped by K-means into k clusters; of each cluster the item
    with the lowest mean distance to the others is asked about.
    """
    if k >= len(open_rows):
        return open_rows
    from sklearn.cluster import KMeans  # seconds of import, for one strategy alone

    candidates = most_doubtful(svm_margin(x, known, seed), open_rows, CANDIDATES * k)
    groups = KMeans(k, n_init=1, random_state=seed).fit_predict(x[candidates])
    clusters = [candidates[groups == g] for g in np.unique(groups)]
    asked = np.array([rows[densest(x[rows])] for rows in clusters])
    # K-means leaves clusters empty where items are equal
    more = np.setdiff1d(candidates, asked, assume_unique=True)[: k - len(asked)]
    return np.concatenate([asked, more])


def svm_margin(x: NDArray, known: NDArray, seed: int) -> Tensor:
    """The distance [n] between the decisions for the best two classes of a linear SVM."""
    from sklearn.svm import LinearSVC

    rows = np.flatnonzero(known >= 0)
    with warnings.catch_warnings():  # many classes and few labels look like a regression to it
        warnings.filterwarnings("ignore", "The number of unique classes")
        machine = LinearSVC(C=0.1, random_state=seed).fit(x[rows], known[rows])
    decision = machine.decision_function(x)
    if decision.ndim == 1:  # of two classes, one number stands for both
        return torch.from_numpy(np.abs(decision))
    second, first = np.partition(decision, -2, 1)[:, -2:].T
    return torch.from_numpy(first - second)


def densest(x: NDArray) -> int:
    """The row of x [m, d] with the lowest mean Euclidean distance to the others."""
    from scipy.spatial.distance import cdist

    return int(cdist(x, x).sum(1).argmin())


def confident(p: Tensor, delta: float, open_rows: NDArray, asked: NDArray) -> NDArray:
    """D^H: the open rows whose entropy is below delta, without those that are being asked about."""
    if delta <= 0:
        return open_rows[:0]
    sure = open_rows[(formulas.entropy(p).numpy() < delta)[open_rows]]
    return np.setdiff1d(sure, asked, assume_unique=True)


def first_labels(y: NDArray, count: int, rng: np.random.Generator) -> NDArray:
    """`count` random rows of y [n], the same number of each class to within one.

    Wang et al. 2017 begin with labels drawn class by class. Where a class has fewer, others give
    more.
    """
    order = rng.permutation(len(y))
    earlier = np.empty(len(y), np.int64)  # how many of its class come before it
    for label in np.unique(y):
        own = order[y[order] == label]
        earlier[own] = np.arange(len(own))
    return order[np.argsort(earlier[order], kind="stable")][:count]
