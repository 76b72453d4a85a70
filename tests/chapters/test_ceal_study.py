"""CEAL's study: its lines, its verdicts, its budget, and its sweeps."""

import numpy as np
import pytest

from workbench.chapters.ceal import paid_study, sensitivity_study, study
from workbench.chapters.ceal.members import member
from workbench.chapters.ceal.pool import load_pool
from workbench.chapters.ceal.study import Course
from workbench.core.pictures import Curves, Line
from workbench.results import studies
from workbench.science.compute import one_thread


@pytest.fixture(autouse=True)
def same_threads():
    with one_thread():
        yield


def course(accuracy, pseudo=0, wrong=0):
    labels = np.linspace(0, 400, len(accuracy))
    return Course(labels, np.array(accuracy, float), pseudo, wrong)


def test_the_study_is_found():
    ceal = studies.find("ceal")
    assert ceal.name == "ceal" and ceal.question.endswith("?") and ceal.seeds >= 5


def test_accuracy_at_a_share_lies_on_the_line_between_two_rounds():
    assert course([0.5, 0.9]).at(10, 1000) == pytest.approx(0.6)
    assert course([0.5, 0.9]).at(40, 1000) == pytest.approx(0.9)


def test_the_table_holds_means_labels_needed_and_verdicts():
    courses = {
        "CEAL_MS": [course([0.5, 0.8], 200, 1), course([0.5, 1.0], 200, 3)],
        "AL_MS": [course([0.5, 0.9])] * 2,
        "AL_RAND": [course([0.5, 0.7])] * 2,
        "AL_ALL": [course([0.5, 0.9])] * 2,
    }
    table = study.table(courses, "digits", 1000, 0, 20)
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["CEAL_MS"][0].startswith("55.0 +- 1.")
    assert rows["CEAL_MS"][1:4] == ("60.0 +- 2.5", "70.0 +- 5.0", "90.0 +- 10.0")
    assert rows["CEAL_MS"][6:] == ("310", "355", "1.00 %")
    assert rows["AL_RAND"][6:] == ("never", "never", "")
    assert rows["AL_ALL"][0] == "90.0 +- 0.0"
    assert "margin over random questions +9.4 (yes)" in table.caption
    assert "at 60 and 80 % +20.0 (yes)" in table.caption
    assert "add to questions by MS +0.0 (no)." in table.caption
    assert "FUSION" not in table.caption and "Soft" not in table.caption


def test_fusion_is_held_against_the_best_single_criterion():
    plain = {name: [course([0.5, 0.8])] for name in ("AL_MS", "AL_RAND", "CEAL_LC", "CEAL_EN")}
    plain |= {"CEAL_MS": [course([0.5, 0.9])], "SOFT_MS": [course([0.6, 0.9])]}
    *_, fusion, soft = study.verdicts(plain | {"CEAL_FUSION": [course([0.5, 0.85])]}, 1000)
    assert fusion == "FUSION over the best single criterion, CEAL_MS: -2.3 (no)."
    assert soft == "Soft labels of the whole pool over plain margin: +10.0 (yes)."


def test_it_keeps_to_its_budget_without_tcal_in_large_pools(monkeypatch):
    calls = []

    def fake(members, *_):
        calls.append(len(members))
        return [course([0.5, 0.9])] * len(members)

    monkeypatch.setattr(study, "train_courses", fake)
    tick = iter(np.arange(0, 1e6, 10.0))
    monkeypatch.setattr(study.time, "monotonic", lambda: next(tick))
    assert len(list(study.reproduce("digits", 9, 65.0, "cpu"))) == 3 and calls == [12] * 3
    monkeypatch.setattr(study, "LARGE_POOL", 1000)
    assert len(list(study.reproduce("digits", 1, None, "cpu"))) == 1 and calls[-1] == 11


def test_courses_count_labels_and_pseudo_labels():
    knobs = dict(k=20, initial=30, seed=0, **study.PAPER)
    members = [member(name, **knobs) for name in ("CEAL_MS", "AL_RAND")]
    believing, random = study.train_courses(members, load_pool("digits"), 3, 50)
    assert believing.labels.tolist() == random.labels.tolist() == [30, 50, 70, 90]
    assert believing.pseudo > 50 > believing.wrong >= 0 == random.pseudo
    assert len(believing.accuracy) == 4 and believing.accuracy[-1] > 0.85


