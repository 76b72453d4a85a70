"""Classes for pictures that nobody has labelled."""

import numpy as np

from workbench.data.labels import CLUSTERS, cluster, cluster_names


def heaps(count, each, seed=0):
    """Points [count * each, 2] around `count` corners far from each other."""
    rng = np.random.default_rng(seed)
    corners = 10 * np.stack([np.arange(count), np.arange(count) % 2], 1)
    return np.repeat(corners, each, 0) + rng.normal(0, 0.1, (count * each, 2))


def test_heaps_are_told_apart_and_others_join_the_nearest():
    train, other = heaps(CLUSTERS, 20), heaps(CLUSTERS, 3, seed=1)
    of_train, of_other = cluster(train, other)
    assert of_train.dtype == of_other.dtype == np.int64
    assert len(set(of_train)) == CLUSTERS == len(cluster_names())
    assert (of_train.reshape(CLUSTERS, 20) == of_train[::20, None]).all()
    assert (of_other.reshape(CLUSTERS, 3) == of_train[::20, None]).all()


def test_clusters_are_the_same_again_and_no_more_than_rows():
    train = heaps(3, 1)
    assert (cluster(train)[0] == cluster(train)[0]).all()
    assert sorted(cluster(train)[0]) == [0, 1, 2]
    assert cluster_names(2) == ("cluster 1", "cluster 2")
