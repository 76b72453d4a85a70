"""The study: a line for each method, paired with its own pre-training, within its budget."""

import numpy as np
import pytest

from workbench.chapters.clustering import Settings
from workbench.data import DataError
from workbench.studies import clustering as study
from workbench.studies import find


@pytest.fixture
def quick(monkeypatch):
    """Every run is short; what was asked for is kept."""
    asked, real = [], study.outcome

    def outcome(device, **knobs):
        asked.append(knobs)
        return real(device, **(knobs | {"steps": 100}))

    monkeypatch.setattr(study, "outcome", outcome)
    return asked


def test_each_method_gets_a_line_that_grows_with_the_seeds(quick):
    tables = list(find("clustering").reproduce("digits", 2, None, "cpu"))
    assert len(tables) == 2 * 6
    names = [row[0] for row in tables[-1].rows]
    assert names == [*study.CLASSICAL, "autoencoder + K-Means", "DEC",
                     "autoencoder + mixture", "VaDE"]  # fmt: skip
    assert tables[-1].title == "Clustering of digits: 2 seeds"
    assert "other data!" in tables[-1].columns[-1]
    assert {knobs["seed"] for knobs in quick} == {0, 1}
    assert all(Settings(**knobs) for knobs in quick)
    score = dict((row[0], row[1]) for row in tables[-1].rows)["K-Means on pixels"]
    assert 75 < float(score.split(" +- ")[0]) < 82
    assert "94.46" in dict((row[0], row[-1]) for row in tables[-1].rows)["VaDE"]


def test_a_budget_ends_it_after_the_first_run(quick):
    tables = list(study.reproduce("digits", 5, 1e-9, "cpu"))
    assert len(tables) == 1 and len(tables[0].rows) == 1


def test_pictures_without_labels_are_refused(tmp_path):
    np.savez(tmp_path / "bare.npz", x=np.random.default_rng(0).random((60, 4, 4), np.float32))
    with pytest.raises(DataError, match="no labels"):
        next(study.reproduce(str(tmp_path / "bare.npz"), 1, None, "cpu"))


def test_steps_are_fitted_into_the_time_there_is(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(study.time, "perf_counter", lambda: clock[0])

    def arrivals(device, steps, **knobs):
        """Forty frames; first clusters take 9 seconds or 3, each step a tenth of one."""
        waits = [0.0025 * steps] * 40
        waits[12] += 9 if steps == 100 else 3
        waits[39] += 2
        clock[0] += sum(waits)
        return list(np.cumsum(waits))

    monkeypatch.setattr(study, "arrivals", arrivals)
    steps = study.fitting("mnist", 1200, "cpu")
    share = (1200 - clock[0]) / 2
    assert steps.keys() == {"dec", "vade"}
    for count in steps.values():
        assert 0.8 * share < 0.1 * count + 5 < 0.95 * share
    assert set(study.fitting("mnist", 90, "cpu").values()) == {100}
