"""The study of multi-instance learning: its cells, its verdicts, and that it keeps to its time."""

import numpy as np
import pytest

from workbench.chapters.mil import encoder_study, real_study
from workbench.chapters.mil import study as mil
from workbench.chapters.mil.claims import measure
from workbench.chapters.mil.knobs import KINDS, Settings
from workbench.core.settings import SettingsError
from workbench.results import studies


def results(**means):
    """The same AUC at every size, for three seeds, by pooling: (few bags, many bags)."""
    given = dict.fromkeys(mil.POOLINGS, (0.6, 0.9)) | means
    return {
        (size, count, pooling): [given[pooling][count == 500]] * 3
        for size in mil.SIZES
        for count in (50, 500)
        for pooling in mil.POOLINGS
    }


PAPER = {"attention": (0.85, 0.98), "instance_mean": (0.7, 0.71), "instance_max": (0.55, 0.98)}
PAPER = {name.replace("_", "-"): pair for name, pair in PAPER.items()}


def test_the_study_is_found_and_every_cell_is_asked_for_once():
    study = studies.find("mil")
    assert study.question.endswith("?") and study.seeds >= 5 and study.data in ("mnist", "digits")
    cells = mil.cases()
    assert (
        len(cells) == len(set(cells)) == len(mil.COUNTS) * (len(mil.SIZES) * len(mil.POOLINGS) + 1)
    )
    assert {count for _, count, _ in cells} == set(mil.COUNTS)


def test_a_table_of_the_papers_shape_gets_three_times_yes():
    for sentence in mil.verdicts(results(**PAPER)):
        assert sentence.count(": yes") == 3, sentence


@pytest.mark.parametrize(
    "change, lost",
    [
        ({"instance-mean": (0.7, 0.9)}, "instance-mean stuck"),
        ({"instance-max": (0.84, 0.98)}, "instance-max late"),
        ({"instance-max": (0.55, 0.80)}, "instance-max late"),
        ({"max": (0.9, 0.98)}, "attention first"),
    ],
)
def test_a_trait_that_is_not_there_gets_a_no(change, lost):
    for sentence in mil.verdicts(results(**(PAPER | change))):
        (no,) = (part for part in sentence.split(";") if part.rstrip(".").endswith("no"))
        assert lost in no


def test_one_published_number_stands_beside_its_cell():
    table = mil.table(results(), "digits", 3)
    beside = {row[:2]: row[-1] for row in table.rows if row[-1]}
    assert beside == {(10, "attention"): "0.768 (public loader 0.898)"}
    assert table.columns[2:4] == ("50", "500") and table.rows[0][2] == "0.600 +/- 0.00"


def test_a_table_says_which_cells_are_empty():
    full = {case: [0.5] * 3 for case in mil.cases()}
    assert "empty" not in mil.table(full, "digits", 3).caption
    few = {case: auc for case, auc in full.items() if case[0] == 10 or case[1] == 50}
    caption = mil.table(few, "digits", 3).caption
    assert f"{len(full) - len(few)} of {len(full)} cells, of size 50 and 100," in caption


def test_time_is_kept_and_something_is_always_shown(monkeypatch):
    monkeypatch.setattr(mil, "measure", lambda *a: [0.5] * 3)
    tick = iter(np.arange(0, 1e6, 1.0))
    monkeypatch.setattr(mil.time, "monotonic", lambda: next(tick))
    assert 1 <= len(list(mil.reproduce("digits", 3, 0.5, "cpu"))) <= 2
    assert len(list(mil.reproduce("digits", 3, None, "cpu"))) == len(mil.cases())
    few = list(mil.reproduce("digits", 3, 5.0, "cpu"))
    assert 5 <= len(few) <= 7 and "not measured" in few[-1].caption


def test_a_cell_is_the_end_of_runs_of_the_chapter():
    aucs = mil.measure((5, 20, "attention"), "digits", 2, steps=50)
    ends = measure({"seed": 0}, {"seed": 1}, size=5, bags=20, steps=50, exact=False)
    assert aucs == [end["auc"] for end in ends]


def test_the_figure_has_a_band_for_every_pooling():
    spread = {case: [auc - 0.1, auc, auc + 0.04] for case, (auc, *_) in results(**PAPER).items()}
    figure = mil.figure(spread, 10)
    assert [line.name for line in figure.lines] == list(mil.POOLINGS)
    for line in figure.lines:
        assert line.x.tolist() == [50, 500]
        np.testing.assert_allclose(line.y - line.low, 0.08)
        np.testing.assert_allclose(line.high - line.y, 0.06)


# --- bags that exist, and encoders


def test_real_bags_have_a_row_for_every_pooling_and_share():
    cells = real_study.cases(["musk1"])
    assert len(cells) == len(set(cells)) == len(KINDS) + 3
    ends = {case: [{"auc": 0.8}, {"auc": 0.6}] for case in cells}
    table = real_study.table(ends, 2)
    assert table.rows[0] == ("musk1", "0%", KINDS[0], "0.700 +/- 0.10", "")
    assert [row[1] for row in table.rows].count("20%") == 3


def test_real_bags_that_are_absent_are_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    with pytest.raises(SettingsError, match="lies in the data folder"):
        next(real_study.reproduce("all", 1, None, "cpu"))


def test_encoders_stand_beside_what_they_cost_and_what_was_published():
    table = encoder_study.table({"perceptron": [(0.7, 1.0), (0.8, 3.0)], "LeNet-5": []}, "mnist")
    assert table.rows == (("perceptron", "14 x 14", 2, "0.750 +/- 0.05", "2.0"),)
    assert "0.768" in table.caption and "issue 14" in table.caption


def test_encoders_are_measured_on_the_papers_bags():
    run = Settings(**encoder_study.KNOBS)
    assert (run.exact, run.size, run.bags, run.spread) == (False, 10, 50, 0.2)
    assert run.rule == "one" and run.balanced and not run.wrong and run.pooling == "attention"
