"""The study of the next frame: whose errors stand in its table."""

import re

import pytest

from workbench.chapters.prednet import frames, study
from workbench.chapters.prednet.knobs import Settings


@pytest.fixture(scope="module")
def results():
    made = {}
    for seed in (0, 1):
        study.add_seed(made, "pictures", "cpu", seed=seed, steps=10)
    return made


def test_the_table_holds_the_errors_of_runs_of_the_page(results):
    *_, (end,) = frames.train([Settings(seed=0, steps=10)])
    for name, scalar in (("L_0", "ratio"), ("plain", "plain"), ("shift", "shift")):
        assert results["pictures", name][0] == pytest.approx(end.scalars[scalar], rel=1e-6)
    assert results["pictures", "copy"] == [1, 1]
    assert results["pictures", "L_all"] != results["pictures", "L_0"]


def test_the_table_tells_means_and_seeds_that_win(results, monkeypatch):
    monkeypatch.setattr(study, "MOTIONS", {"pictures": {}})
    results = results | {
        ("pictures", "L_0"): [0.4, 0.6],
        ("pictures", "L_all"): [0.3, 0.7],
        ("pictures", "plain"): [0.5, 0.8],
    }
    made = study.table(results, "digits")
    assert made.rows[0] == ("PredNet, L_0", "0.50 +- 0.10") and "2 seeds" in made.title
    assert "+0.000 (1 of 2)" in made.caption and "+0.150 (2 of 2)" in made.caption
    assert set(re.findall(r"0\.0\d{3}\d*", made.caption)) >= {"0.0171", "0.0183", "0.0212"}
