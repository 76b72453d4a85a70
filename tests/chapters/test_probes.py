"""Few labels, a linear classifier, neighbours."""

import numpy as np
import pytest

from workbench.chapters.selfsup import probes

RNG = np.random.default_rng(0)


def test_labels_are_bought_from_every_class_in_turns():
    y = RNG.permutation(np.repeat(np.arange(4), [100, 50, 20, 3]))
    for seed in range(5):
        rows = probes.draw_labels(y, 40, seed)
        assert len(set(rows.tolist())) == 40
        assert np.bincount(y[rows[:4]]).tolist() == [1, 1, 1, 1]
        assert sorted(np.bincount(y[rows]).tolist()) == [3, 12, 12, 13]
    first, other = (probes.draw_labels(y, 40, seed) for seed in (0, 1))
    assert not np.array_equal(first, other)
    assert np.array_equal(first, probes.draw_labels(y, 40, 0))
    assert sorted(probes.draw_labels(y, 10_000, 0)) == list(range(len(y)))


def test_more_labels_keep_the_first_ones():
    y = RNG.integers(5, size=200)
    assert np.array_equal(probes.draw_labels(y, 100, 3)[:20], probes.draw_labels(y, 20, 3))


def test_the_probe_is_linear():
    x = RNG.normal(size=(400, 2))
    line, ring = (x @ [1, 2] > 0).astype(int), (np.hypot(*x.T) > 1.2).astype(int)
    assert probes.probe(x[:200], line[:200], x[200:], line[200:]) > 0.95
    share = max((ring[200:] == k).mean() for k in (0, 1))
    assert probes.probe(x[:200], ring[:200], x[200:], ring[200:]) < share + 0.05


def test_units_and_dead_features_do_not_matter():
    x = RNG.normal(size=(260, 5))
    y = x[:, :3].argmax(1)
    accuracy = probes.probe(x[:60], y[:60], x[60:], y[60:])
    other = x * [1, 1000, 0.001, 5, 1] + [3, -7000, 0, 0, 1]
    assert accuracy > 0.8
    assert probes.probe(other[:60], y[:60], other[60:], y[60:]) == accuracy
    # a dead feature changes nothing but the scale of rows
    dead = np.c_[x, np.full(260, 3.0)]
    assert probes.probe(dead[:60], y[:60], dead[60:], y[60:]) == pytest.approx(accuracy, abs=0.05)


def test_one_class_only_is_always_said():
    x = RNG.normal(size=(10, 3))
    assert probes.probe(x, np.full(10, 2), x, np.arange(10) % 5) == 0.2


def test_neighbours_point_the_same_way():
    others = np.array([[0.0, 50.0], [2.0, 2.1], [-1.0, 0.0], [0.0, 0.0]])
    near = probes.nearest(np.array([[10.0, 10.0], [-3.0, 0.1]]), others, 2)
    assert near.tolist() == [[1, 0], [2, 0]]
