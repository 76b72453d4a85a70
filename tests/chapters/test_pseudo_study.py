"""The study of pseudo-labels: its table, its verdicts and its budget."""

import numpy as np
import pytest

from workbench.chapters.pseudo import evaluation, study
from workbench.chapters.pseudo.frames import train
from workbench.chapters.pseudo.knobs import Settings
from workbench.core.frames import last_numbers
from workbench.results import studies
from workbench.science.compute import one_thread


@pytest.fixture(autouse=True)
def same_threads():
    with one_thread():
        yield


def fake_end(run):
    """Numbers that tell which run they are of."""
    error = 0.5 - 0.1 * run.mixup + 0.01 * run.seed + 0.02 * run.balance
    if run.kind == "pseudo-label":
        error = 0.4 + run.jitter
    names = ("supervised_", "mixup_", "naive_")
    rest = {f"{name}{number}": 0.5 for name in names for number in ("accuracy", "ece")}
    return {"accuracy": 1 - error, "ece": 0.25} | rest


def test_the_table_holds_means_deviations_and_verdicts(monkeypatch):
    assert studies.find("pseudo") is study.STUDY and study.STUDY.seeds >= 5
    monkeypatch.setattr(study, "train_to_end", lambda runs, device: list(map(fake_end, runs)))
    first, second = study.reproduce("digits", 2, None, "cpu")
    rows = {row[0]: row[1:] for row in second.rows}
    assert set(rows) == {*study.BESIDE, *study.HARD, *study.PARTS}
    assert rows["labels alone"] == ("50.0 +- 0.0", "0.500") * 3
    assert rows["memory + mixup"] == ("40.5 +- 0.5", "0.250") * 3
    assert rows["Pseudo-Label, jitter 0.3"][0] == "70.0 +- 0.0"
    assert "Pseudo-Label +10.0 (2 of 2)" in second.caption
    assert "with jitter -20.0 (0 of 2)" in second.caption
    assert "all parts +7.5 (2 of 2)" in second.caption
    assert "1 seed" in first.title and "2 seeds" in second.title


def test_it_keeps_to_its_budget(monkeypatch):
    clock = iter(np.arange(0.0, 1e4, 10.0))
    monkeypatch.setattr(study.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(study, "train_to_end", lambda runs, device: list(map(fake_end, runs)))
    assert len(list(study.reproduce("digits", 9, 1, "cpu"))) == 1


def test_a_study_measures_what_a_frame_shows():
    for kind in ("pseudo-label", "mixup-memory"):
        run = Settings(kind=kind, steps=100, start=0.3)
        (short,) = evaluation.train_to_end([run])
        (shown,) = last_numbers(train([run]))
        assert {name: shown[name] for name in ("accuracy", "ece", "guessed", "sure_wrong")} == {
            name: short[name] for name in ("accuracy", "ece", "guessed", "sure_wrong")
        }
        early, frame = (n["still_wrong"] + n["repaired"] for n in (short, shown))
        assert early == pytest.approx(frame, abs=0.05)
