"""The studies of two learners: ours beside the paper's tables, and views by their dependence."""

import numpy as np
import pytest

from workbench.chapters.two_learners import study, views_study
from workbench.chapters.two_learners.frames import train
from workbench.chapters.two_learners.knobs import Settings
from workbench.core.frames import last_numbers
from workbench.results import studies


@pytest.fixture
def small(monkeypatch):
    """Both studies as short as they can be, in this process."""
    monkeypatch.setattr(study, "EPOCHS", 4)
    monkeypatch.setattr(study, "EPOCHS_JUDGED", 2)
    monkeypatch.setattr(views_study, "STEPS", 100)
    for module in (study, views_study):
        monkeypatch.setattr(module, "cores", lambda device: 1)


def test_the_published_numbers_are_those_of_the_papers_tables():
    """Typed a second time, line by line: Han et al. 2018, tables 4 and 8."""
    lines = {
        "pair 45 %": (56.52, 80.88, 66.74, 77.86, 87.63, 97.89, 69.47),
        "symmetric 50 %": (66.05, 90.05, 75.89, 82.00, 91.32, 98.62, 79.43),
        "symmetric 20 %": (94.05, 96.70, 94.94, 96.25, 97.25, 98.90, 99.39),
    }
    assert lines.keys() == study.NOISES.keys()
    for noise, numbers in lines.items():
        assert tuple(line.published(noise) for line in study.LINES) == numbers
    assert study.TAUS == (0.5, 0.75, 1.0, 1.25, 1.5)
    assert [line.tau for line in study.LINES] == [0, 1.0, *study.TAUS]


def test_the_set_up_is_what_the_study_says():
    assert (study.ITEMS, study.EPOCHS, study.EPOCHS_JUDGED) == (5_000, 20, 10)
    runs, members = study.members_of("pair 45 %", 3, "digits", 100)
    assert {(run.lr, run.ramp, run.width, run.noise, run.pattern) for run in runs} == {
        (0.001, 10, 64, 0.45, "pair")
    }
    assert [member.exchange for member in members] == [False] * 2 + [True] * 5
    taus = [0, 0.45, *(0.45 * tau for tau in study.TAUS)]
    assert [member.tau for member in members] == pytest.approx(taus)
    assert all(member.seed == 3 for member in members)


def test_the_table_grows_by_noise_and_seed_and_stops_at_its_budget(small):
    tables = list(study.reproduce("digits", 2, None, "cpu"))
    assert [len(table.rows) for table in tables] == [7, 14, 21, 21, 21, 21]
    last = tables[-1]
    assert [row[0] for row in last.rows[::7]] == list(study.NOISES)
    assert [row[1] for row in last.rows[:3]] == [
        "standard",
        "own picks, tau 1",
        "co-teaching, tau 0.5",
    ]
    assert last.rows[4][3] == "87.63" and "over 2 seeds" in last.caption
    assert len(list(study.reproduce("digits", 2, 1e-6, "cpu"))) == 1


def test_a_line_is_the_mean_of_the_last_epochs_of_the_run(small):
    _, numbers = study.train_lines("symmetric 50 %", 1, "digits", "cpu")
    line = study.Line("co-teaching", 1.25)
    run = Settings(kind="co-teaching", seeds=1, seed=1, tau=1.25, lr=0.001, steps=100, width=64)
    # of 100 steps at 11 an epoch, epochs end at 100 and 89 (counted from the last)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "workbench.chapters.two_learners.co_teaching.frames.schedule", lambda steps: {89, 100}
        )
        frames = [frame.scalars for (frame,) in train([run])]
    for ours, theirs in {"accuracy": "accuracy", "apart": "apart"}.items():
        expected = np.mean([scalars[theirs] for scalars in frames])
        assert numbers[line][ours] == pytest.approx(expected, abs=1e-12)


def test_a_test_set_larger_than_what_is_judged_is_cut(small, monkeypatch):
    _, whole = study.train_lines("pair 45 %", 0, "digits", "cpu")
    monkeypatch.setattr(study, "TEST_ITEMS", 50)
    _, few = study.train_lines("pair 45 %", 0, "digits", "cpu")
    for line, numbers in few.items():
        assert numbers["precision"] == whole[line]["precision"]
        assert round(numbers["accuracy"] * 200, 6) % 1 == 0  # two networks, two epochs, 50 items


def test_the_views_study_has_the_numbers_of_the_runs(small, monkeypatch):
    monkeypatch.setattr(views_study, "SPLITS", ("random", "in turn"))
    tables = list(views_study.reproduce("digits", 2, None, "cpu"))
    assert [len(table.rows) for table in tables] == list(range(1, 7))
    split, rho, supervised, alone, pair, ahead, wrong = tables[-1].rows[5]
    assert (split, rho) == ("in turn", "1")
    runs = [Settings(rho=1, split="in turn", seeds=1, seed=s, steps=100) for s in (0, 1)]
    ends = last_numbers(train(runs))
    for text, name in (
        (supervised, "supervised_accuracy"),
        (alone, "self_accuracy"),
        (pair, "accuracy"),
    ):
        errors = [100 - 100 * end[name] for end in ends]
        assert text == f"{np.mean(errors):.1f} +/- {np.std(errors):.1f}"
    differences = [100 * (end["accuracy"] - end["self_accuracy"]) for end in ends]
    assert ahead == f"{np.mean(differences):+.1f} +/- {np.std(differences):.1f}"
    assert float(wrong.split(" / ")[0]) == pytest.approx(
        100 * np.mean([end["wrong"] for end in ends]), abs=0.051
    )


@pytest.mark.parametrize("name", ["two-learners", "two-learners-views", "two-learners-digits"])
def test_tables_are_kept_in_the_folder_of_their_chapter(name):
    assert studies.folder_of(name) == studies.CHAPTERS / "two_learners" / "measured"
    assert studies.folder_of("rad-oracle") == studies.CHAPTERS / "rad" / "measured"
    assert studies.folder_of("clustering-mnist") == studies.CHAPTERS / "clustering" / "measured"
