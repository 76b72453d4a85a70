"""Partitions compared with labels: accuracy by the best map, NMI and ARI."""

import warnings
from contextlib import contextmanager

import numpy as np
from numpy.typing import ArrayLike, NDArray


def contingency(
    labels: ArrayLike, clusters: ArrayLike, shape: tuple[int, int] | None = None
) -> NDArray:
    """How many items of each label (rows) lie in each cluster (columns): ``[L, K]`` integers.

    ``labels`` and ``clusters`` are integers ``[n]`` from 0. L and K reach to their largest, or to
    ``shape``.
    """
    labels, clusters = np.asarray(labels), np.asarray(clusters)
    table = np.zeros(shape or (labels.max(initial=-1) + 1, clusters.max(initial=-1) + 1), np.int64)
    np.add.at(table, (labels, clusters), 1)
    return table


def matching(table: ArrayLike) -> tuple[NDArray, NDArray]:
    """The one-to-one map of clusters to labels that puts most items right: (labels, clusters).

    ``table [L, K]`` as ``contingency`` gives it. With more clusters than labels the surplus stays
    unmatched, and the other way round. The Hungarian method (Kuhn 1955), by scipy.
    """
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment(np.asarray(table), maximize=True)


def clustering_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """``ACC = max_m 1/n sum_i 1[y_i = m(c_i)]`` over one-to-one maps m of clusters to labels.

    Integers ``[n]`` each, from 0; any number of clusters. An unmatched cluster is all wrong.
    """
    table = contingency(y_true, y_pred)
    return float(table[matching(table)].sum() / table.sum())


def normalised_mutual_information(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """``NMI = I(Y; C) / ((H(Y) + H(C)) / 2)``: 1 for equal partitions, whatever their names.

    Not 0 by chance: the more clusters, the higher, and n single items score well above 0. With
    one cluster and one label it is 1, by convention.
    """
    from sklearn.metrics import normalized_mutual_info_score

    with _any_number_of_clusters():
        return float(normalized_mutual_info_score(y_true, y_pred, average_method="arithmetic"))


def adjusted_rand_index(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """``ARI``: share of pairs that both partitions treat alike, with chance at 0 and 1 the best.

    ``(sum_ij C(n_ij, 2) - E) / ((sum_i C(a_i, 2) + sum_j C(b_j, 2)) / 2 - E)`` with
    ``E = sum_i C(a_i, 2) sum_j C(b_j, 2) / C(n, 2)``. Hubert & Arabie 1985.
    """
    from sklearn.metrics import adjusted_rand_score

    with _any_number_of_clusters():
        return float(adjusted_rand_score(y_true, y_pred))


@contextmanager
def _any_number_of_clusters():
    """Keeps scikit-learn from taking many clusters for a mistake."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
        yield
