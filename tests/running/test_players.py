"""Players: the same frames through every door, and processes that come and go as they should."""

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe, get_context

import numpy as np
import pytest
import torch
from doubles import NAME, PATIENCE, Changed, long, one_played, plain, short, shortest, until

from workbench import play
from workbench.chapters import NAMES, find
from workbench.core.frames import Frame
from workbench.core.settings import SettingsError
from workbench.running import limits, messages, process, worker
from workbench.running.device import pick_device
from workbench.running.players import Here, Place
from workbench.running.run import RunFailed
from workbench.running.runner import Runner


@pytest.fixture(scope="module")
def place():
    place = Place("cpu")
    yield place
    place.close()


@pytest.fixture(scope="module")
def runner(place):
    runner = Runner([place])
    yield runner
    runner.close()


# --- one experiment, every door

ELSEWHERE = """
import contextlib, io, pickle, sys
from workbench.chapters import NAMES, find
from workbench.cli.main import main
from workbench.running import players

play, found = players.play, {}
for name in NAMES:
    frames = []
    players.play = lambda *a, **kw: (frames.append(f) or f for f in play(*a, **kw))
    steps = find(name).Settings.knobs()["steps"].low
    with contextlib.redirect_stdout(io.StringIO()) as said:
        main(["run", name, "--device", "cpu", "--steps", str(steps), "--json"],
             standalone_mode=False)
    found[name] = frames, said.getvalue()
pickle.dump(found, sys.stdout.buffer)
"""


@pytest.fixture(scope="module")
def elsewhere():
    """{chapter: (frames that the command line played, lines that it said)} in a process of its own,
    with a number of threads that somebody else has chosen."""
    here = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        stdout=subprocess.PIPE,
        check=True,
        env=os.environ | {"OMP_NUM_THREADS": "4"},
    )
    return pickle.loads(here.stdout)


