"""What survives when a training process dies, hangs, or asks for too much: really done."""

import time

import pytest
from doubles import PATIENCE, one_played

from workbench.chapters import NAMES, find
from workbench.core.settings import SettingsError
from workbench.running import faults, limits
from workbench.running import process as running_process
from workbench.running.outcomes import DEATHS
from workbench.running.players import Here, Place
from workbench.running.run import RunFailed
from workbench.running.runner import Runner
from workbench.running.store import Store

NAME = "beta-vae"
BAD, GOOD = 13, 1  # seeds: only the first meets a fault


def knobs(seed, steps=200):
    return find(NAME).Settings(seed=seed, steps=steps)


@pytest.fixture
def runners(monkeypatch):
    """runners("die@2:13", 2) -> a Runner of two processes in which that happens."""
    made = []

    def make(asked, count=1, **more):
        monkeypatch.setenv(faults.SWITCH, asked)
        # "sweeps" begin cold, which is all that a test needs
        workers = [Place("cpu", "sweeps") for _ in range(count)]
        for worker in workers:
            worker.takes = "all"
        made.append(Runner(workers, **more))
        return made[-1]

    yield make
    for runner in made:
        runner.close()


def scalars(run):
    return [frame.scalars for frame in run.frames]


def scalars_alone(run):
    return [frame.scalars for frame in one_played(Here("cpu"), *run.key)]


@pytest.mark.parametrize("asked", ["die@2:13", "segv@2:13"])
def test_a_dead_process_costs_its_own_run_alone(runners, asked):
    runner = runners(asked, 2)
    other = runner.open(NAME, knobs(GOOD), "you")
    run = runner.open(NAME, knobs(BAD), "me")
    while len(run.frames) < 2:
        time.sleep(0.001)
    dies = time.monotonic()
    with pytest.raises(RunFailed, match="process died"):
        run.wait(PATIENCE)
    print(f"said after {time.monotonic() - dies:.3f} s")
    assert scalars(other.wait(PATIENCE)) == scalars_alone(other)
    assert (
        len(runner.open(NAME, knobs(2), "me").wait(PATIENCE).frames) > 2
    )  # a new process is there


def test_settings_that_ended_two_processes_are_refused(runners):
    runner = runners("die@1:13")
    for _ in range(DEATHS):
        with pytest.raises(RunFailed, match="died"):
            runner.open(NAME, knobs(BAD), "me").wait(PATIENCE)
    process = runner.players[0].process.pid
    with pytest.raises(RunFailed, match=f"ended the training process {DEATHS} times"):
        runner.open(NAME, knobs(BAD), "me").wait(0)
    assert runner.players[0].process.pid == process
    assert runner.open(NAME, knobs(GOOD), "me").wait(PATIENCE).frames


def test_one_deadly_run_of_a_sweep_spares_the_others(runners):
    runner = runners("die@2:13")
    runs = runner.open_together(NAME, [knobs(seed) for seed in (1, 2, 13, 3)], "me")
    for run in runs:
        assert run.ended.wait(PATIENCE)
    assert [run.status for run in runs] == ["done", "done", "failed", "done"]
    assert scalars(runs[3]) == scalars_alone(runs[3])


def test_too_much_memory_is_one_sentence_and_the_process_goes_on(runners):
    runner = runners("oom@1:13")
    process = runner.players[0].process.pid
    with pytest.raises(RunFailed, match="more memory than a run may take"):
        runner.open(NAME, knobs(BAD), "me").wait(PATIENCE)
    assert runner.open(NAME, knobs(GOOD), "me").wait(PATIENCE).frames
    assert runner.players[0].process.pid == process


