"""Several runs in one process: whose turn it is, what each gets, and who pays when it dies."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe, get_context

import pytest
from doubles import NAME, PATIENCE, Changed, long, one_played, plain, short, until

from workbench.chapters import find
from workbench.core.frames import Frame
from workbench.running import faults, limits, messages, process, shared, worker
from workbench.running.errors import Interrupted
from workbench.running.players import Here, Place
from workbench.running.process import Process
from workbench.running.run import RunFailed
from workbench.running.runner import Runner


@pytest.fixture
def places():
    """places(count, ...) -> that many places of each process, which begins cold."""
    made = []

    def make(count, processes=1):
        begun = [Process("cpu", "sweeps") for _ in range(processes)]
        made.extend(begun)
        return [Place("cpu", "all", each) for each in begun for _ in range(count)]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def runner(places):
    """runner(count, ...) -> a Runner of such places."""
    made = []

    def make(*counts, **more):
        made.append(Runner(places(*counts), **more))
        return made[-1]

    yield make
    for each in made:
        each.close()


def alone(run):
    return plain(tuple(one_played(Here("cpu"), *run.key)))


@pytest.fixture
def told(monkeypatch):
    """told(messages) -> the numbers of all replies, of a process (here a thread) that is told all
    of it at once. A run of `steps` makes so many frames; it is told its number by its seed."""

    def counted(runs, device):
        steps = runs[0].steps
        yield from ([Frame(step, steps, {})] for step in range(steps // 100))

    monkeypatch.setattr(worker, "NAMES", ())
    monkeypatch.setattr(worker, "find", lambda name: Changed(find(name), train=counted))

    def tell(*orders):
        ours, theirs = Pipe()
        for order in orders:
            ours.send(order)
        monkeypatch.setattr(worker.signal, "signal", lambda *_: None)
        trainer = worker.Worker(theirs, "cpu")

        def life():
            with pytest.raises((EOFError, OSError)):
                trainer.train()

        thread = threading.Thread(target=life)
        thread.start()
        replies = []
        ends = count_ends(orders)
        while ends:
            assert ours.poll(PATIENCE), "it never ended"
            number, what, _seconds = ours.recv()
            replies.append((number, what))
            ends -= what is None
        ours.close()
        thread.join(PATIENCE)
        return replies

    return tell


def count_ends(orders) -> int:
    """How many ends a process tells that is given all these at once: of each run that it is told to
    leave, and of each that comes to its end and is not halted for good."""
    named = {
        word: [order[1] for order in orders if order[0] == word]
        for word in vars(messages).values()
        if isinstance(word, str)
    }
    silent = {*named[messages.LEAVE], *named[messages.HALT]} - {*named[messages.GO_ON]}
    return len(named[messages.LEAVE]) + sum(n not in silent for n in named[messages.BEGIN])


def begin(number, frames):
    return messages.BEGIN, number, NAME, [{"steps": 100 * frames}]


def test_a_newcomer_has_its_turn_before_those_who_have_a_frame(told):
    replies = told(begin(1, 3), begin(2, 2), begin(3, 1))
    assert [number for number, what in replies if what == messages.TURN] == [
        1,
        1,
        2,
        1,
        3,
        2,
        1,
        3,
        2,
    ]
    assert [number for number, what in replies if what is None] == [1, 3, 2]
    for (number, what), (other, reply) in zip(replies[::2], replies[1::2], strict=True):
        assert number == other and what == messages.TURN and (reply is None or reply[0].steps)


def test_a_newcomer_waits_while_the_process_is_half_full(told, monkeypatch):
    monkeypatch.setattr(limits, "half_full", lambda: True)
    replies = told(begin(1, 3), begin(2, 1), begin(3, 1))
    assert [number for number, what in replies if what == messages.TURN] == [1, 1, 1, 1, 2, 2, 3, 3]


def test_what_a_process_holds_is_compared_with_what_it_may(monkeypatch):
    resource = pytest.importorskip("resource")
    held = limits.held_bytes()
    for most, full in ((int(1.5 * held), True), (4 * held, False), (resource.RLIM_INFINITY, False)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, most=most: (most, most))
        assert limits.half_full() is full


def test_a_run_that_is_left_has_no_turn_any_more(told):
    replies = told(begin(1, 2), begin(2, 2), (messages.LEAVE, 1), (messages.LEAVE, 7))
    assert replies[:2] == [(1, None), (7, None)]
    assert {number for number, _ in replies[2:]} == {2}


def test_a_run_that_is_halted_has_no_turn_until_it_goes_on(told):
    halt, go_on = (messages.HALT, 1), (messages.GO_ON, 1)
    replies = told(begin(1, 2), begin(2, 2), halt, (messages.HALT, 2), (messages.GO_ON, 2))
    assert [number for number, what in replies if what == messages.TURN] == [1, 2, 2, 2]
    replies = told(begin(1, 2), begin(2, 2), halt, go_on)
    assert [number for number, what in replies if what is None] == [1, 2]


def test_who_dies_takes_nobody_along(runner):
    crowd = runner(3)
    runs = [crowd.open(NAME, long(seed).replace(steps=1000), "me") for seed in (1, 2, 3)]
    until(lambda: all(len(run.frames) > 2 for run in runs))
    os.kill(crowd.players[0].process.pid, signal.SIGKILL)
    until(lambda: all(run.status in ("failed", "done") for run in runs))
    dead = [run for run in runs if run.status == "failed"]
    assert len(dead) <= 1  # none if it was between two turns
    assert all("process died" in run.error for run in dead)
    for run in runs:
        if run not in dead:
            assert plain(tuple(run.frames)) == alone(run)


def test_it_is_the_one_whose_turn_it_was(runner, monkeypatch):
    monkeypatch.setenv(faults.SWITCH, "die@2:13")
    crowd = runner(3)
    runs = [crowd.open(NAME, short(NAME).replace(seed=seed), "me") for seed in (1, 13, 2)]
    with pytest.raises(RunFailed, match="died"):
        runs[1].wait(PATIENCE)
    for run in (runs[0], runs[2]):
        assert plain(tuple(run.wait(PATIENCE).frames)) == alone(run)


def test_a_run_that_hangs_is_left_and_the_others_begin_anew(runner, monkeypatch):
    monkeypatch.setenv(faults.SWITCH, "hang@1:13")
    monkeypatch.setattr("workbench.running.process.PATIENCE_SECONDS", 0.5)
    crowd = runner(2)
    hung = crowd.open(NAME, long(13), "me")
    until(lambda: hung.frames)
    other = crowd.open(NAME, short(NAME), "you")
    crowd.leave(hung, "me")
    assert plain(tuple(other.wait(PATIENCE).frames)) == alone(other)


def test_the_process_with_least_to_do_gets_the_next_run(runner):
    crowd = runner(2, 2)
    runs = [crowd.open(NAME, long(seed), "me") for seed in range(4)]
    until(lambda: all(run.player for run in runs))
    homes = [run.player.process for run in runs]
    assert homes[0] is not homes[1] and sorted(map(homes.count, homes)) == [2, 2, 2, 2]
    crowd.leave(runs[0], "me")
    crowd.leave(runs[2], "me")
    fresh = crowd.open(NAME, long(9), "me")
    until(lambda: fresh.player)
    assert fresh.player.process is homes[0]


def test_without_a_runner_an_innocent_run_says_so(places):
    guilty, innocent = places(2)
    frames = innocent.frames(NAME, [long(1)])
    next(frames)
    other = guilty.frames(NAME, [long(2)])
    next(other)
    os.kill(guilty.process.pid, signal.SIGKILL)
    ends = []
    for each in (frames, other):
        try:
            list(each)
        except Exception as error:
            ends.append(type(error).__name__)
    assert Interrupted.__name__ in ends


def test_who_moves_all_the_time_does_not_come_before_who_waits(told):
    """Five greedy readers move twenty times while fifty-five wait for their first frame."""
    polite, greedy = range(55), range(100, 105)
    orders = [begin(number, 1) for number in (*polite, *greedy)]
    last = {number: number for number in greedy}
    for move in range(1, 21):
        for number in greedy:
            orders.append((messages.LEAVE, last[number]))
            last[number] = number + 100 * move
            orders.append(begin(last[number], 1))
    replies = told(*orders)
    order = [number for number, what in replies if what == messages.TURN]
    first = {number: order.index(number) for number in dict.fromkeys(order)}
    assert set(first) == {*polite, *last.values()}  # nothing was trained for a knob's way
    assert max(first[number] for number in polite) < min(first[last[n]] for n in greedy)


@pytest.mark.skipif(messages.POKE is None, reason="no signals to interrupt with")
def test_orders_that_come_at_any_moment_are_heard_whole(monkeypatch):
    """Runs that are begun and left at once, so that signals meet messages that are being read."""

    def endless(runs, device):
        for step in range(10**9):
            yield [Frame(step, 10**9, {"seed": runs[0].seed})]

    monkeypatch.setattr(worker, "NAMES", ())
    monkeypatch.setattr(worker, "find", lambda name: Changed(find(name), train=endless))
    monkeypatch.setattr("workbench.running.process.processes", lambda: get_context("fork"))
    crowded = Process("cpu", "sweeps")
    places = [Place("cpu", "all", crowded) for _ in range(4)]
    pid = crowded.pid

    def restless(place):
        for number in range(400):
            frames = place.frames(NAME, [long(number % 100)])
            assert next(frames)[0].scalars == {"seed": number % 100}
            frames.close()

    with ThreadPoolExecutor(len(places)) as threads:
        list(threads.map(restless, places))
    assert crowded.pid == pid and crowded.is_alive()
    crowded.close()


def test_who_waits_does_not_wait_until_the_process_is_warm(monkeypatch):
    trained = []

    def one(runs, device):
        trained.append(runs[0].seed)
        yield [Frame(1, 1, {})]

    monkeypatch.setattr(worker, "find", lambda name: Changed(find(name), train=one))
    monkeypatch.setattr(worker.signal, "signal", lambda *_: None)
    ours, theirs = Pipe()
    ours.send((messages.BEGIN, 1, NAME, [{"seed": 7}]))
    trainer = worker.Worker(theirs, "cpu", [NAME, "mil"])
    with ThreadPoolExecutor(1) as thread:
        life = thread.submit(trainer.train)
        until(lambda: len(trained) == 3)
        ours.close()
        with pytest.raises((EOFError, OSError)):
            life.result(PATIENCE)
    assert trained == [7, 0, 0]


# --- what takes for ever, and what never begins


def test_a_frame_that_never_ends_is_not_tried_a_third_time(runner, monkeypatch):
    monkeypatch.setenv(faults.SWITCH, "hang@1:13")
    monkeypatch.setattr("workbench.running.process.PATIENCE_SECONDS", 0.4)
    crowd = runner(2)
    for place in crowd.players:
        place.process.frame_seconds = 1.5
    other = crowd.open(NAME, short(NAME), "you")
    for _ in range(2):  # and nobody leaves
        hung = crowd.open(NAME, long(13), "me")
        with pytest.raises(RunFailed, match=r"took longer than 1\.5 s"):
            hung.wait(PATIENCE)
    with pytest.raises(RunFailed, match="ended the training process 2 times"):
        crowd.open(NAME, long(13), "me").wait(0)
    assert plain(tuple(other.wait(PATIENCE).frames)) == alone(other)


def test_a_death_before_the_first_word_is_no_runs_fault(runner, monkeypatch):
    monkeypatch.setattr("workbench.running.process.REST_SECONDS", 0.1)
    crowd = runner(2)
    runs = [crowd.open(NAME, short(NAME).replace(seed=seed), "me") for seed in (1, 2)]
    until(lambda: all(run.player for run in runs))
    os.kill(crowd.players[0].process.pid, signal.SIGKILL)
    for run in runs:
        assert plain(tuple(run.wait(PATIENCE).frames)) == alone(run)
    assert not crowd.outcomes.deaths


def test_where_no_process_ever_begins_no_run_is_blamed(runner, monkeypatch):
    monkeypatch.setattr("workbench.running.process.REST_SECONDS", 0.1)
    monkeypatch.setattr(process, "_live", print)  # which ends at once
    crowd = runner(1)
    with pytest.raises(RunFailed, match="end here as soon as they start"):
        crowd.open(NAME, short(NAME), "me").wait(PATIENCE)
    assert not crowd.outcomes.deaths


def test_a_server_has_a_process_for_every_core_but_one(monkeypatch):
    made = []
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    monkeypatch.setattr(shared, "Process", lambda *given: made.append(given) or given)
    monkeypatch.setattr(shared, "Place", lambda device, takes, process: (takes, process))
    monkeypatch.setattr(shared, "Runner", lambda places, **_: places)
    monkeypatch.setenv("WORKBENCH_DEVICE", "cpu")
    places = shared.shared_runner.__wrapped__()
    assert [takes for _, takes, _ in made] == ["runs", "runs", "sweeps"]
    assert [takes for takes, _ in places].count("runs") == shared.PLACES
