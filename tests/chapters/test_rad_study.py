"""The studies of RAD: their lines, their verdicts, and that they stop when time is up."""

import numpy as np
import pytest
from doubles import one_run

from workbench.chapters.rad import oracle_study as rad_oracle
from workbench.chapters.rad import study as rad
from workbench.core.settings import SettingsError
from workbench.data import tables
from workbench.results import studies


def test_both_studies_are_found():
    assert {"rad", "rad-oracle"} <= set(studies.NAMES)
    for name in ("rad", "rad-oracle"):
        study = studies.find(name)
        assert study.name == name and study.question.endswith("?") and study.seeds >= 5


def test_verdicts_compare_gains():
    headline = rad.Headline(98, 11, "x")
    verdicts = [rad.verdict(gain, headline) for gain in (11.0, 10.9, 1.0, 0.9, -3)]
    assert verdicts == ["+11 met", "+11 smaller", "+11 smaller", "+11 none", "+11 none"]


def test_the_headlines_are_those_of_the_dossier():
    numbers = {(h.accuracy, h.gain) for each in rad.HEADLINES.values() for h in each}
    assert numbers == {(98, 11), (83, 20), (84, 20), (74, 28), (98.95, 7), (85.03, 14), (77.51, 39)}


def test_the_table_holds_means_gains_and_verdicts(monkeypatch):
    given = iter([0.9, 0.8])

    def measure(case, seed):
        rad_accuracy = next(given)
        return dict.fromkeys(rad.VARIANTS, 0.7) | {"rad": rad_accuracy, "memorised": 1.0}

    monkeypatch.setattr(rad, "measure", measure)
    monkeypatch.setattr(rad, "cases", lambda data: [rad.Case("iot", "decision tree", 0.4)])
    *_, last = rad.reproduce("iot", 2, None)
    row = dict(zip(last.columns, last.rows[0], strict=True))
    assert row["RAD"] == "85.0" and row["No-Sel"] == "70.0" and row["seeds"] == 2
    assert row["best gain"] == "RAD +15.0 +/- 5.0" and row["memorised"] == "100%"
    assert row["verdict on the gain"] == "+11 met; +11 met; +7 met"


@pytest.mark.parametrize("study", [rad, rad_oracle])
def test_time_is_kept_and_something_is_always_shown(study, monkeypatch):
    fake = {**dict.fromkeys(rad.VARIANTS, 0.5), "memorised": 0.0}
    monkeypatch.setattr(study, "measure", lambda *a: fake if study is rad else 0.5)
    tick = iter(np.arange(0, 1e6, 1.0))
    monkeypatch.setattr(study.time, "monotonic", lambda: next(tick))
    grown = list(study.reproduce("digits", 5, 30.0))
    assert 1 <= len(grown) <= 31 and grown[-1].rows


def test_a_run_of_the_oracle_study_is_a_run_of_the_chapter():
    from workbench.chapters.rad.frames import train
    from workbench.chapters.rad.knobs import Settings
    from workbench.science.compute import one_thread

    with one_thread():
        *_, frame = one_run(train, Settings(noise=0.4, budget=2, seed=3))
        for rule in ("active", "slim"):
            assert rad_oracle.measure(rule, "digits", 0.4, 2, 3) == frame.scalars[rule]


@pytest.mark.parametrize("study", [rad, rad_oracle])
def test_unknown_data_are_refused_with_those_there_are(study):
    with pytest.raises(SettingsError, match="iot"):
        next(study.reproduce("mnist-of-mine", 1, None))


def test_streams_that_are_not_there_are_left_out(monkeypatch):
    monkeypatch.setattr(tables, "names", lambda: ("iot", "cluster"))
    assert {case.stream for case in rad.cases("all")} == {"iot", "cluster", "digits"}
