"""What is asked about and what is believed: closed forms, slow references, and sizes."""

import math

import numpy as np
import pytest
import torch
from scipy.spatial.distance import euclidean
from scipy.stats import entropy

from workbench.chapters.ceal import queries
from workbench.chapters.ceal.knobs import STRATEGIES, sure_at
from workbench.chapters.ceal.lesson import delta_at
from workbench.science import formulas, metrics

SHARP, FLAT = [0.98, 0.01, 0.01], [0.40, 0.39, 0.21]


def probabilities(n=200, classes=10, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return (3 * torch.randn(n, classes, generator=generator).double()).softmax(-1)


def rng(seed=0):
    return np.random.default_rng(seed)


# --- scores


def test_entropy_is_scipys_also_of_a_probability_of_nought():
    p = probabilities()
    assert formulas.entropy(p).numpy() == pytest.approx(entropy(p.numpy(), axis=1), abs=1e-12)
    assert formulas.entropy(torch.tensor([0.0, 1.0, 0.0])) == 0
    assert formulas.entropy(torch.full((7,), 1 / 7).double()) == pytest.approx(math.log(7))


def test_margin_and_least_confidence_are_sorted_probabilities():
    p = probabilities()
    ranked = np.sort(p.numpy(), 1)
    assert formulas.margin(p).numpy() == pytest.approx(ranked[:, -1] - ranked[:, -2])
    assert formulas.least_confidence(p).numpy() == pytest.approx(ranked[:, -1])
    assert (formulas.margin(p) >= 0).all()


@pytest.mark.parametrize("criterion", ["LC", "MS", "EN"])
def test_the_doubtful_one_of_two_is_asked_about(criterion):
    scores = queries.CRITERIA[criterion](torch.tensor([SHARP, FLAT]))
    assert queries.most_doubtful(scores, np.arange(2), 1).tolist() == [1]


@pytest.mark.parametrize("criterion", ["LC", "MS", "EN"])
def test_questions_are_more_doubtful_than_the_pool(criterion):
    p = probabilities()
    asked = queries.most_doubtful(queries.CRITERIA[criterion](p), np.arange(len(p)), 20)
    assert formulas.margin(p)[asked].mean() < formulas.margin(p).mean() / 2
    assert formulas.entropy(p)[asked].mean() > formulas.entropy(p).mean()


def test_only_open_rows_are_asked_about_and_all_if_they_are_few():
    p, few = probabilities(), np.array([3, 50, 120])
    for score in queries.CRITERIA.values():
        assert sorted(queries.most_doubtful(score(p), few, 20)) == [3, 50, 120]
        assert len(queries.most_doubtful(score(p), few[:0], 20)) == 0


# --- thresholds


def test_the_linear_schedule_ends_at_nothing():
    values = [delta_at(t, 0.05, 0.0033) for t in range(20)]
    assert values[:3] == pytest.approx([0.05, 0.0467, 0.0434])
    assert values[15] > 0 and values[16:] == [0, 0, 0, 0]


def test_the_recursion_is_the_text_followed_step_by_step():
    delta, expected = 0.05, []
    for t in range(20):
        delta -= 0.0033 * t
        expected.append(delta)
    values = [delta_at(t, 0.05, 0.0033, "recursion") for t in range(20)]
    assert values == pytest.approx(expected)
    assert values[:6] == pytest.approx([0.05, 0.0467, 0.0401, 0.0302, 0.0170, 0.0005])
    assert max(values[6:]) < 0 and delta_at(6, 0.005, 0.00033, "recursion") < 0
    assert delta_at(7, 0.05, 0.0033, "constant") == 0.05


def test_a_threshold_implies_a_probability():
    assert sure_at(0.05, 2) == pytest.approx(0.9913, abs=5e-5)
    assert sure_at(0.05, 256) == pytest.approx(0.9958, abs=5e-5)
    assert sure_at(0.005, 2) == pytest.approx(0.9994, abs=5e-5)
    assert sure_at(0.005, 256) == pytest.approx(0.9997, abs=5e-5)
    assert sure_at(3, 10) == pytest.approx(0.1)
    assert sure_at(0, 10) == pytest.approx(1)
    for delta in (0.01, 0.2, 1.0):
        p = sure_at(delta, 5)
        assert entropy([p] + [(1 - p) / 4] * 4) == pytest.approx(delta)


def test_what_is_believed_is_sure_open_and_not_asked_about():
    p, open_rows = probabilities(), np.arange(0, 200, 2)
    asked = queries.most_doubtful(-formulas.entropy(p), open_rows, 10)
    sure = queries.confident(p, 0.3, open_rows, asked)
    expected = {i for i in open_rows if entropy(p[i]) < 0.3} - set(asked)
    assert set(sure) == expected and 0 < len(sure) < len(open_rows)
    everything = queries.confident(p, 3, open_rows, asked)
    assert set(everything) == set(open_rows) - set(asked)
    assert len(queries.confident(p, -0.1, open_rows, asked)) == 0
    one_hot = torch.eye(10)[torch.arange(200) % 10]
    assert len(queries.confident(one_hot, 0, open_rows, asked)) == 0


# --- strategies


@pytest.mark.parametrize("k", [1, 2, 7, 20])
def test_fusion_draws_k_rows_from_the_heads_of_three_lists(k):
    p, open_rows = probabilities(), np.arange(5, 200)
    asked = queries.fusion(p, open_rows, k, rng())
    assert len(asked) == len(set(asked)) == k and set(asked) <= set(open_rows)
    heads = [
        set(queries.most_doubtful(score(p), open_rows, -(-k // 2)))
        for score in queries.CRITERIA.values()
    ]
    union = set().union(*heads)
    if len(union) >= k:
        assert set(asked) <= union
    others = {tuple(sorted(queries.fusion(p, open_rows, k, rng(s)))) for s in range(5)}
    assert len(others) > 1 or len(union) <= k


def test_fusion_takes_longer_heads_where_the_criteria_agree():
    p = probabilities(classes=2)  # of two classes all three order the pool alike
    asked = queries.fusion(p, np.arange(200), 20, rng())
    assert sorted(asked) == sorted(queries.most_doubtful(formulas.margin(p), np.arange(200), 20))
    assert len(queries.fusion(p, np.arange(7), 20, rng())) == 7
    assert len(queries.fusion(p, np.arange(0), 20, rng())) == 0


def test_the_densest_is_that_of_a_slow_loop():
    x = rng().normal(size=(40, 6))
    distance = [np.mean([euclidean(a, b) for b in x]) for a in x]
    assert queries.densest(x) == int(np.argmin(distance))


def blobs():
    x = rng().normal(size=(300, 2)) * 0.5 + np.repeat([[-2, 0], [2, 0], [0, 3]], 100, 0)
    known = np.full(300, -1)
    known[[0, 1, 100, 101, 200, 201]] = [0, 0, 1, 1, 2, 2]
    return x, known


def test_tcal_asks_about_different_places_near_the_border():
    x, known = blobs()
    open_rows = np.flatnonzero(known < 0)
    asked = queries.tcal(x, known, open_rows, 8, seed=0)
    assert len(asked) == len(set(asked)) == 8 and set(asked) <= set(open_rows)
    margin = queries.svm_margin(x, known, 0).numpy()
    assert margin[asked].mean() < 0.6 * margin[open_rows].mean()
    plain = queries.most_doubtful(torch.from_numpy(margin), open_rows, 8)
    spread = [np.linalg.norm(x[rows] - x[rows].mean(0), axis=1).mean() for rows in (asked, plain)]
    assert spread[0] > spread[1]
    assert set(queries.tcal(x, known, open_rows[:5], 8, 0)) == set(open_rows[:5])


@pytest.mark.filterwarnings("error")
def test_a_machine_with_nearly_as_many_classes_as_labels_says_nothing_aside():
    x, known = rng().normal(size=(60, 30)), np.full(60, -1)
    known[:30] = np.arange(30) % 20
    assert len(queries.svm_margin(x, known, 0)) == 60


def test_tcal_works_with_two_classes_and_with_equal_items():
    x, known = blobs()
    known[known == 2] = -1
    assert len(queries.tcal(x, known, np.flatnonzero(known < 0), 4, 0)) == 4
    same = np.repeat(x[[0, 100, 50]], 100, 0)
    with pytest.warns(Warning, match="distinct"):
        asked = queries.tcal(same, known, np.arange(200, 300), 4, 0)
    assert len(asked) == len(set(asked)) == 4


def test_first_labels_are_drawn_class_by_class():
    y = np.repeat([0, 1, 2], [100, 10, 3])
    rows = queries.first_labels(y, 12, rng())
    assert np.bincount(y[rows]).tolist() in ([5, 4, 3], [4, 5, 3])
    assert len(set(rows)) == 12 and set(rows) != set(queries.first_labels(y, 12, rng(1)))
    assert len(queries.first_labels(y, 500, rng())) == 113
    assert len(set(y[queries.first_labels(y, 2, rng())])) == 2


def test_ceal_and_al_ask_alike_and_only_ceal_believes():
    for criterion in ("MS", "LC", "EN", "RAND"):
        ceal, al = STRATEGIES[f"CEAL_{criterion}"], STRATEGIES[f"AL_{criterion}"]
        assert ceal.asks == al.asks and ceal.believes and not al.believes
    assert STRATEGIES["CEAL_RAND"].predicts
    assert not STRATEGIES["AL_RAND"].predicts and not STRATEGIES["TCAL"].predicts


# --- calibration


def test_calibration_error_is_the_distance_of_the_bins_means():
    sure = np.array([[0.95, 0.91, 0.55], [0.55, 1.0, 0.0]])
    right = np.array([[True, False, True], [True, True, False]])
    confidence, accuracy, count = metrics.reliability(sure, right)
    assert confidence == pytest.approx([0, 0.55, np.mean([0.95, 0.91, 1])])
    assert accuracy == pytest.approx([0, 1, 2 / 3]) and count.tolist() == [1, 2, 3]
    expected = (0 * 1 + 0.45 * 2 + abs(2.86 / 3 - 2 / 3) * 3) / 6
    assert metrics.calibration_error(sure, right) == pytest.approx(expected)


def test_a_calibrated_model_has_no_error_and_a_braggart_has():
    sure = rng().random(20_000)
    right = rng(1).random(20_000) < sure
    assert metrics.calibration_error(sure, right) < 0.02
    assert metrics.calibration_error(np.sqrt(sure), right) > 0.1
