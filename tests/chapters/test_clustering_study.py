"""The study: a line for each method, paired with its own pre-training, within its budget."""

import os
import time

import numpy as np
import pytest
import torch

from workbench.chapters.clustering import kl_study, starts_study, study
from workbench.chapters.clustering.frames import train
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.lesson import Stage
from workbench.chapters.clustering.points import all_labels
from workbench.core.frames import last_numbers
from workbench.data import DataError
from workbench.results.studies import find
from workbench.science import metrics
from workbench.science.side_by_side import side_by_side
from workbench.science.tensors import resident


@pytest.fixture
def quick(monkeypatch):
    """Every run is short, in this process alone; what was asked for is kept."""
    asked, real = [], study.Settings

    def settings(**knobs):
        asked.append(knobs)
        return real(**(knobs | {"steps": 100}))

    monkeypatch.setattr(study, "Settings", settings)
    monkeypatch.setattr(study, "cores", lambda device: 1)
    return asked


LINES = [
    *study.CLASSICAL,
    "autoencoder + K-Means",
    "DEC",
    "autoencoder + mixture",
    "VaDE",
    "autoencoder + mixture, full",
    "DAC",
    "VAE + mixture",
]


def test_each_method_gets_a_line(quick):
    (table,) = find("clustering").reproduce("digits", 1, None, "cpu")
    assert table.title == "Clustering of digits: 1 seed"
    assert [row[0] for row in table.rows] == LINES  # a single seed makes no ensemble
    assert "other data!" in table.columns[-1]
    assert "A seed took at most" in table.caption
    assert {knobs["seed"] for knobs in quick} == {0}
    assert all(Settings(**knobs) for knobs in quick)
    assert 75 < float(dict((row[0], row[1]) for row in table.rows)["K-Means on pixels"]) < 82
    assert "94.46" in dict((row[0], row[-1]) for row in table.rows)["VaDE"]


@pytest.fixture
def unlearnt(monkeypatch):
    """A seed takes no time; every method gets 0.5 and a tenth more a seed, and finds the truth."""

    def measure(data, seed, classical, plan, device):
        scores = {name: [0.5 + seed / 10] * 3 for name in LINES}
        return scores, {name: all_labels(resident(data)) for name in study.DEEP}, (60.0, 30.0)

    monkeypatch.setattr(study, "measure_seed", measure)
    monkeypatch.setattr(study, "cores", lambda device: 1)


def test_each_seed_gets_a_table_and_two_seeds_an_ensemble(unlearnt):
    first, second = study.reproduce("digits", 2, None, "cpu")
    assert (first.title[-6:], second.title[-7:]) == ("1 seed", "2 seeds")
    rows = {row[0]: row[1:] for row in second.rows}
    assert list(rows) == [*LINES, *study.ENSEMBLES.values()]
    assert rows["VaDE"][0] == "55.0 +- 5.0"
    assert rows[study.ENSEMBLES["DAC"]][:3] == ("100.0", "100.0", "100.0")
    assert "96.50" in rows[study.ENSEMBLES["DAC"]][-1]
    assert "1.0 minutes, and 0.5 of CPU" in second.caption


def test_a_budget_ends_it_before_a_seed_that_would_not_fit(unlearnt):
    (table,) = study.reproduce("digits", 5, 1e-9, "cpu")
    assert table.title == "Clustering of digits: 1 seed"


def slowly(seconds: float) -> tuple[float, int, int]:
    """Sleeps; says for how long, with how many threads, and in which process."""
    time.sleep(seconds)
    return seconds, torch.get_num_threads(), os.getpid()


@pytest.mark.parametrize("processes", (1, 2))
def test_tasks_are_done_side_by_side_with_a_thread_each(processes):
    done = list(side_by_side(slowly, [(0.2,), (0.1,), (0.0,), (0.05,)], processes))
    assert sorted(seconds for seconds, _, _ in done) == [0.0, 0.05, 0.1, 0.2]
    assert {threads for _, threads, _ in done} == {1}
    pids = {pid for _, _, pid in done}
    assert len(pids) <= processes and (os.getpid() in pids) == (processes == 1)


def test_a_task_begins_only_if_it_would_end_in_time():
    late = time.perf_counter() + 0.5
    done = list(side_by_side(slowly, [(0.3,), (0.0,), (0.0,)], 1, late))
    assert [seconds for seconds, _, _ in done] == [0.3]
    assert len(list(side_by_side(slowly, [(0.0,)] * 3, 1, late + 60))) == 3


