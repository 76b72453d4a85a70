"""The study of expressions: gains are seed by seed, and one bad seed is enough for no verdict."""

from workbench.chapters.bootstrap import expressions_study
from workbench.chapters.bootstrap.published_study import PAPER


def test_a_loss_gains_where_every_seed_and_a_whole_point_say_so(monkeypatch):
    shares = {"cross-entropy": [0.2, 0.3], "hard": [0.25, 0.31], "soft": [0.3, 0.29], "recon": []}
    shares["recon"] = [0.201, 0.301]  # above in every seed, by a tenth of a point
    asked = []

    def measured(runs, device):
        asked.extend(runs)
        (noise,) = {run.noise for run in runs}
        return {(noise, loss): shares[loss] for loss in PAPER}

    monkeypatch.setattr(expressions_study, "measure", measured)
    *_, table = expressions_study.reproduce("expressions", 2, None, "cpu")
    assert {run.data for run in asked} == {"expressions"} and {run.seed for run in asked} == {0, 1}
    rows = {row[:2]: row[2:] for row in table.rows}
    assert rows["0%", "hard"] == ("28.0 +/- 3.0", "+3.0 +/- 2.0", "86.8")
    assert rows["30%", "cross-entropy"] == ("25.0 +/- 5.0", "", "")
    assert table.caption.endswith("Gains in every seed: hard at 0%, hard at 30%.")
