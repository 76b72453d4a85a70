"""The lab in which a reader draws the line: its counts, and what both networks would have kept."""

import numpy as np
import pytest

from workbench.chapters.two_learners.lab_knobs import BATCHES, ITEMS, LABELS, NETWORKS
from workbench.chapters.two_learners.picks_lab import PicksLab, trained


@pytest.mark.parametrize("moment", NETWORKS.values())
def test_the_batch_is_sorted_by_the_first_networks_loss(moment):
    lab = PicksLab(moment=moment, batch=3)
    losses, given = trained(lab.labels)
    assert (np.diff(lab.losses[0]) >= 0).all() and len(set(lab.rows)) == ITEMS
    np.testing.assert_array_equal(lab.losses, losses[moment][:, lab.rows])
    np.testing.assert_array_equal(lab.right, given[lab.rows] == lab.data.y.numpy()[lab.rows])
    assert set(lab.rows) == set(PicksLab(moment="late", batch=3).rows)
    assert not set(lab.rows) & set(PicksLab(moment=moment, batch=4).rows)


def test_nothing_tells_which_labels_are_wrong_before_it_is_revealed():
    lab = PicksLab()
    lab.draw(8)
    before = lab.state()
    assert "hidden" in before.sentence and "precision" not in before.sentence
    assert not any("\u2717" in name for name in before.pictures["batch"].columns)
    assert set(before.pictures["both"].group) == {2}
    lab.reveal()
    after = lab.state()
    crosses = ["\u2717" in name for name in after.pictures["batch"].columns]
    assert crosses == (~lab.right).tolist() and any(crosses)
    assert after.pictures["both"].group.tolist() == (~lab.right).astype(int).tolist()


@pytest.mark.parametrize("labels", LABELS)
def test_precision_and_what_is_lost_are_a_slow_count(labels):
    lab = PicksLab(labels, batch=1)
    lab.draw(9)
    lab.reveal()
    kept = sum(bool(right) for right in lab.right[:9])
    lost = sum(bool(right) for right in lab.right[9:])
    quota = {"symmetric": 8, "pair": 9}[LABELS[labels][0]]  # half of 16, and 55 % of it
    picks = [sorted(range(ITEMS), key=lambda i, k=k: lab.losses[k][i])[:quota] for k in (0, 1)]
    right = [sum(bool(lab.right[i]) for i in own) for own in picks]
    words = lab.sentence()
    assert f"{kept} are right (precision {kept / 9:.2f}), and {lost} right labels" in words
    assert f"would keep {quota} each: {right[0]} of the first's" in words
    assert f"{right[1]} of the second's" in words
    assert f"{len(set(picks[0]) & set(picks[1]))} are the same" in words


def test_the_line_parts_the_kept_from_the_rest():
    lab = PicksLab()
    assert lab.count == ITEMS
    for count, kept in ((5, 5), (0, 1), (99, ITEMS)):
        lab.draw(count)
        upper, lower = lab.tiles().tiles
        grey = round(255 * 0.5)
        assert [bool((tile != grey).any()) for tile in upper] == [i < kept for i in range(ITEMS)]
        assert [bool((tile != grey).any()) for tile in lower] == [i >= kept for i in range(ITEMS)]
        assert lab.curve().lines[2].x[0] == kept + 0.5


def test_small_losses_are_right_early_and_no_longer_late():
    """What is known by heart has a small loss, whether it is right or not."""
    precision = {}
    for moment in NETWORKS.values():
        labs = [PicksLab(moment=moment, batch=batch) for batch in range(BATCHES)]
        precision[moment] = np.mean([lab.right[lab.picks(0)].mean() for lab in labs])
    assert precision["early"] > 0.85 and precision["late"] < precision["early"] - 0.05
    assert len(PicksLab(batch=BATCHES).rows) == ITEMS  # it begins again
