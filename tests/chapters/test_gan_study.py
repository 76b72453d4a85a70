"""The studies of remedies and of holes: their tables, their verdicts and their budgets."""

import numpy as np

from workbench.chapters.gan import hole_study, inpaint, study
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


# --- holes


def fill(outcomes, data, seed):
    """The generator has the lower PSNR and keeps more classes."""
    for hole in hole_study.HOLES:
        for filler, numbers in (
            (hole_study.GENERATOR, (10.0 + seed, 0.9, 0.5)),
            (hole_study.ENCODER, (13.0, 0.8, 0.4)),
            (hole_study.TRUE, (99.0, 1.0, 0.1)),
        ):
            outcomes[hole, filler].append(numbers)


def test_holes_are_judged_by_three_measures_and_marked_where_published(monkeypatch):
    assert studies.find("gan-holes") is hole_study.STUDY and hole_study.STUDY.seeds >= 5
    monkeypatch.setattr(hole_study, "add_seed", fill)
    _, second = hole_study.reproduce("digits", 2, None, "cpu")
    rows = {row[:2]: row[2:] for row in second.rows}
    own = ("10.5 +- 0.5", "90 +- 0", "0.50 +- 0.00")
    assert rows["centre", hole_study.GENERATOR] == (*own, "19.4 (from memory)")
    assert rows["right half", hole_study.GENERATOR] == (*own, "")
    assert rows["centre", hole_study.TRUE][0] == "-"
    assert "In 4 trials" in second.caption
    assert "0 times by PSNR, 4 by classes and 0 by Frechet" in second.caption
    clock = iter(np.arange(0.0, 1e4, 10.0))
    monkeypatch.setattr(hole_study.time, "monotonic", lambda: next(clock))
    assert len(list(hole_study.reproduce("digits", 9, 1, "cpu"))) == 1


def test_a_seed_fills_every_hole_by_every_means(monkeypatch):
    monkeypatch.setattr(hole_study, "STEPS", {"small": 100})
    monkeypatch.setattr(hole_study, "PICTURES", 10)
    for name in ("SEARCH_STEPS", "FILLER_STEPS"):
        monkeypatch.setattr(inpaint, name, 2)
    outcomes = hole_study.defaultdict(list)
    hole_study.add_seed(outcomes, "digits", 3)
    fillers = {filler for _, filler in outcomes}
    others = {"nearest picture", "mean picture"}
    ours = {hole_study.GENERATOR, hole_study.MEAN, hole_study.ENCODER, hole_study.TRUE}
    assert fillers == ours | others and len(outcomes) == 2 * len(fillers)
    _, kept, _ = outcomes["centre", hole_study.TRUE][0]
    assert kept == 1