@pytest.fixture(scope="module")
def by_turns(place):
    """{chapter: frames}, all trained at once by turns in one process."""
    places = [Place("cpu", "all", place.process) for _ in NAMES]
    with ThreadPoolExecutor(len(NAMES)) as threads:
        found = threads.map(
            lambda each, name: tuple(one_played(each, name, short(name))), places, NAMES
        )
        return dict(zip(NAMES, found, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_every_door_gives_the_same_frames(name, by_turns, elsewhere):
    played = shortest(name)  # by `play`
    expected = plain(played)
    assert plain(by_turns[name]) == expected
    frames, said = elsewhere[name]
    assert plain(tuple(frames)) == expected
    lines = [json.loads(line) for line in said.splitlines()]
    assert [line["step"] for line in lines] == [frame.step for frame in played]
    assert [line["scalars"] for line in lines] == [frame.scalars for frame in played]
    assert lines[-1]["done"] is True and lines[-1]["settings"] == short(name).values_by_name()


@pytest.mark.parametrize("off", [torch.no_grad, torch.inference_mode])
def test_a_run_learns_where_another_was_left_with_gradients_off(off):
    """A reader moves on while the run before computes without them, and the next one failed."""
    knobs = {"pooling": "instance-max", "steps": short("mil").steps}  # by autograd
    expected = plain(tuple(play("mil", "cpu", **knobs)))
    with off():
        assert plain(tuple(play("mil", "cpu", **knobs))) == expected


def test_play_refuses_before_it_trains():
    for wrong in (
        {"name": "rbm"},
        {"name": NAME, "beta": 17},
        {"name": NAME, "betta": 1},
        {"name": NAME, "device": "tpu"},
    ):
        with pytest.raises(SettingsError):
            play(**wrong)


def test_the_device_is_asked_for_or_found(monkeypatch):
    monkeypatch.setenv("WORKBENCH_DEVICE", "cpu")
    assert pick_device() == "cpu"
    monkeypatch.setenv("WORKBENCH_DEVICE", "toaster")
    assert pick_device("cpu") == "cpu"
    with pytest.raises(SettingsError, match="cpu or cuda"):
        pick_device()


# --- a worker's runs


def test_a_worker_fails_a_run_with_what_was_raised(place):
    missing = find(NAME).Settings(data="no-such-set")
    for _ in range(2):
        with pytest.raises(ValueError, match="no-such-set"):
            list(one_played(place, NAME, missing))
    assert len(list(one_played(place, NAME, short(NAME)))) > 10


@pytest.mark.parametrize("fault", [OSError("disk"), EOFError("short"), ValueError("shapes")])
def test_a_broken_chapter_costs_its_own_runs_and_not_the_worker(fault, monkeypatch):
    """The worker's loop, here in a thread, with one chapter that cannot even take a step."""

    def broken(runs, device):
        raise fault
        yield

    def some(name):
        return Changed(find(name), train=broken) if name == "autoencoder" else find(name)

    monkeypatch.setattr(worker, "find", some)
    monkeypatch.setattr(limits, "settle", lambda *_: None)  # for a process of the worker's own
    monkeypatch.setattr(worker.signal, "signal", lambda *_: None)
    ours, theirs = Pipe()
    thread = threading.Thread(target=worker.live, args=(theirs, "cpu", "runs"))
    thread.start()
    ours.send((messages.BEGIN, 1, "autoencoder", [{}]))
    assert ours.poll(PATIENCE) and ours.recv()[:2] == (1, messages.TURN)
    number, reply, _seconds = ours.recv()
    assert number == 1 and str(fault) in str(reply)
    ours.send((messages.BEGIN, 2, NAME, [short(NAME).values_by_name()]))
    assert ours.recv()[:2] == (2, messages.TURN)
    number, reply, _seconds = ours.recv()
    assert number == 2 and reply[0].step == 1
    ours.send((messages.LEAVE, 2))
    while ours.recv()[:2] != (2, None):
        pass
    ours.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_run_that_is_left_leaves_the_worker_free(place):
    pid = place.process.pid
    for seed in range(5):
        frames = one_played(place, NAME, long(seed))
        assert next(frames).steps == 20000
        frames.close()
    after = tuple(one_played(place, NAME, short(NAME)))
    assert plain(after) == plain(tuple(one_played(Here("cpu"), NAME, short(NAME))))
    assert place.process.pid == pid


@pytest.mark.skipif(messages.POKE is None, reason="no signals to interrupt with")
def test_a_run_is_left_and_never_the_next_one_instead(monkeypatch):
    """A chapter whose second frame never comes, in a process that is forked with it."""

    def endless(runs, device):
        yield [Frame(1, 2, {"seed": runs[0].seed})]
        while True:
            time.sleep(0.001)

    monkeypatch.setattr(worker, "NAMES", ())
    monkeypatch.setattr(worker, "find", lambda name: Changed(find(name), train=endless))
    monkeypatch.setattr(process, "processes", lambda: get_context("fork"))
    place = Place("cpu")
    pid = place.process.pid
    for seed in range(50):
        frames = one_played(place, NAME, long(seed))
        assert next(frames).scalars == {"seed": seed}
        place.stop()
        if seed % 2:  # stopped from outside, and then once more by its reader
            assert next(frames, None) is None
            place.stop()
        frames.close()
    assert place.process.pid == pid and place.process.is_alive()
    place.close()
    assert gone(pid)


def test_a_run_that_diverges_fails_with_its_step_and_a_hint(runner):
    steep = dict(data="sprites", lr=0.1, beta=16, steps=100)
    run = runner.open(NAME, find(NAME).Settings(**steep), "me")
    with pytest.raises(RunFailed, match=r"diverged at step \d+ \(.* is (nan|inf|-inf)\)\. Lower"):
        run.wait(PATIENCE)
    assert run.status == "failed"
    assert runner.open(NAME, short(NAME), "me").wait(PATIENCE).status == "done"


def test_a_killed_worker_fails_its_run_and_the_next_one_works(runner, place):
    run, waiting = (runner.open(NAME, s, "me") for s in (long(), short(NAME).replace(seed=7)))
    pid = place.process.pid
    while not run.ended.is_set():  # between two turns it begins anew
        until(lambda: len(run.frames) > 3 or run.ended.is_set())
        pid = place.process.pid
        os.kill(pid, signal.SIGKILL)
        until(lambda before=pid: place.process.pid != before)
    with pytest.raises(RunFailed, match="The training process died; a new one is ready"):
        run.wait(PATIENCE)
    assert run.status == "failed" and run.frames
    assert waiting.wait(PATIENCE).status == "done"
    assert place.process.pid != pid and place.process.is_alive()
    assert plain(tuple(waiting.frames)) == plain(tuple(one_played(Here("cpu"), *waiting.key)))


def test_a_worker_killed_between_runs_costs_none(place):
    list(one_played(place, NAME, short(NAME)))
    pid = place.process.pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: place.process.pid != pid)
    assert list(one_played(place, NAME, short(NAME)))


def test_moving_on_abandons_the_old_run_and_starts_the_next(runner, place):
    """No time is asserted; `pytest -s` prints what it takes."""
    pid = place.process.pid
    ended, started = [], []
    cls = find(NAME).Settings
    old = runner.open(NAME, cls(seed=10), "me")
    for seed in range(11, 31):
        until(lambda run=old: len(run.frames) > 2)
        leaving = time.perf_counter()
        new = runner.open(NAME, cls(seed=seed), "me")
        runner.leave(old, "me")
        assert old.ended.wait(PATIENCE) and old.status in ("abandoned", "done")
        ended.append(time.perf_counter() - leaving)
        until(lambda run=new: run.frames)
        started.append(time.perf_counter() - leaving)
        old = new
    runner.leave(old, "me")
    for what, seconds in (("left to abandoned", ended), ("left to the next's frame", started)):
        print(
            f"\n{what}: median {np.median(seconds) * 1e3:.0f} ms, "
            f"p95 {np.percentile(seconds, 95) * 1e3:.0f} ms"
        )
    assert place.process.pid == pid


# --- a worker's life


def gone(pid):
    """Whether the process has ended (a zombie that nobody collected has)."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


SERVER = """
import time
from workbench.chapters import find
from workbench.running.players import Place
idle, training = Place("cpu"), Place("cpu")
kept = []
for place in (idle, training):
    frames = place.frames("beta-vae", [find("beta-vae").Settings(steps=20000)])
    next(frames)
    kept.append(frames)
kept[0].close()
print(idle.process.pid, training.process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks processes up in /proc")
def test_workers_do_not_outlive_a_killed_server():
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE)
    try:
        pids = list(map(int, server.stdout.readline().split()))
        assert len(pids) == 2 and not any(map(gone, pids))
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    until(lambda: all(map(gone, pids)))


def test_a_closed_worker_is_gone():
    place = Place("cpu")
    pid = place.process.pid
    next(one_played(place, NAME, short(NAME)))
    place.close()
    assert gone(pid)
