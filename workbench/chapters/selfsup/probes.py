"""Are features worth anything? A linear classifier on frozen features, taught with few labels.

The protocol of self-supervised learning: freeze the encoder, train a logistic regression on what
it says about a few labelled pictures, and test that on pictures nobody trained on.
"""

import warnings

import numpy as np
from numpy.typing import NDArray

STRENGTH = 10.0  # inverse weight decay of the probe (scikit-learn's C) on rows of length about 1


def draw_labels(y: NDArray, count: int, seed: int) -> NDArray:
    """Rows [count] whose labels are bought, drawn at random from y [n].

    Every class is asked about as often as possible, in turns, so that ten labels of ten classes
    are one of each. All rows where there are no more than `count`.
    """
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(y))
    turn = np.empty(len(y))
    for k in np.unique(y):
        of_class = rows[y[rows] == k]
        turn[of_class] = np.arange(len(of_class)) + rng.random()
    return np.argsort(turn, kind="stable")[:count]


def probe(x: NDArray, y: NDArray, x_test: NDArray, y_test: NDArray) -> float:
    """Share of test rows that a logistic regression on x [n, d], y [n] gets right.

    Features are centred and scaled by what the labelled rows show; with one class only it always
    says that class.
    """
    if len(np.unique(y)) < 2:
        return float((y_test == y[0]).mean())
    from sklearn.linear_model import LogisticRegression  # a second of import
    from threadpoolctl import threadpool_limits

    mean, std = x.mean(0), x.std(0)
    scale = np.where(std > 1e-6, std, 1) * x.shape[1] ** 0.5
    model = LogisticRegression(C=STRENGTH, tol=1e-3, max_iter=500)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # "many classes", "not yet converged"
        with threadpool_limits(1):  # many threads only wait for each other over so little
            model.fit((x - mean) / scale, y)
        return float((model.predict((x_test - mean) / scale) == y_test).mean())


def neighbours(query: NDArray, others: NDArray, count: int) -> NDArray:
    """Numbers [q, count] of the nearest rows of `others` [n, d] to `query` [q, d] by cosine."""

    def unit(rows: NDArray) -> NDArray:
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)

    similarity = unit(query) @ unit(others).T
    return np.argsort(-similarity, axis=1, kind="stable")[:, :count]
