"""The study of the jigsaw on larger pictures: labels by the class, rows, and its verdict."""

import pytest

from workbench.chapters.selfsup import jigsaw_study
from workbench.chapters.selfsup.knobs import Settings
from workbench.results import studies


@pytest.mark.slow  # five CPU seconds
def test_probes_see_labels_of_every_class(monkeypatch):
    asked, exam = [], jigsaw_study.Exam

    def watched(run, album, task):
        asked.append(run.labels)
        return exam(run, album, task)

    monkeypatch.setattr(jigsaw_study, "Exam", watched)
    run = Settings(data="digits", kind="jigsaw", steps=60)
    ends = jigsaw_study.measure(run, "cpu")
    assert asked == [50, 100] and list(ends) == [5, 10]
    assert ends[10]["probe_raw"] > ends[5]["probe_raw"] > 0.5


def test_rows_say_what_is_gained_over_random_weights():
    even = {"accuracy": 0.4, "probe_pretext": 0.3, "probe_random": 0.2}
    table = jigsaw_study.table({("jigsaw", 5): [even] * 5, ("rotation", 5): [even] * 2}, "x")
    first = ("jigsaw", 5, 5, "0.400", "0.300", "0.200", "+0.100 +/- 0.000")
    assert table.rows[0] == (*first, "better than random")
    assert table.rows[1][-1] == "too few seeds"


def test_its_puzzle_has_nine_tiles_in_a_hundred_orders():
    run = Settings(**jigsaw_study.CASES["jigsaw"])
    assert (run.side, run.orders, run.gap, run.normalise) == (3, 100, True, True)
    assert studies.find("selfsup-jigsaw").data == "caltech20"
