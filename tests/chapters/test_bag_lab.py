"""The lab in which instances are taken out of a bag: the answers are the network's own."""

import numpy as np
import pytest

from workbench.chapters.mil.bag_lab import BagLab, trained
from workbench.chapters.mil.evaluation import evaluate
from workbench.chapters.mil.lab_knobs import NEGATIVE_BAGS, POOLINGS, POSITIVE_BAGS


@pytest.mark.parametrize("name", POOLINGS.values())
def test_the_answer_is_that_of_the_network_about_the_smaller_bag(name):
    model, x, work = trained()
    lab = BagLab(name, 1)
    for place in (2, 0):
        lab.toggle(place)
    rows = np.flatnonzero(work.test.y)[:POSITIVE_BAGS]
    small = work.test.take(rows[[1]])
    small.mask[0, [0, 2]] = False
    seen = evaluate(model, x, [small] * len(POOLINGS))[model.kinds.index(name)]
    assert lab.p == pytest.approx(seen.p[0], abs=1e-6)
    np.testing.assert_allclose(lab.weights, seen.weights[0, : lab.size], atol=1e-6)
    assert (lab.weights[[0, 2]] == 0).all()


def test_without_its_witnesses_a_positive_bag_is_negative():
    falls = []
    for number in range(POSITIVE_BAGS):
        lab = BagLab("attention", number)
        assert lab.positive and lab.witnesses.any() and lab.path == [lab.p]
        for place in np.flatnonzero(lab.witnesses):
            assert lab.toggle(int(place))
        falls.append(lab.path[0] - lab.p)
        assert "Without " in lab.sentence() and len(lab.path) == 1 + lab.witnesses.sum()
    assert np.mean(falls) > 0.5
    assert not BagLab("attention", POSITIVE_BAGS + NEGATIVE_BAGS - 1).positive


def test_what_is_put_back_is_there_again_and_the_last_instance_stays():
    lab = BagLab()
    before = lab.p, lab.weights.copy()
    lab.toggle(3)
    assert lab.out == {3} and lab.p != before[0]
    lab.toggle(3)
    assert not lab.out and lab.p == before[0] and (lab.weights == before[1]).all()
    changes = [lab.toggle(place) for place in range(lab.size)]
    assert changes == [True] * (lab.size - 1) + [False] and len(lab.out) == lab.size - 1
    lab.choose(2)
    assert not lab.out and len(lab.path) == 1
    lab.pool("mean")
    np.testing.assert_allclose(lab.weights, 1 / lab.size, atol=1e-6)
