"""Classes for pictures that nobody has labelled: clusters of the training pictures (K-means)."""

import numpy as np
from numpy.typing import NDArray

CLUSTERS = 5


def cluster(train: NDArray, *others: NDArray, count: int = CLUSTERS, starts: int = 1):
    """The cluster of each row: a list of int64 [n] for `train` [n, d], then for each other part.

    Of several starts the one with the smallest inertia counts. A set of fewer rows than `count`
    has as many clusters as rows.
    """
    from sklearn.cluster import KMeans  # seconds of import

    model = KMeans(min(count, len(train)), n_init=starts, random_state=0).fit(train)
    return [model.predict(part).astype(np.int64) for part in (train, *others)]


def cluster_names(count: int = CLUSTERS) -> tuple[str, ...]:
    """What the clusters are called."""
    return tuple(f"cluster {number + 1}" for number in range(count))