def test_what_a_task_raises_is_raised():
    with pytest.raises(DataError, match="No such thing"):
        list(side_by_side(fails, [("No such thing",)], 1))


def fails(why: str):
    raise DataError(why)


def test_both_deep_methods_go_on_from_one_pre_training():
    knobs = {"data": "digits", "seed": 2, "steps": 100, "pretrain": 0.5}
    found = {name: numbers for name, numbers, _ in study.deep("cpu", **knobs)}
    assert found.keys() == study.DEEP.keys()
    for name, (_, kind) in study.DEEP.items():
        assert found[name] == study.outcome("cpu", kind=kind, **knobs)


@pytest.mark.parametrize("module", [study, starts_study, kl_study])
def test_pictures_without_labels_are_refused(module, tmp_path):
    np.savez(tmp_path / "bare.npz", x=np.random.default_rng(0).random((60, 4, 4), np.float32))
    with pytest.raises(DataError, match="no labels"):
        next(module.reproduce(str(tmp_path / "bare.npz"), 1, None, "cpu"))


def test_clusters_of_a_seed_are_those_that_its_score_counts():
    knobs = {"data": "digits", "seed": 2, "steps": 100, "pretrain": 0.5}
    y = all_labels(resident("digits"))
    for _, numbers, clusters in study.deep("cpu", **knobs):
        assert metrics.clustering_accuracy(y, clusters) == pytest.approx(numbers["acc"])


def test_ends_stand_against_starts_seed_by_seed(monkeypatch):
    monkeypatch.setattr(starts_study, "METHODS", {"VaDE": {"kind": "vade"}})
    monkeypatch.setattr(starts_study, "PRETRAINING", (60, 100))
    monkeypatch.setattr(starts_study, "CLUSTERING", 40)
    *_, table = starts_study.reproduce("digits", 2, None, "cpu")
    assert [row[:2] for row in table.rows] == [("VaDE", 60), ("VaDE", 100)]
    run = Settings(kind="vade", steps=140, pretrain=100 / 140, seed=1)
    end = last_numbers(train([run]))[0]
    start, last = (row.split()[1] for row in table.rows[1][2:4])
    assert (start, last) == (f"{100 * end['base_acc']:.1f}", f"{100 * end['acc']:.1f}")
    assert "VaDE end = " in table.caption


def test_the_line_of_end_on_start_is_least_squares():
    pairs = {("A", 1): [(0.2, 0.5), (0.4, 0.6)], ("A", 2): [(0.6, 0.7)]}
    (line,) = starts_study.lines(pairs)
    assert line == "A end = 60.0 + 0.50 (start - 40.0), correlation 1.00"


def test_the_rate_is_bought_and_paid_for_in_one_table(monkeypatch):
    monkeypatch.setattr(kl_study, "BETAS", (0.1, 8.0))
    monkeypatch.setattr(kl_study, "STEPS", 200)
    monkeypatch.setattr(kl_study, "ITERATIONS", 10)
    cheap, dear = (kl_study.measure("digits", b, range(1), "cpu", 200)[0] for b in (0.1, 8.0))
    assert cheap.rate > dear.rate > 0 and cheap.floor == dear.floor < cheap.prior
    *_, table = kl_study.reproduce("digits", 1, None, "cpu")
    assert [row[0] for row in table.rows] == ["0.1", "8"] and "1 seed" in table.title


def test_steps_are_fitted_into_the_time_there_is(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(study.time, "perf_counter", lambda: clock[0])

    def pre_train(setup, losses=None, gradient=None):
        assert setup.runs[0].before == study.STEPS_TIMED
        clock[0] += 0.05 * study.STEPS_TIMED
        yield Stage(1, setup.coder, None, [])

    monkeypatch.setattr(study, "pre_train", pre_train)
    plan = study.PLANS["large"]
    ours = study.fitted(plan, "digits", 300, "cpu")
    before = ours["pretrain"] * ours["steps"]
    cost = 0.05 * (2 * before + 3 * (ours["steps"] - before))  # and a VAE's pre-training
    assert 0.75 * 295 < cost < 0.85 * 295 and ours["pretrain"] == plan["pretrain"]
    assert study.fitted(plan, "digits", 1e5, "cpu") == plan
    assert study.fitted(plan, "digits", 1, "cpu")["steps"] == study.STEPS_TIMED
