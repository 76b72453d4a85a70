"""What `workbench bake --tasks` writes, and what `workbench tasks --check` finds."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from doubles import Changed

from workbench.chapters import NAMES, find
from workbench.cli.main import main
from workbench.core.frames import Frame
from workbench.core.lesson import Bound, Goal, Lesson, Outcome, Pick, Range, Task
from workbench.results import task_baking, task_checks
from workbench.results.kept import NUMBERS, PICTURES, Measured, kept, read
from workbench.results.task_baking import Trainer, bake, states_shown

NAME = "beta-vae"
PRICED = Task(
    id="priced",
    title="Priced",
    ask="From {before}?",
    preset={"beta": 4, "steps": 100},
    before={"beta": 0, "steps": 100},
    measure="rate",
    predict=Range(0, 40, 1, 0.5),
    covered=("latents",),
    why="",
    fails="",
)
LESSON = Lesson(
    main="reconstructions",
    beside=("rates", "Distortion and rate"),
    diagram=("picture", "{active} latents"),
    knob="beta",
    values=(0, 16),
    track="rate",
    numbers=("elbo",),
    tasks=(PRICED,),
)
CHAPTER = Changed(find(NAME), teaching=LESSON)


@pytest.fixture
def short_track(monkeypatch):
    """Every state of the lesson with few steps, as a test has no time for more."""
    monkeypatch.setenv("WORKBENCH_STORE", "off")
    whole = task_baking.seeds_of
    few = {"steps": 100}
    monkeypatch.setattr(task_baking, "seeds_of", lambda c, knobs: whole(c, {**knobs, **few}))


def test_what_is_baked_is_read_again(tmp_path, short_track):
    size = bake(CHAPTER, folder=tmp_path)
    assert size == sum(path.stat().st_size for path in tmp_path.iterdir())
    lesson = read(NAME, tmp_path)
    assert lesson.track.values == (0, 16) and set(lesson.track.numbers) == {
        "rate",
        "elbo",
        "active",
    }
    cheap, dear = (np.mean(row) for row in lesson.track.numbers["rate"])
    assert cheap > dear
    measured = lesson.values("beta-vae/priced")
    assert len(measured.values) == len(measured.before) == 5 and measured.seconds > 0
    assert np.mean(measured.before) > np.mean(measured.values)
    frame = lesson.frame(find(NAME).Settings(**PRICED.preset))
    assert set(frame.pictures) == {"reconstructions", "rates", "Distortion and rate", "latents"}
    assert frame.scalars["rate"] == pytest.approx(measured.values[0], rel=1e-3)  # four digits
    text = (tmp_path / NUMBERS).read_text()
    assert max(map(len, text.splitlines())) < 300 and text.count("\n") < 40
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    bake(CHAPTER, folder=tmp_path)
    assert (tmp_path / PICTURES).read_bytes() == before[PICTURES]
    again = json.loads((tmp_path / NUMBERS).read_text())
    assert again["track"] == json.loads(before[NUMBERS])["track"]


@pytest.mark.parametrize("name", NAMES)
def test_a_frame_is_kept_of_every_value_every_choice_and_every_start_of_a_task(name):
    chapter = find(name)
    lesson, knobs = chapter.teaching, chapter.Settings.knobs()
    states = [{lesson.knob: value} for value in lesson.values if lesson.knob]
    states += [{menu: choice} for menu in lesson.front for choice in knobs[menu].choices]
    states += [task.preset for task in lesson.tasks]
    wanted = {chapter.Settings(**state) for state in states}
    assert wanted <= set(kept(name).states)
    assert kept(name).states == tuple(chapter.Settings(**state) for state in states_shown(chapter))
    frames = [kept(name).frame(state) for state in kept(name).states]
    assert all(frame is not None and frame.pictures for frame in frames)


def test_too_much_to_keep_is_refused_in_one_sentence(tmp_path, short_track, monkeypatch):
    monkeypatch.setattr(task_baking, "MOST_BYTES", 1000)
    with pytest.raises(ValueError, match="1000 are the most: cover fewer"):
        bake(CHAPTER, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def fake(number):
    """A training whose runs all end with this number of latents in use."""

    def train(_chapter, runs):
        return [[Frame(1, 1, {"active": number(run), "rate": 1.0})] for run in runs]

    return train


GOAL = Goal(
    knobs=("beta",),
    bounds=(Bound("active", 3, 3),),
    hints=("", "", ""),
    solution={"beta": 2},
    near_misses=({"beta": 1}, {"beta": 4}),
)
SOLVED = replace(PRICED, predict=None, goal=GOAL, before=None, measure="active")


def test_a_solution_that_fails_and_a_near_miss_that_passes_are_named():
    right = fake(lambda run: 3.0 if run.beta == 2 else 5.0)
    assert list(task_checks.find_goal_faults(CHAPTER, SOLVED, right)) == []
    always, never = fake(lambda _: 3.0), fake(lambda run: 3.0 if run.seed else 4.0)
    near = list(task_checks.find_goal_faults(CHAPTER, SOLVED, always))
    assert len(near) == 2 and "The near miss {'beta': 1} of beta-vae/priced passes" in near[0]
    (fault,) = task_checks.find_goal_faults(CHAPTER, SOLVED, never)
    assert fault.startswith("The solution of beta-vae/priced does not pass. Seed 0: 4 latents")


def test_kept_numbers_that_the_code_does_not_give_are_named(monkeypatch):
    old = Measured((3.0, 3.1, 2.9, 3.0, 3.0))
    monkeypatch.setattr(
        task_checks, "kept", lambda _: type("K", (), {"values": lambda _self, _id: old})()
    )
    assert list(task_checks.find_kept_faults(CHAPTER, SOLVED, fake(lambda _: 3.1))) == []
    (fault,) = task_checks.find_kept_faults(CHAPTER, SOLVED, fake(lambda _: 3.4))
    assert "3 are kept and 3.4 are measured" in fault and "workbench bake --tasks" in fault
    old = None
    (fault,) = task_checks.find_kept_faults(CHAPTER, SOLVED, fake(lambda _: 3.4))
    assert fault.startswith("Nothing is kept for beta-vae/priced")


def test_a_choice_on_which_the_seeds_disagree_is_named(monkeypatch):
    pick = Pick((Outcome("Few.", "", high=3), Outcome("Many.", "", low=3)))
    values = [(2, 2, 2, 2, 3.5), (2, 2, 2, 3.5, 3.5)]
    faults = []
    for each in values:
        kept = type("K", (), {"values": lambda _self, _id, each=each: Measured(each)})()
        monkeypatch.setattr(task_checks, "kept", lambda _, kept=kept: kept)
        task = replace(SOLVED, predict=pick)
        faults.append(list(task_checks.find_outcome_faults(CHAPTER, task)))
    assert faults[0] == [] and "2 of five seeds come out otherwise" in faults[1][0]


def test_a_state_is_trained_once_and_taken_from_the_store():
    trained = []

    class Store(dict):
        def get(self, name, run):
            return super().get(run)

        def put(self, name, run, frames):
            trained.append(run)
            self[run] = frames

    store = Store()
    runs = [find(NAME).Settings(steps=100, seed=seed) for seed in (0, 1)]
    first = Trainer(find(NAME), store=store)
    assert len(first.train(find(NAME), runs)) == 2 and trained == runs
    assert first.train(find(NAME), runs[:1])[0][-1].step == 100
    Trainer(find(NAME), store=store).train(find(NAME), runs)
    assert trained == runs


def test_the_command_lists_tasks_and_refuses_what_there_is_not():
    listed = CliRunner().invoke(main, ["tasks", "beta-vae"])
    assert listed.exit_code == 0 and "beta-vae/silent" in listed.output and " min " in listed.output
    for line in ("tasks nope", "bake --tasks nope"):
        refused = CliRunner().invoke(main, line.split())
        assert refused.exit_code == 2 and refused.output.startswith("Error: There is no chapter")
