"""RAD's limits: an expert who answers late, a network that memorises, and what a batch costs."""

from types import SimpleNamespace

import numpy as np
import pytest

from workbench.chapters.rad import cost_study, estimators, lesson, pictures, study
from workbench.chapters.rad.frames import measure
from workbench.chapters.rad.knobs import Settings
from workbench.chapters.rad.late import Expert, Post, join, wait
from workbench.chapters.rad.stream import Batch, open_stream
from workbench.chapters.rad.verdict import keep
from workbench.results import studies

RULES = lesson.RULES


def numbered(given, truth=None, first=0):
    given = np.array(given)
    rows = first + np.arange(len(given))
    return Batch(rows[:, None].astype(float), given, given if truth is None else truth, rows)


class Zero:
    """A model that takes everything for class 0."""

    def fit(self, x, y):
        return self

    def predict(self, x):
        return np.zeros(len(x), int)


def slim(delay):
    return lesson.Learner(RULES["slim"], None, Zero, numbered([0, 0]), Expert(1, delay))


@pytest.mark.parametrize("delay", [0, 1, 2, 3])
def test_what_was_asked_is_learnt_so_many_batches_later(delay):
    learner = slim(delay)
    for number in range(1, 6):
        batch = numbered([1, 0, 2], first=10 * number)  # only the 0 is believed
        verdict = learner.meet(batch, lambda b, rows: np.full(len(rows), 3))
        assert verdict.asked.tolist() == [0] and verdict.kept.tolist() == [not delay, True, False]
        answered = learner.rows[learner.y == 3]
        assert answered.tolist() == [10 * k for k in range(1, number - delay + 1)]
        assert learner.asked == number
        fates = pictures.fates_of(batch, verdict)
        assert np.sum([*fates.values()], 0).tolist() == [1, 1, 1] and fates["asked"][0]
    assert learner.truth[learner.y == 3].tolist() == [1] * (5 - delay)


def test_only_limited_questions_come_late_for_full_cleaning_is_a_yardstick():
    full = lesson.Learner(RULES["full_clean"], None, Zero, numbered([0]), Expert(0, 20))
    full.meet(numbered([1, 2]))
    assert len(full.y) == 3


def test_late_samples_stand_behind_the_batchs_own_under_the_experts_labels():
    batch = numbered([4, 5], first=7)
    verdict = wait(keep(batch, np.array([False, False])), np.array([1]))
    assert verdict.doubtful.tolist() == [0] and not verdict.kept.any()
    late = numbered([9], truth=np.array([8]))
    both, joined = join(batch, verdict, late)
    assert both.rows.tolist() == [7, 8, 0] and both.truth.tolist() == [4, 5, 8]
    assert joined.kept.tolist() == [False, False, True] and joined.labels[2] == 9
    nothing = Post(5).exchange(batch, np.array([0]), np.array([4]))
    assert len(nothing) == 0 and nothing.x.shape == (0, 1)


def test_agreement_is_of_the_two_models_and_not_of_either_with_the_truth():
    says = lambda *labels: SimpleNamespace(predict=lambda x: np.array(labels))  # noqa: E731
    models = lesson.Models(says(0, 1, 2, 2), says(0, 1, 1, 1))
    learner = SimpleNamespace(models=models, accuracy=lambda x, y: 0.0)
    course = SimpleNamespace(x_test=np.zeros((4, 1)), y_test=np.array([0, 0, 0, 0]), classes="abc")
    numbers = measure(Settings(ensemble=False), course, {"rad": learner})
    assert numbers["agreement"] == 0.5 and numbers["label_model"] == 0.25


def test_the_long_network_takes_eight_times_the_steps_of_a_batch():
    x, y = np.random.default_rng(0).random((20, 3)), np.arange(20) % 2
    short, long = (estimators.make(name, 2, 0) for name in ("MLP", "long MLP"))
    for network in (short, long):
        network.fit(x, y).fit(x, y)
    steps = [int(network.adam.steps) for network in (short, long)]
    assert steps == [250, 800] and long.further == 8 * short.further


def test_measured_streams_have_lines_where_their_files_are_and_the_papers_headlines(monkeypatch):
    monkeypatch.setattr(study.tables, "names", lambda: ("iot", "n-baiot", "nsl-kdd"))
    cases = study.cases("all")
    assert {case.stream for case in cases} == {"iot", "digits", "n-baiot", "nsl-kdd"}
    assert {case.classifier for case in cases} == {"decision tree", "MLP", "long MLP"}
    ends = [dict.fromkeys(study.VARIANTS, 0.5) | {"memorised": 1.0}]
    published = lambda name: study.row(study.Case(name, "MLP", 0.4), ends)[-2]  # noqa: E731
    assert published("n-baiot") == published("iot") != published("nsl-kdd") == "none"
    monkeypatch.setattr(study.tables, "names", lambda: ("iot", "cluster"))
    assert "n-baiot" not in {case.stream for case in study.cases("all")}


def test_the_study_of_costs_delays_only_those_who_ask(monkeypatch):
    calls = []

    def measured(rule, data, seed, **knobs):
        calls.append((rule, *knobs.items()))
        first = len(calls) == 1  # which pays for imports
        return 0.8 - knobs.get("delay", 0) / 100, 99.0 if first else 12.0

    monkeypatch.setattr(cost_study, "measure", measured)
    *_, table = studies.find("rad-cost").reproduce("digits", 2, None)
    rows = {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
    assert len(rows) == len(RULES) and rows["RAD"]["ms a batch, MLP"] == "12.0"
    assert rows["RAD Slim"]["20 batches late"] == "60.0 +/- 0.0"
    assert rows["RAD"]["20 batches late"] == "" != rows["RAD"]["accuracy, answers at once"]
    assert "99.0" not in str(table.rows) and "55.5" not in str(table.rows)
    late = {call[0] for call in calls if ("delay", 5) in call}
    assert late == {"active", "slim"}


def test_a_run_of_the_study_of_costs_is_a_run_of_the_chapter():
    settings = Settings(noise=0.4, delay=2, seed=1)
    _, course = open_stream(settings)
    learner = lesson.make_learner(RULES["slim"], settings, course)
    for batch in course.batches[1:]:
        learner.meet(batch)
    accuracy, spent = cost_study.measure("slim", "digits", 1, delay=2)
    assert accuracy == learner.accuracy(course.x_test, course.y_test) and spent > 0
