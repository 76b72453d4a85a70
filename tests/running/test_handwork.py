"""Machines that readers work by hand, in a process of their own."""

import os
import signal
from functools import partial

import pytest

from workbench.chapters.clustering.em_lab import EmStepper
from workbench.chapters.clustering.metric_lab import MetricLab
from workbench.core.settings import SettingsError
from workbench.running import lab_machines as labs
from workbench.running import lab_process as handwork
from workbench.running.errors import WorkerDied
from workbench.running.lab_process import Hand

STEP = ("step",)


def refuse() -> None:
    raise SettingsError("No.")


@pytest.fixture(scope="module")
def hand():
    made = Hand()
    yield made
    made._pipe.close()
    made.process.join(20)
    assert made.process.exitcode == 0, "it outlives its pipe"


def test_what_is_done_there_is_what_would_be_done_here(hand):
    work = partial(labs.look, EmStepper, ("kmeans", "Good"), (STEP,) * 3)
    here, there = work(), hand(work)
    assert there.said == here.said and there.next == here.next
    assert (there.pictures["scatter"].group == here.pictures["scatter"].group).all()
    assert hand(os.getpid) == hand.process.pid != os.getpid()


def test_what_goes_wrong_there_is_raised_here_and_the_process_goes_on(hand):
    with pytest.raises(SettingsError, match="No."):
        hand(refuse)
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        hand(partial(divmod, 1, 0))
    assert hand(partial(max, 1, 2)) == 2


def test_a_process_that_dies_or_hangs_costs_one_piece_of_work(hand, monkeypatch):
    with pytest.raises(WorkerDied, match="died"):
        hand(partial(os.kill, hand(os.getpid), signal.SIGKILL))
    assert hand(partial(max, 1, 2)) == 2
    os.kill(hand.process.pid, signal.SIGKILL)  # while nobody waits
    hand.process.join(20)
    assert hand(partial(max, 3, 2)) == 3
    monkeypatch.setattr(handwork, "PATIENCE", 0.3)
    with pytest.raises(WorkerDied):
        hand(signal.pause)
    monkeypatch.undo()
    assert hand(partial(max, 4, 2)) == 4


def test_a_machine_is_its_calls_wherever_it_was_left():
    labs.look.cache_clear()
    labs.MACHINES.clear()
    calls = (("merge", 1, 2), ("shuffle",), ("split", 3))
    lab = MetricLab("Perfect")
    for name, *given in calls:
        getattr(lab, name)(*given)
    steps = [labs.look(MetricLab, ("Perfect",), calls[:n]) for n in range(4)]
    assert len(labs.MACHINES) == 1  # it went along
    assert steps[3].said == lab.said != steps[2].said
    labs.look.cache_clear()
    another = labs.look(MetricLab, ("Perfect",), calls)  # its reader has moved it on since: anew
    assert (another.pictures["confusion"].values == lab.confusion().values).all()
    for seed in range(labs.MOST + 5):
        labs.look(MetricLab, ("Random",), (("split", seed),))
    assert len(labs.MACHINES) == labs.MOST