@pytest.mark.parametrize("name", NAMES)
def test_a_run_without_numbers_keeps_its_last_pictures(runners, name):
    runner = runners("nan@1:13")
    process = runner.players[0].process.pid
    settings = find(name).Settings(seed=BAD)
    with pytest.raises(RunFailed, match=r"diverged at step \d+ \(loss is nan\)"):
        (run := runner.open(name, settings, "me")).wait(PATIENCE)
    assert len(run.frames) == 1
    next_one = runner.open(name, settings.replace(seed=GOOD), "me")
    while len(next_one.frames) < 2:
        assert next_one.live, next_one.error
        time.sleep(0.01)
    assert runner.players[0].process.pid == process


def test_a_gpu_that_has_failed_is_left_to_another_process(runners):
    runner = runners("index@1:13")
    process = runner.players[0].process
    pid = process.pid
    with pytest.raises(RunFailed, match="IndexError"):
        runner.open(NAME, knobs(BAD), "me").wait(PATIENCE)
    assert runner.open(NAME, knobs(GOOD), "me").wait(PATIENCE).frames
    assert process.pid == pid  # on a CPU nothing is lost

    begin = process._start
    process._start = lambda: (setattr(process, "device", "cpu"), begin())  # where there is no GPU
    process.device = "cuda"
    with pytest.raises(RunFailed, match="IndexError"):
        runner.open(NAME, knobs(BAD), "me").wait(PATIENCE)
    assert runner.open(NAME, knobs(2), "me").wait(PATIENCE).frames
    assert process.pid != pid


def test_a_process_is_held_to_its_memory(monkeypatch):
    resource = pytest.importorskip("resource")
    asked = []
    monkeypatch.setattr(resource, "setrlimit", lambda *limit: asked.append(limit))
    monkeypatch.setenv("WORKBENCH_MEMORY", "1.5")
    limits.limit_memory("cuda")  # its driver maps more than there is
    limits.limit_memory("cpu")
    assert asked == [(resource.RLIMIT_DATA, (1536 * 2**20,) * 2)]


def test_a_process_that_hangs_is_replaced_when_its_run_is_left(runners, monkeypatch):
    monkeypatch.setattr(running_process, "PATIENCE_SECONDS", 0.5)
    runner = runners("hang@1:13")
    process = runner.players[0].process.pid
    run = runner.open(NAME, knobs(BAD), "me")
    while not run.frames:
        time.sleep(0.01)
    time.sleep(0.5)  # it hangs when its turn comes again
    runner.leave(run, "me")
    assert runner.open(NAME, knobs(GOOD), "me").wait(PATIENCE).frames
    assert runner.players[0].process.pid != process


def test_a_run_that_takes_too_long_ends_with_what_it_has(runners):
    runner = runners("slow@1:13")
    runner.budget = 0.01
    run = runner.open(NAME, knobs(BAD, steps=20000), "me")
    with pytest.raises(RunFailed, match=r"compute for 0\.01 seconds here"):
        run.wait(PATIENCE)
    assert run.status == "abandoned" and 0 < run.frames[-1].step < 20000
    runner.budget = None
    assert runner.open(NAME, knobs(2), "me").wait(PATIENCE).status == "done"


def test_a_full_disk_costs_the_keeping_and_not_the_run(runners, tmp_path):
    store = Store(tmp_path, "cpu")
    runner = runners("full", store=store)
    with pytest.warns(UserWarning, match="No space left"):
        assert runner.open(NAME, knobs(GOOD), "me").wait(PATIENCE).status == "done"
        runner.close()
    assert not store.entries()


@pytest.mark.parametrize("asked", ["flood", "die@x", "die@2:y"])
def test_an_unknown_fault_is_named(monkeypatch, asked):
    monkeypatch.setenv(faults.SWITCH, f"slow,{asked}")
    with pytest.raises(SettingsError, match=f"not '{asked}'"):
        faults.faults()


def test_without_the_switch_nothing_happens(monkeypatch):
    monkeypatch.delenv(faults.SWITCH, raising=False)
    faults.after_frame(1, [13])
    faults.before_keeping()
    assert faults.faults() == []
