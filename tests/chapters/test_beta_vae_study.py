"""The study of disentanglement: its rows, its verdict, and which pictures it takes."""

import numpy as np
import pytest

from workbench.chapters.beta_vae import study
from workbench.data import DataError
from workbench.results import studies
from workbench.science.tensors import resident


def results(**gains):
    """Two seeds of every row: 0.3 everywhere, and at beta 4 this much more of a metric."""
    even = dict.fromkeys(study.SCORES, 0.3)
    dear = even | {metric: 0.3 + gain for metric, gain in gains.items()}
    rows = {name: [even, even] for name in study.ROWS}
    return rows | {"beta 4": [dear, even]}


def test_the_verdict_counts_the_seeds_of_a_gain():
    sentence = study.verdict(results(MIG=0.2, SAP=-0.1))
    assert "MIG +0.10 (1 of 2)" in sentence and "SAP -0.05 (0 of 2)" in sentence


def test_every_row_stands_in_the_table_beside_its_metrics():
    table = study.table(results(), resident("sprites"))
    assert [row[0] for row in table.rows] == list(study.ROWS)
    assert table.columns == ("code", *study.SCORES) and table.rows[0][1] == "0.30 +/- 0.00"


def test_scores_are_those_of_the_page():
    rng = np.random.default_rng(0)
    factors = rng.integers(4, size=(600, 5))
    perfect = study.score(factors.astype(float), factors, 0)
    noise = study.score(rng.normal(size=(600, 5)), factors, 0)
    assert list(perfect) == list(study.SCORES)
    assert min(perfect.values()) > 0.85 and max(noise.values()) < 0.45


def test_pictures_without_factors_are_refused():
    with pytest.raises(DataError, match="Nobody knows the factors of digits"):
        next(study.reproduce("digits", 1, None, "cpu"))


def test_codes_of_every_row_are_those_of_the_same_pictures(monkeypatch):
    monkeypatch.setattr(study, "STEPS", 100)
    monkeypatch.setattr(study, "JUDGED", 50)
    codes = study.learn_codes(resident("sprites"), "sprites", 0, "cpu")
    assert sorted(codes) == sorted(study.ROWS)
    assert {code.shape for code in codes.values()} == {(50, study.DIMENSIONS)}
    assert studies.find("beta-vae") is study.STUDY