def swept(name, *y):
    line = Line(
        "CEAL_MS",
        np.array([0.0, 0.5, 2.0]),
        np.array(y),
        low=np.array(y) - 0.01,
        high=np.array(y) + 0.02,
    )
    return Curves(name, (line,), "", "")


def test_the_table_of_sensitivity_tells_how_much_each_knob_moves():
    curves = {"delta": swept("", 0.95, 0.96, 0.85), "k": swept("", 0.95, 0.96, 0.93)}
    table = sensitivity_study.table(curves, "digits", 5)
    assert table.columns == ("knob", "value", "CEAL_MS") and len(table.rows) == 6
    assert table.rows[2] == ("delta (nats, constant)", "2", "85.0 (84.0 to 87.0)")
    assert "Delta up to 0.5 moves CEAL_MS by 1.0 points and gains at most 1.0" in table.caption
    assert "2 costs 10.0." in table.caption and "K moves CEAL_MS by 3.0 points." in table.caption


def test_sensitivity_grows_by_a_knob_and_keeps_to_its_budget(monkeypatch):
    asked = []

    def sweep(knob, seeds, data, device):
        asked.append((knob, seeds))
        return swept("", 0.9, 0.9, 0.9)

    monkeypatch.setattr(sensitivity_study, "sensitivity", sweep)
    sensitivity = studies.find("ceal-sensitivity")
    tables = sensitivity.reproduce("digits", 2, None, "cpu")
    assert [len(table.rows) for table in tables] == [3, 6, 9]
    assert asked == [("delta", 2), ("decay", 2), ("k", 2)]
    tick = iter(np.arange(0, 1e6, 10.0))
    monkeypatch.setattr(sensitivity_study.time, "monotonic", lambda: next(tick))
    assert len(list(sensitivity.reproduce("digits", 2, 25.0, "cpu"))) == 1


def test_a_sweep_has_a_line_a_strategy_with_a_band(monkeypatch):
    monkeypatch.setattr(sensitivity_study, "QUESTIONS", 40)
    monkeypatch.setattr(sensitivity_study, "TUNE", 10)
    curves = sensitivity_study.sensitivity("k", seeds=2, strategies=("AL_MS", "AL_RAND"))
    assert [line.name for line in curves.lines] == ["AL_MS", "AL_RAND"]
    for line in curves.lines:
        assert line.x.tolist() == [5, 10, 20, 40]
        assert (line.low <= line.y).all() and (line.y <= line.high).all()


def test_the_share_of_paid_labels_has_a_column_each_and_is_compared_within_a_seed(monkeypatch):
    monkeypatch.setattr(paid_study, "ROUNDS", 1)
    monkeypatch.setattr(paid_study, "TUNE", 10)
    trained = []

    def courses(members, pool, count, tune):
        trained.append([(m.strategy, m.paid, m.seed) for m in members])
        base = 0.5 + 0.1 * members[0].seed  # seeds differ more than what is measured
        believed = [0.0, 0.0, *(-0.1 + m.paid / 10 for m in members[2:])]
        return [Course(np.arange(2), np.array([0.0, base + d]), 1, 0) for d in believed]

    monkeypatch.setattr(paid_study, "train_courses", courses)
    *_, table = studies.find("ceal-paid").reproduce("digits", 2, None, "cpu")
    assert [seed for ((_, _, seed), *_) in trained] == [0, 1]
    assert {paid for _, paid, _ in trained[0]} == set(paid_study.SHARES)
    assert table.columns == (
        "asks by",
        "without",
        "as they come",
        "25% paid",
        "50% paid",
        "75% paid",
    )
    margin, chance = table.rows
    assert margin[0] == "MS" and margin[1] == "55.0"
    assert margin[2:] == chance[2:]
    assert margin[2:] == ("-10.00 +- 0.00", "-7.50 +- 0.00", "-5.00 +- 0.00", "-2.50 +- 0.00")
