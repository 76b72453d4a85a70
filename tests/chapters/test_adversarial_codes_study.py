"""The study of codes with an adversary: its table, its budget, and what it refuses."""

import numpy as np
import pytest

from workbench.chapters.adversarial_codes import study
from workbench.data import DataError
from workbench.results import studies


def numbers(seed, data, device):
    """Every number of every game, told apart by game, name and seed."""
    names = {name for pair in study.PAIRS for name in pair[2:4]}
    values = {name: 0.5 for name in names} | {"fd": 1.0 + seed, "no_adversary_fd": 2.0}
    return {game: dict(values) for game in study.GAMES}


def test_the_table_holds_means_deviations_and_who_is_better(monkeypatch):
    assert studies.find("adversarial-codes") is study.STUDY and study.STUDY.seeds >= 5
    monkeypatch.setattr(study, "measure", numbers)
    first, second = study.reproduce("digits", 2, None, "cpu")
    assert len(second.rows) == len(study.PAIRS)
    assert second.rows[0][2:] == ("1.50 +- 0.50", "2.00 +- 0.00", "2 of 2")
    assert second.rows[2][2:] == ("1.50 +- 0.50", "0.50 +- 0.00", "0 of 2")
    assert first.title.endswith("1 seed") and second.title.endswith("2 seeds")


def test_the_numbers_it_compares_are_those_of_a_frame(monkeypatch):
    short = {game: knobs | {"steps": 100} for game, knobs in study.GAMES.items()}
    monkeypatch.setattr(study, "GAMES", short)
    ends = study.measure(0, "digits", "cpu")
    for pair in study.PAIRS:
        assert {pair.ours, pair.other} <= ends[pair.game].keys(), pair


def test_it_keeps_to_its_budget(monkeypatch):
    clock = iter(np.arange(0.0, 1e4, 10.0))
    monkeypatch.setattr(study.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(study, "measure", numbers)
    assert len(list(study.reproduce("digits", 9, 1, "cpu"))) == 1


def test_pictures_without_labels_are_refused(tmp_path):
    np.savez(tmp_path / "bare.npz", x=np.random.default_rng(0).random((40, 4, 4)))
    with pytest.raises(DataError, match="no labels"):
        next(study.reproduce(str(tmp_path / "bare.npz"), 1, None, "cpu"))
