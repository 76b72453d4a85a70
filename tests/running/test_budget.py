"""A run's budget is CPU time: it asks when that is spent, and goes on to the bit."""

import time

import pytest
from doubles import NAME, PATIENCE, Changed, Fake, one_played, plain, short, until

from workbench.chapters import NAMES, find
from workbench.running import budget, faults
from workbench.running.patience import cpu_seconds
from workbench.running.players import Here, Place
from workbench.running.process import Process
from workbench.running.run import RunFailed
from workbench.running.runner import Runner

STEPS = 300  # of the runs here; the chapter's default takes 100 where `early` says so


@pytest.fixture
def runner():
    """A Runner with eight places in one process, of which two may be held by halted runs."""
    process = Process("cpu", "sweeps")
    made = Runner([Place("cpu", "all", process) for _ in range(8)])
    yield made
    made.close()


@pytest.fixture
def early(monkeypatch):
    """A chapter whose default run has 100 steps, so that short runs have a budget, too."""
    default = find(NAME).Settings(steps=100)
    monkeypatch.setattr(budget, "find", lambda name: Changed(find(name), Settings=lambda: default))


def wanted(seed=0, steps=STEPS):
    return find(NAME).Settings(steps=steps, seed=seed)


def halted(runner, seed=0):
    """A run that has spent its budget, which is next to nothing."""
    runner.budget = 1e-9
    run = runner.open(NAME, wanted(seed), "me")
    until(lambda: run.status == "halted")
    return run


def test_a_run_that_goes_on_equals_one_that_was_never_cut(runner, early):
    run, pauses = halted(runner), 0
    assert 100 <= run.frames[-1].step < STEPS and not run.live and not run.ended.is_set()
    assert "Continue goes on from this step" in run.error
    while run.status == "halted":
        before, pauses = len(run.frames), pauses + 1
        assert runner.go_on(run, "me") is run
        until(lambda before=before: len(run.frames) > before and not run.live)
    assert run.status == "done" and pauses > 1 and run.error == ""
    assert plain(tuple(run.frames)) == plain(tuple(one_played(Here("cpu"), *run.key)))


def test_a_halted_run_takes_no_turn_from_the_others(runner, early):
    run = halted(runner)
    frames = len(run.frames)
    runner.budget = None
    other = runner.open(NAME, wanted(1), "you").wait(PATIENCE)
    assert other.status == "done" and len(run.frames) == frames
    assert runner.in_turn_with(run) == 0


@pytest.mark.parametrize("name", NAMES)
def test_no_chapters_default_run_is_cut_off(name):
    """Whatever it costs: a longer one is cut, but not before it has taken the default's steps."""
    default = find(name).Settings()
    longer = default.replace(steps=default.knobs()["steps"].high)
    runner = Runner([Fake(length=40)], budget=-1.0)  # which is spent at once
    run, cut = (runner.open(name, settings, "me") for settings in (default, longer))
    assert run.wait(PATIENCE).status == "done"
    assert cut.ended.wait(PATIENCE) and cut.status == "abandoned"
    assert default.steps <= longer.steps * cut.frames[-1].step / 40 < longer.steps
    runner.close()


def test_time_is_not_counted_while_a_process_sleeps(runner, early, monkeypatch):
    monkeypatch.setenv(faults.SWITCH, "slow@1")
    slow = Process("cpu", "sweeps")
    sleepy = Runner([Place("cpu", "all", slow)])
    began = time.monotonic()
    run = sleepy.open(NAME, wanted(), "me")
    until(lambda: len(run.frames) > 8)
    spent = run.player.spent()
    assert 0 < spent < time.monotonic() - began - 8 * 0.1
    sleepy.close()


def test_each_run_pays_for_its_own_turns(runner):
    """Four equal runs by turns: none has spent what all have."""
    runs = [runner.open(NAME, wanted(seed, 20000), "me") for seed in range(4)]
    until(lambda: all(len(run.frames) > 12 for run in runs))
    spent = [run.player.spent() for run in runs]
    total = cpu_seconds(runner.players[0].process.pid)
    assert all(each > 0 for each in spent) and sum(spent) <= total + 0.05  # a tick each
    assert max(spent) < 0.6 * sum(spent)


def test_a_sweep_that_has_spent_its_budget_ends(runner, early):
    runner.budget = 1e-9
    runs = runner.open_together(NAME, [wanted(seed) for seed in (1, 2)], "me", most=1)
    for run in runs:
        with pytest.raises(RunFailed, match="ask for fewer steps"):
            run.wait(PATIENCE)


def test_a_sweep_takes_on_what_a_reader_has_let_stand(runner, early):
    run = halted(runner)
    runner.budget = None
    (same,) = runner.open_together(NAME, [run.settings], "you")
    assert same is run and run.wait(PATIENCE).status == "done"


def test_places_are_left_for_those_that_train(runner, early):
    first, second, third = (halted(runner, seed) for seed in (1, 2, 3))
    assert first.ended.is_set() and first.status == "halted"
    assert not second.ended.is_set() and not third.ended.is_set()
    again = runner.go_on(first, "me")  # anew, and as far again
    assert again is not first and again.budgets == 2
    until(lambda: again.status == "halted")
    assert plain(tuple(again.frames[: len(first.frames)])) == plain(tuple(first.frames))


def test_a_halted_run_that_nobody_reads_ends(runner, early):
    run = halted(runner)
    runner.leave(run, "me")
    assert run.ended.is_set() and run.status == "abandoned"
    until(lambda: not runner._drivers._budget._halted)
    runner.budget = None
    assert runner.open(NAME, short(NAME), "me").wait(PATIENCE).status == "done"
