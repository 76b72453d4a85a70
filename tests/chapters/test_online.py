"""Online learning: gradients, means, regret and drift against independent references."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.neighbors import NearestCentroid

from workbench.chapters import find
from workbench.chapters.online import claims, lesson, regret, stream
from workbench.chapters.online.knobs import DRIFTS, Settings
from workbench.data import DataError
from workbench.science import filters


def rows(n=60, d=5, classes=4, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.integers(0, classes, n)


def short(**knobs):
    run = Settings(**({"steps": 500} | knobs))
    return run, stream.open_stream(run)


# --- one step


def test_the_loss_and_its_gradient_are_those_of_autograd():
    (x,), (y,) = rows(1)
    W = np.random.default_rng(1).normal(size=(5, 4))
    tensor = torch.tensor(W, requires_grad=True)
    value = torch.nn.functional.cross_entropy((torch.tensor(x) @ tensor)[None], torch.tensor([y]))
    value.backward()
    step = lesson.loss(W, x, int(y))
    assert step.loss == pytest.approx(value.item(), abs=1e-12)
    assert step.gradient == pytest.approx(tensor.grad.numpy(), abs=1e-12)


def test_a_step_is_rate_times_gradient_and_ends_in_the_ball():
    (x,), (y,) = rows(1)
    learner = lesson.Gradient((5, 4), lambda t: 0.5 * t)
    learner.learn(x, int(y), 3)
    assert pytest.approx(lesson.loss(np.zeros((5, 4)), x, int(y)).gradient) == -learner.W / 1.5
    bound = lesson.Gradient((5, 4), lambda t: 100.0, radius=2.0)
    bound.learn(x, int(y), 1)
    assert np.linalg.norm(bound.W) == pytest.approx(2)
    assert np.cross(bound.W.ravel()[:3], learner.W.ravel()[:3]) == pytest.approx(0, abs=1e-9)


def quadratic(W, z, y):
    """|w - z|^2 / 2, whose online gradient descent at rate 1 / t is the running mean."""
    return lesson.Step(float(0.5 * ((W - z) ** 2).sum()), W - z)


def test_on_a_quadratic_the_weights_and_the_regret_have_a_closed_form():
    z = np.random.default_rng(0).normal(size=(50, 3, 1))
    learner = lesson.Gradient((3, 1), lambda t: 1 / t, quadratic)
    for t, row in enumerate(z, 1):
        learner.learn(row, 0, t)
        assert pytest.approx(z[:t].mean(0)) == learner.W
    least = 0.5 * ((z - z.mean(0)) ** 2).sum()
    before = np.concatenate(
        [np.zeros((1, 3, 1)), np.cumsum(z, 0)[:-1] / np.arange(1, 50)[:, None, None]]
    )
    closed = 0.5 * ((before - z) ** 2).sum() - least
    assert sum(learner.losses) - least == pytest.approx(closed)


# --- means


def test_a_mean_over_everything_is_scikit_learns_nearest_centroid():
    x, y = rows(200)
    learner = lesson.Means((5, 4))
    for t, (row, label) in enumerate(zip(x, y, strict=True), 1):
        learner.learn(row, label, t)
    answers = [learner.predict(row) for row in x]
    assert answers == NearestCentroid().fit(x, y).predict(x).tolist()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40), st.integers(0, 5))
def test_a_window_remembers_the_last_items_and_no_others(window, seed):
    x, y = rows(60, seed=seed)
    learner = lesson.Means((5, 4), window)
    for t, (row, label) in enumerate(zip(x, y, strict=True), 1):
        learner.learn(row, label, t)
    latest = slice(60 - window, None)
    for c in range(4):
        own = x[latest][y[latest] == c]
        assert learner.counts[c] == len(own)
        assert learner.sums[c] == pytest.approx(own.sum(0), abs=1e-9)


def test_a_window_of_everything_is_everything_to_the_bit():
    run, data = short(window=500)
    answers = [predicted for _, _, predicted in lesson.fit([run], data)]
    assert all(answer["window"] == answer["everything"] for answer in answers)


# --- the loop


def test_an_item_is_predicted_before_its_label_is_seen():
    """Labels poisoned from item 300 on change no prediction up to item 300."""
    run, data = short()
    y = data.y.copy()
    y[299:] = (y[299:] + 1) % 10
    clean, spoilt = ([p for _, _, p in lesson.fit([run], d)] for d in (data, replace(data, y=y)))
    assert spoilt[:300] == clean[:300]
    assert spoilt[300:] != clean[300:]


def test_the_loop_is_a_slow_reference():
    """Gradients at a constant rate, written out anew."""
    run, data = short(drift="pictures turn")
    W, right = np.zeros((data.x.shape[1], 10)), []
    for x, y in zip(data.x, data.y, strict=True):
        logits = np.array([sum(x[i] * W[i, c] for i in range(len(x))) for c in range(10)])
        right.append(int(logits.argmax()))
        p = np.exp(logits) / np.exp(logits).sum()
        for c in range(10):
            W[:, c] -= run.rate * (p[c] - (c == y)) * x
    answers = [predicted["constant"] for _, _, predicted in lesson.fit([run], data)]
    assert np.mean(np.array(answers) == right) > 0.99  # ties at the start apart


def test_frozen_stops_half_way_and_the_filter_believes_what_agrees():
    run, data = short()
    *_, (_, team, _) = lesson.fit([run], data)
    assert len(team["frozen"].learner.losses) == data.turn == 250
    assert team["filtered"].believed == len(team["filtered"].learner.losses) < 500
    assert team["filtered"].believed >= lesson.TRUSTED


def test_a_learner_of_ones_own_takes_part():
    class Majority:
        def __init__(self):
            self.counts = np.zeros(10)

        def predict(self, x):
            return int(self.counts.argmax())

        def learn(self, x, y, t):
            self.counts[y] += 1

    run, data = short()
    *_, (_, team, predicted) = lesson.fit([run], data, learners=lambda *_: {"window": Majority()})
    assert predicted.keys() == {"window"} and team["window"].counts.sum() == 500


# --- rules that RAD has, too


def test_the_filters_are_rads_rules_case_by_case():
    given = np.array([1, 1, 1, 1])
    by_l, by_c = np.array([1, 2, 2, 2]), np.array([2, 1, 2, 3])
    assert filters.agrees(given, by_l).tolist() == [True, False, False, False]
    believed = filters.vote(given, by_l, by_c)
    assert believed.kept.tolist() == [True, True, True, False]
    assert believed.labels.tolist() == [1, 1, 2, 1]
    assert believed.relabelled.tolist() == [False, False, True, False]


# --- streams


@pytest.mark.parametrize("drift", DRIFTS)
def test_nothing_changes_before_half_way(drift):
    _, calm = short(drift="none")
    _, data = short(drift=drift)
    half = slice(0, data.turn)
    assert (data.x[half] == calm.x[half]).all() and (data.y[half] == calm.y[half]).all()
    after = slice(data.turn, None)
    moved = (data.y[after] != calm.y[after]).mean()
    assert moved == {"labels shift": 1, "labels shift slowly": moved}.get(drift, 0)
    assert 0.5 < moved < 0.9 or drift != "labels shift slowly"
    turned = (data.x[after] != calm.x[after]).any(1).mean()
    assert turned == (drift == "pictures turn")


def test_turned_pictures_are_quarter_turns_and_rows_have_length_one():
    _, calm = short(drift="none")
    _, data = short(drift="pictures turn")
    assert (data.pictures[-1] == np.rot90(calm.pictures[-1])).all()
    assert np.linalg.norm(data.x[:, :-1], axis=1) == pytest.approx(1)
    assert (data.x[:, -1] == stream.BIAS).all()


def test_items_come_again_only_when_all_have_been_there():
    _, data = short(steps=3000, drift="none")
    assert data.again == 1797
    first = {row.tobytes() for row in data.pictures[:1797]}
    assert len(first) == 1797 and {row.tobytes() for row in data.pictures[1797:]} <= first


# --- regret


def test_the_best_fixed_weights_are_those_of_scipy():
    x, y = rows(80)
    _, least = regret.best_fixed(x, y, 50.0, np.zeros((5, 4)), 3000)

    def total(flat):
        value, gradient = regret.mean_loss(flat.reshape(5, 4), x, y)
        return len(y) * value, len(y) * gradient.ravel()

    reference = minimize(total, np.zeros(20), jac=True, method="L-BFGS-B", tol=1e-12)
    assert least == pytest.approx(reference.fun, rel=1e-6)


def test_the_best_weights_in_a_small_ball_lie_on_its_rim():
    x, y = rows(80)
    W, least = regret.best_fixed(x, y, 0.5, np.zeros((5, 4)), 500)
    assert np.linalg.norm(W) == pytest.approx(0.5)
    rng = np.random.default_rng(2)
    for _ in range(50):
        other = lesson.into_ball(W + 0.1 * rng.normal(size=W.shape), 0.5)
        assert regret.mean_loss(other, x, y)[0] * 80 >= least - 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_the_regret_at_the_best_rate_stays_below_its_bound(seed):
    assert claims.regret_is_bounded(seed)[0]


def test_the_bound_is_that_of_its_own_rate():
    """D^2 / (2 eta) + eta G^2 T / 2 is smallest at D / (G sqrt(T)), where it is D G sqrt(T)."""
    radius, slope, T = 20.0, 1.5, 700
    best = lesson.best_rate(T, radius, slope)

    def any_rate(rate):
        return (2 * radius) ** 2 / (2 * rate) + rate * slope**2 * T / 2

    assert any_rate(best) == pytest.approx(regret.bound(np.array(T), radius, slope))
    assert all(any_rate(best) < any_rate(best * factor) for factor in (0.9, 1.1))


def test_no_gradient_is_longer_than_the_slope():
    x, y = rows(300)
    W = np.random.default_rng(3).normal(size=(5, 4)) * 30
    lengths = [np.linalg.norm(lesson.loss(W, *pair).gradient) for pair in zip(x, y, strict=True)]
    assert max(lengths) <= lesson.steepest(x)


# --- claims, and data of one's own


CLAIMS = [c for c in claims.CLAIMS if c.id != "regret-is-bounded"]  # tested above


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_the_claims_hold_over_seeds(claim):
    results = [claim.measure(seed) for seed in range(5)]
    assert all(holds for holds, _ in results), results


def test_data_of_one_class_are_refused(tmp_path):
    np.savez(
        tmp_path / "one.npz", x=np.random.default_rng(0).random((30, 4, 4)), y=np.zeros(30, int)
    )
    with pytest.raises(DataError, match="one class only"):
        stream.open_stream(Settings(data=str(tmp_path / "one.npz")))


def test_a_table_is_a_stream_scaled_by_its_first_items(tmp_path):
    rng = np.random.default_rng(0)
    table = np.column_stack(
        [rng.normal(5, 100, 200), rng.normal(-3, 0.01, 200), np.arange(200) % 3]
    )
    np.savetxt(
        tmp_path / "t.csv",
        table,
        delimiter=",",
        header="a,b,label",
        comments="",
        fmt=("%.4f", "%.4f", "%d"),
    )
    data = stream.open_stream(Settings(data=str(tmp_path / "t.csv"), steps=500))
    assert data.x.shape == (500, 3) and np.abs(data.x[:, :2]).mean(0).min() > 0.3
    assert find("online").part("lesson") is lesson


def timed_csv(path, times):
    rng = np.random.default_rng(0)
    rows = [f"{t},{rng.normal():.3f},{i},{'ab'[i % 2]}" for i, t in enumerate(times)]
    path.write_text("time,noise,size,label\n" + "\n".join(rows) + "\n")
    return str(path)


@pytest.mark.parametrize("kind", ["numbers", "dates"])
def test_a_table_with_a_time_arrives_in_its_order(kind, tmp_path):
    order = np.random.default_rng(1).permutation(60)
    times = order / 7 if kind == "numbers" else [f"2026-11-28T09:{m:02d}" for m in order]
    name = timed_csv(tmp_path / "t.csv", times)
    data = stream.open_stream(Settings(data=name, drift="none", steps=500, seed=3))
    assert data.x.shape == (500, 3)  # two inputs and the bias; the time is none
    labels = np.argsort(order) % 2
    assert data.y[:60].tolist() == data.y[60:120].tolist() == labels.tolist()
    report = find("online").source(Settings(data=name)).report()
    assert "order of column 'time'" in " ".join(report.notes)


def test_a_time_that_is_neither_numbers_nor_dates_is_refused(tmp_path):
    name = timed_csv(tmp_path / "t.csv", ["soon", *range(59)])
    with pytest.raises(
        DataError, match="t.csv: column 'time' is neither all numbers nor all dates"
    ):
        stream.open_stream(Settings(data=name))
