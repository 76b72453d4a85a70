"""The study of remedies: its table, its verdict and its budget."""

import numpy as np

from workbench.chapters.gan import study
from workbench.results import studies


def fake_end(run):
    """Numbers that tell which run they are of."""
    modes = 8.0 * (run.ratio == 1) + run.seed
    return {"modes": modes, "frechet": 1 - run.r1 + run.seed / 10, "classes": 9.0, "recall": 0.5}


def play(runs, device):
    return [fake_end(run) for run in runs]


def test_the_table_holds_means_deviations_rivals_and_a_verdict(monkeypatch):
    assert studies.find("gan") is study.STUDY and study.STUDY.seeds >= 5
    monkeypatch.setattr(study, "play_to_end", play)
    first, second = study.reproduce("digits", 2, None, "cpu")
    rows = {row[0]: row[1:] for row in second.rows}
    assert list(rows) == [*study.REMEDIES, *study.RIVALS]
    assert rows["nothing"][:3] == ("8.5 +- 0.5", "0.5 +- 0.5", "0.5 +- 0.5")
    assert rows["R1, gamma 0.3"][3:] == ("0.75 +- 0.05", "9.0 +- 0.0", "0.50 +- 0.00")
    assert "in 2 of 2 seeds" in second.caption and "1 seed" in first.title
    assert float(rows["ten Gaussians"][3]) < float(rows["one Gaussian"][3])


def test_it_keeps_to_its_budget(monkeypatch):
    clock = iter(np.arange(0.0, 1e4, 10.0))
    monkeypatch.setattr(study.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(study, "play_to_end", play)
    assert len(list(study.reproduce("digits", 9, 1, "cpu"))) == 1
