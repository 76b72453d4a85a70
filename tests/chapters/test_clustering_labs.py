"""The metric lab and the EM stepper: their mathematics."""

import numpy as np
import pytest

from workbench.chapters.clustering.em_lab import EmStepper
from workbench.chapters.clustering.lab_knobs import KINDS, PRESETS, STARTS
from workbench.chapters.clustering.metric_lab import CLUSTERINGS, MetricLab

# --- the metric lab

# what the presets score on all 1797 digits
SCORES = {
    "Perfect": (1, 1, 1),
    "K-Means": (0.79, 0.74, 0.67),
    "Random": (0.132, 0.010, 0.0),
    "One cluster": (0.102, 0, 0),
    "Every digit alone": (10 / 1797, 0.470, 0),
}


@pytest.mark.parametrize("name", PRESETS)
def test_presets_score_what_they_are_known_for(name):
    lab = MetricLab(name)
    assert list(lab.scores.values()) == pytest.approx(SCORES[name], abs=0.01)
    assert lab.sentence.startswith(name)
    assert lab.confusion().values.sum() == 1797


def test_every_preset_on_offer_has_its_clusters():
    assert list(CLUSTERINGS) == list(PRESETS)


def test_names_do_not_matter():
    lab = MetricLab("K-Means")
    scores, clusters = lab.scores, lab.clusters
    lab.shuffle()
    assert (lab.clusters != clusters).any()
    assert list(lab.scores.values()) == pytest.approx(list(scores.values()))


def test_splitting_costs_accuracy_more_than_nmi_and_merging_undoes_it():
    lab = MetricLab("Perfect")
    for cluster in range(10):
        lab.split(cluster)
    assert lab.count == 20
    assert lab.scores["acc"] == pytest.approx(0.5, abs=0.01)
    assert lab.scores["nmi"] > 0.85 and lab.scores["ari"] < 0.7
    for cluster in range(10):
        lab.merge(cluster, 10)
    assert lab.count == 10 and lab.scores == dict.fromkeys(("acc", "nmi", "ari"), 1)


def test_moving_digits_moves_those_digits():
    lab = MetricLab("Perfect")
    lab.move(label=3, source=3, target=8, most=50)
    assert lab.confusion().values[8, 3] == 50
    assert lab.scores["acc"] == pytest.approx(1 - 50 / 1797)
    assert lab.verdict().rows[0] == ("ACC", "0.972", "-0.028")
    lab.move(label=3, source=3, target=8, most=10_000)
    assert lab.count == 9  # nobody is left in cluster 4, so later ones move up


@pytest.mark.parametrize(
    "act",
    [
        lambda lab: lab.move(3, 2, 2, 5),
        lambda lab: lab.move(3, 5, 2, 5),
        lambda lab: lab.merge(1, 1),
        lambda lab: lab.move(3, 11, 2, 5),
        lambda lab: lab.split(11),
    ],
)
def test_what_cannot_be_done_changes_nothing_and_says_why(act):
    lab = MetricLab("Perfect")
    clusters = lab.clusters.copy()
    act(lab)
    assert (lab.clusters == clusters).all()
    assert lab.sentence.endswith(".") and "Perfect" not in lab.sentence


# --- the EM stepper


@pytest.mark.parametrize("kind", KINDS.values())
@pytest.mark.parametrize("start", STARTS)
def test_no_half_step_makes_the_objective_worse(kind, start):
    stepper = EmStepper(kind, start)
    stepper.run()
    sign = -1 if kind == "kmeans" else 1
    assert len(stepper.objective) > 4 and stepper.settled
    assert (sign * np.diff(stepper.objective) > -1e-9).all()
    assert "Settled" in stepper.sentence()


@pytest.mark.parametrize("kind", KINDS.values())
def test_a_bad_start_stays_stuck(kind):
    good, stuck = (EmStepper(kind, start) for start in STARTS)
    good.run()
    stuck.run()
    if kind == "kmeans":
        assert stuck.objective[-1] > 1.3 * good.objective[-1]
    else:
        assert stuck.objective[-1] < good.objective[-1] - 0.05


def test_half_steps_take_turns_and_the_e_step_moves_no_centre():
    stepper = EmStepper("kmeans")
    before = stepper.centres.clone()
    assert stepper.next == "E" and set(stepper.scatter().group) == {3}
    stepper.step()
    assert stepper.next == "M" and (stepper.centres == before).all()
    assert set(stepper.scatter().group) <= {0, 1, 2}
    group = stepper.scatter().group
    stepper.step()
    assert (stepper.centres != before).any() and (stepper.scatter().group == group).all()


def test_after_an_e_step_the_bound_is_the_likelihood():
    from workbench.chapters.clustering import em

    stepper = EmStepper("mixture")
    for _ in range(3):
        stepper.step()
    assert stepper.objective[-1] == pytest.approx(em.expect(stepper.x, stepper.mixture)[1])
