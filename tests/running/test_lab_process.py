"""Machines that readers work by hand, in a process of their own."""

import os
import signal
from functools import partial

import pytest

from workbench.chapters.clustering.metric_lab import MetricLab
from workbench.core.settings import SettingsError
from workbench.running import lab_machines as machines
from workbench.running.errors import TookTooLong, WorkerDied
from workbench.running.lab_process import LabProcess

STEPPER = "workbench.chapters.clustering.em_lab:EmStepper"
METRIC_LAB = "workbench.chapters.clustering.metric_lab:MetricLab"
STEP = ("step",)


def refuse() -> None:
    raise SettingsError("No.")


@pytest.fixture(scope="module")
def process():
    started = LabProcess()
    yield started
    started._pipe.close()
    started.process.join(20)
    assert started.process.exitcode == 0, "it outlives its pipe"


def test_what_is_done_there_is_what_would_be_done_here(process):
    task = partial(machines.state_of, STEPPER, ("kmeans", "Good"), (STEP,) * 3)
    ours, theirs = task(), process(task)
    assert theirs.sentence == ours.sentence and theirs.next == ours.next
    assert (theirs.pictures["scatter"].group == ours.pictures["scatter"].group).all()
    assert process(os.getpid) == process.process.pid != os.getpid()


def test_what_goes_wrong_there_is_raised_here_and_it_goes_on(process):
    with pytest.raises(SettingsError, match="No."):
        process(refuse)
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        process(partial(divmod, 1, 0))
    assert process(partial(max, 1, 2)) == 2


def test_a_process_that_dies_or_hangs_costs_one_task(process, monkeypatch):
    with pytest.raises(WorkerDied, match="died"):
        process(partial(os.kill, process(os.getpid), signal.SIGKILL))
    assert process(partial(max, 1, 2)) == 2
    os.kill(process.process.pid, signal.SIGKILL)  # while nobody waits
    process.process.join(20)
    assert process(partial(max, 3, 2)) == 3
    monkeypatch.setattr(process, "seconds", 0.3)
    with pytest.raises(TookTooLong, match=r"more than 0\.3 s of computing"):
        process(signal.pause)
    monkeypatch.undo()
    assert process(partial(max, 4, 2)) == 4
    process.end()
    assert process(partial(max, 4, 2)) == 4


def test_a_machine_is_its_calls_wherever_it_was_left():
    machines.state_of.cache_clear()
    machines.MACHINES.clear()
    calls = (("merge", 1, 2), ("shuffle",), ("split", 3))
    lab = MetricLab("Perfect")
    for name, *given in calls:
        getattr(lab, name)(*given)
    steps = [machines.state_of(METRIC_LAB, ("Perfect",), calls[:n]) for n in range(4)]
    assert len(machines.MACHINES) == 1  # it went along
    assert steps[3].sentence == lab.sentence != steps[2].sentence
    machines.state_of.cache_clear()
    another = machines.state_of(
        METRIC_LAB, ("Perfect",), calls
    )  # its reader has moved it on since: anew
    assert (another.pictures["confusion"].values == lab.confusion().values).all()
    for seed in range(machines.MOST_MACHINES + 5):
        machines.state_of(METRIC_LAB, ("Random",), (("split", seed),))
    assert len(machines.MACHINES) == machines.MOST_MACHINES
