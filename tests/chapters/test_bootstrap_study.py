"""The study of bootstrapping beside what was published, and its sweeps on small data."""

import time

import pytest

from workbench.chapters.bootstrap import published_study, study, sweep_study
from workbench.chapters.bootstrap.frames import train
from workbench.chapters.bootstrap.knobs import BOX_LOSSES, Settings
from workbench.core.frames import last_numbers
from workbench.results.studies import find as find_study


def test_verdicts_read_the_published_table_as_the_paper_does():
    paper = {
        (level, loss): [value]
        for level, row in published_study.PUBLISHED.items()
        for loss, value in zip(published_study.PAPER, row, strict=True)
    }
    breaks, hard, soft, recon, half = published_study.verdicts(paper)
    assert "breaks at 0.42" in breaks and "the same" in breaks
    assert hard.endswith("yes.") and recon.endswith("yes.") and half.endswith("yes.")
    assert "best 0.674" in half
    assert [line.style for line in sweep_study.figure(paper).lines] == ["solid", "dashed"] * 4
    second = {
        (level, loss): [value[0] - 0.02 * (loss == "recon")]
        for (level, loss), value in paper.items()
    }
    assert published_study.verdicts(second)[3].endswith("no.")  # helps, but not most
    worse = {key: [0.5] for key in paper}
    assert published_study.verdicts(worse)[1].endswith("no.")


def test_verdicts_say_what_was_not_measured():
    one_level = {(0.3, loss): [1.0] for loss in published_study.PAPER}
    assert all("not measured" in sentence for sentence in published_study.verdicts(one_level))


def test_the_study_grows_by_levels_and_stops_at_its_budget(monkeypatch):
    monkeypatch.setattr(study, "LEAST_STEPS", 100)
    monkeypatch.setattr(study, "WIDTH", 16)
    monkeypatch.setattr(study, "cores", lambda device: 1)
    tables = list(find_study("bootstrap").reproduce("digits", 2, None, "cpu"))
    assert [len(table.rows) for table in tables] == [4 * n for n in range(1, 11)]
    assert tables[-1].rows[0][:2] == ("0.30", "cross-entropy")
    assert tables[-1].rows[-1][4] == "0.674"
    independent = {row[:2]: row[5] for row in tables[-1].rows}
    assert independent["0.46", "hard"] == "0.820" and independent["0.46", "recon"] == ""
    assert len(list(study.reproduce("digits", 2, 1e-6, "cpu"))) == 1


def test_a_sweep_has_a_band_over_seeds_for_every_loss():
    curves = sweep_study.sweep(levels=(0, 0.6), seeds=2, steps=100)
    assert [line.name for line in curves.lines] == list(sweep_study.BETAS)
    for line in curves.lines:
        assert (line.low <= line.y).all() and (line.y <= line.high).all() and line.y[0] > line.y[1]


def test_a_sweep_of_boxes_has_the_numbers_of_the_runs():
    curves = sweep_study.sweep_boxes(shares=(0.4, 1.0), seeds=2, steps=100, k=1)
    assert [line.name for line in curves.lines] == list(BOX_LOSSES)
    same = {"kind": "missing-boxes", "annotated": 0.4, "k": 1, "steps": 100}
    ends = last_numbers(train([Settings(seed=seed, **same) for seed in (0, 1)]))
    for line in curves.lines:
        values = [end[f"ap_{line.name}"] for end in ends]
        assert (line.low[0], line.high[0]) == (min(values), max(values)) and line.y[1] > line.y[0]


def test_a_sweep_has_the_numbers_of_the_runs():
    runs = sweep_study.cross(sweep_study.BETAS, [0.6], 2, steps=200)
    results = sweep_study.measure(runs, "cpu")
    (end,) = last_numbers(train([Settings(loss="hard", beta=0.6, noise=0.6, steps=200, seed=1)]))
    assert results[0.6, "hard"][1] == end["accuracy"]
    assert results[0.6, "cross-entropy"][1] == end["plain_accuracy"]


@pytest.mark.slow
def test_the_whole_sweep_takes_less_than_a_minute_of_one_core():
    start = time.process_time()
    sweep_study.sweep()
    assert time.process_time() - start < 60
