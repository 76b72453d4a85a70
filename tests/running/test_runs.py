"""The Runner: who trains what, for whom, and what is never allowed to happen."""

import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from doubles import PATIENCE, Fake, until

from workbench.chapters import NAMES, find
from workbench.core.frames import Diverged
from workbench.core.settings import SettingsError
from workbench.running.run import RunFailed

NAME = NAMES[0]


def knobs(seed):
    return find(NAME).Settings(seed=seed)


# --- sharing and leaving


def test_a_run_ends_done_with_all_its_frames(make):
    run = make(Fake()).open(NAME, knobs(1), "me").wait(PATIENCE)
    assert run.status == "done" and run.error == "" and not run.live
    assert [f.step for f in run.frames] == [1, 2, 3, 4]
    assert (run.name, run.settings) == (NAME, knobs(1)) and "done, 4 frames" in repr(run)


def test_equal_settings_share_one_run(make):
    player = Fake(gated=True)
    runner = make(player)
    runs = {id(runner.open(NAME, knobs(1), reader)): reader for reader in "abc"}
    assert len(runs) == 1
    player.let(4)
    run = runner.open(NAME, knobs("1"), "d")
    assert id(run) in runs and run.wait(PATIENCE).frames[0].scalars == {"seed": 1}
    assert player.trained == [1]


def test_a_finished_run_is_not_trained_again(make):
    player = Fake()
    runner = make(player)
    run = runner.open(NAME, knobs(1), "me").wait(PATIENCE)
    runner.leave(run, "me")
    assert runner.open(NAME, knobs(1), "you") is run and run.status == "done"
    assert player.trained == [1]


def test_the_latest_settings_win(make):
    player = Fake(gated=True)
    runner = make(player)
    old = runner.open(NAME, knobs(0), "me")
    player.asked.acquire(timeout=PATIENCE)
    for seed in range(1, 6):
        new = runner.open(NAME, knobs(seed), "me")
        runner.leave(old, "me")
        old = new
    player.let(100)
    assert new.wait(PATIENCE).frames[-1].scalars == {"seed": 5}
    assert player.trained == [0, 5]  # those between never started


def test_a_run_that_nobody_reads_ends_and_frees_its_player(make):
    player = Fake(length=100, gated=True)
    runner = make(player)
    run, waiting = (runner.open(NAME, knobs(seed), "me") for seed in (1, 2))
    player.let(3)
    until(lambda: len(run.frames) == 3)
    assert (run.status, waiting.status) == ("training", "waiting")
    assert runner.waiting_before(waiting) == 0
    runner.leave(run, "me")
    assert run.ended.is_set() and run.status == "abandoned" and player.stopped == 1
    player.let(1)
    until(lambda: player.left == [(1, 4)] and player.trained == [1, 2])
    assert len(run.frames) == 3
    with pytest.raises(RunFailed, match="abandoned"):
        run.wait(PATIENCE)


def test_a_run_with_another_reader_goes_on(make):
    player = Fake(gated=True)
    runner = make(player)
    run = runner.open(NAME, knobs(1), "me")
    runner.open(NAME, knobs(1), "you")
    runner.open(NAME, knobs(1), "you")  # twice the same reader is one reader
    runner.leave(run, "me")
    player.let(4)
    assert run.wait(PATIENCE).status == "done"


def test_a_run_opened_right_after_it_was_left_is_another(make):
    player = Fake(gated=True)
    runner = make(player)
    run = runner.open(NAME, knobs(1), "me")
    player.asked.acquire(timeout=PATIENCE)
    runner.leave(run, "me")
    again = runner.open(NAME, knobs(1), "me")
    assert again is not run and again.status == "waiting"
    player.let(5)
    assert len(again.wait(PATIENCE).frames) == 4 and player.trained == [1, 1]
    assert run.status == "abandoned" and run.frames == []


def test_a_run_that_waits_unread_never_starts(make):
    player = Fake(gated=True)
    runner = make(player)
    runner.open(NAME, knobs(1), "me")
    player.asked.acquire(timeout=PATIENCE)
    first, second, third = (runner.open(NAME, knobs(seed), "me") for seed in (2, 3, 4))
    assert [runner.waiting_before(run) for run in (first, second, third)] == [0, 1, 2]
    runner.leave(second, "me")
    assert second.status == "abandoned" and runner.waiting_before(third) == 1
    again = runner.open(NAME, knobs(3), "me")
    assert again is not second and again.status == "waiting"
    runner.leave(again, "me")
    player.let(100)
    third.wait(PATIENCE)
    assert player.trained == [1, 2, 4]


def test_an_abandoned_run_is_trained_anew_when_opened_again(make):
    player = Fake(gated=True)
    runner = make(player)
    run = runner.open(NAME, knobs(1), "me")
    runner.leave(run, "me")
    player.let(100)
    assert run.ended.wait(PATIENCE)
    again = runner.open(NAME, knobs(1), "me")
    assert again is not run and len(again.wait(PATIENCE).frames) == 4


def test_several_players_train_several_runs(make):
    players = Fake(gated=True), Fake(gated=True)
    runner = make(*players)
    runs = [runner.open(NAME, knobs(seed), "me") for seed in (1, 2)]
    until(lambda: all(player.trained for player in players))
    assert sorted(players[0].trained + players[1].trained) == [1, 2]
    for player in players:
        player.let(4)
    assert all(run.wait(PATIENCE) for run in runs)


def test_an_unknown_chapter_is_refused(make):
    with pytest.raises(SettingsError, match="no chapter 'rbm'"):
        make(Fake()).open("rbm", knobs(1), "me")


def test_waiting_for_a_run_has_an_end(make):
    with pytest.raises(TimeoutError, match=r"0\.01 s"):
        make(Fake(gated=True)).open(NAME, knobs(1), "me").wait(0.01)


# --- failing


@pytest.mark.parametrize(
    "fault, sentence",
    [
        (Diverged("Training diverged at step 3."), "Training diverged at step 3."),
        (SettingsError("No such data."), "No such data."),
        (ValueError("shapes"), "ValueError: shapes"),
        (ZeroDivisionError(), "ZeroDivisionError: "),
    ],
)
def test_a_failing_run_fails_alone(make, fault, sentence):
    player = Fake(faults={1: fault})
    runner = make(player)
    bad, good = (runner.open(NAME, knobs(seed), "me") for seed in (1, 2))
    with pytest.raises(RunFailed) as failed:
        bad.wait(PATIENCE)
    assert (bad.status, bad.error, len(bad.frames)) == ("failed", sentence, 1)
    assert str(failed.value) == sentence
    assert good.wait(PATIENCE).status == "done"
    player.faults.clear()
    again = runner.open(NAME, knobs(1), "me")
    assert again is not bad and again.wait(PATIENCE).status == "done"
    assert player.trained == [1, 2, 1]


def test_a_run_whose_end_fails_does_not_take_its_player_along(make):
    class Clumsy(Fake):
        def frames(self, name, runs):
            try:
                yield from super().frames(name, runs)
            finally:
                if runs[0].seed == 1:
                    raise OSError("while leaving")

    player = Clumsy(gated=True)
    runner = make(player)
    run = runner.open(NAME, knobs(1), "me")
    player.asked.acquire(timeout=PATIENCE)
    runner.leave(run, "me")
    player.let(100)
    assert run.ended.wait(PATIENCE)
    assert runner.open(NAME, knobs(2), "me").wait(PATIENCE).status == "done"


# --- keeping


def test_finished_runs_drop_oldest_first_but_not_while_read(make):
    player = Fake(length=1, size=1000)
    runner = make(player, keep_bytes=3000)
    opened = {seed: runner.open(NAME, knobs(seed), "me").wait(PATIENCE) for seed in (0, 1, 2)}
    for seed in (2, 1):
        runner.leave(opened[seed], "me")
    assert runner.open(NAME, knobs(1), "me") is opened[1]  # used again, so 2 is now the oldest
    runner.leave(opened[1], "me")
    opened[3] = runner.open(NAME, knobs(3), "me").wait(PATIENCE)
    until(lambda: len(runner.runs()) == 3)
    for seed in (0, 1, 3):
        assert runner.open(NAME, knobs(seed), "you") is opened[seed]
    assert runner.open(NAME, knobs(2), "you") is not opened[2]
    assert player.trained == [0, 1, 2, 3] or player.trained == [0, 1, 2, 3, 2]


def test_the_newest_run_is_kept_however_large(make):
    player = Fake(length=1, size=1000)
    runner = make(player, keep_bytes=10)
    for seed in (1, 1, 2, 2, 1):
        runner.leave(runner.open(NAME, knobs(seed), "me").wait(PATIENCE), "me")
    assert player.trained == [1, 2, 1]


# --- closing


def test_closing_ends_every_run_and_every_player(make):
    player = Fake(length=1000, gated=True)
    runner = make(player)
    training, waiting = (runner.open(NAME, knobs(seed), "me") for seed in (1, 2))
    player.asked.acquire(timeout=PATIENCE)
    closing = threading.Thread(target=runner.close)
    closing.start()
    until(lambda: waiting.status == training.status == "abandoned")
    assert player.stopped == 1
    player.let(1)
    closing.join(PATIENCE)
    assert player.closed and player.trained == [1]
    assert not any(thread.is_alive() for thread in runner._drivers.threads)
    with pytest.raises(RunFailed, match="closed"):
        runner.open(NAME, knobs(3), "me")


# --- everything at once

READERS, MOVES = 8, 400
SEEDS = [0, 1, 2] * 8 + list(range(24))  # a few that many want, many that few want


@pytest.mark.parametrize("players", [1, 3])
def test_many_readers_in_a_hurry(make, players):
    """Eight people drag sliders. Nobody ever sees another run's frame or a dead run."""

    class Slow(Fake):
        def frames(self, name, runs):
            for frames in super().frames(name, runs):
                time.sleep(0.0003)
                yield frames

    fakes = [Slow(length=5, size=1) for _ in range(players)]
    runner = make(*fakes, keep_bytes=0)  # a finished run is soon forgotten and trained again

    def drag(number):
        me, dice, run = object(), random.Random(number), None
        for _ in range(MOVES):
            old, run = run, runner.open(NAME, knobs(dice.choice(SEEDS)), me)
            if old not in (None, run):
                runner.leave(old, me)
            if dice.random() < 0.1:
                until(lambda run=run: run.frames)
            assert run.status in ("waiting", "training", "done"), "a run died under its reader"
            assert {f.scalars["seed"] for f in run.frames[:]} <= {run.settings.seed}
        assert [f.step for f in run.wait(PATIENCE).frames] == [1, 2, 3, 4, 5]
        assert {f.scalars["seed"] for f in run.frames} == {run.settings.seed}
        return me, run

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(READERS) as pool:
            ends = list(pool.map(drag, range(READERS)))
    finally:
        sys.setswitchinterval(interval)
    for me, run in ends:
        assert run.status == "done"
        runner.leave(run, me)
    until(lambda: all(len(fake.left) == len(fake.trained) for fake in fakes))
    left = [step for fake in fakes for _, step in fake.left]
    assert len(left) > 100 and min(left) < 5 == max(left)  # there was much to go wrong


# --- a class on one box


class Kind(Fake):
    """A player that takes what it is told to."""

    def __init__(self, takes, **kw):
        super().__init__(**kw)
        self.takes = takes


def test_who_joins_a_waiting_run_does_not_cost_it_its_place(make):
    runner = make(Fake(gated=True))
    first, second, third = (runner.open(NAME, knobs(seed), seed) for seed in (1, 2, 3))
    until(lambda: first.status == "training")
    assert runner.open(NAME, knobs(2), "another") is second
    assert [runner.waiting_before(run) for run in (second, third)] == [0, 1]


def test_who_moves_while_waiting_keeps_the_place_in_the_queue(make):
    runner = make(player := Fake(gated=True))
    mine = runner.move(None, NAME, knobs(1), "me")
    until(lambda: mine.status == "training")
    second = runner.move(None, NAME, knobs(2), "two")
    third = runner.move(None, NAME, knobs(3), "three")
    for seed in (4, 5):
        before, second = second, runner.move(second, NAME, knobs(seed), "two")
        assert before.status == "abandoned" and second.status == "waiting"
        assert [runner.waiting_before(run) for run in (second, third)] == [0, 1]
    assert runner.move(third, NAME, knobs(5), "three") is second  # shared: the better place
    mine = runner.move(mine, NAME, knobs(6), "me")  # had its turn: to the end
    assert [runner.waiting_before(run) for run in (second, mine)] in ([0, 1], [0, 0])
    runner.leave(second, "two")
    assert second.live and len(runner.runs()) <= 2
    player.let(100)
    mine.wait(PATIENCE)


def test_a_run_with_other_readers_keeps_its_own_place(make):
    runner = make(Fake(gated=True))
    runner.open(NAME, knobs(1), "one")
    shared, last = (runner.open(NAME, knobs(seed), "me") for seed in (2, 3))
    runner.open(NAME, knobs(2), "another")
    new = runner.move(shared, NAME, knobs(4), "me")
    assert shared.live and runner.waiting_before(new) > runner.waiting_before(last)


def test_a_sweep_does_not_stand_before_a_reader(make):
    live, slow = Kind("runs"), Kind("sweeps", gated=True)
    runner = make(live, slow)
    sweep = [runner.open_together(NAME, [knobs(seed)], "sweep")[0] for seed in range(10, 15)]
    until(lambda: sweep[0].status == "training")
    assert runner.open(NAME, knobs(1), "me").wait(PATIENCE).status == "done"
    assert slow.trained == [10] and live.trained == [1]
    assert (
        runner.open(NAME, knobs(14), "me").wait(PATIENCE) is sweep[4]
    )  # looked at: not waited for
    assert live.trained == [1, 14]
    slow.let(100)
    assert [run.wait(PATIENCE).status for run in sweep] == ["done"] * 5 and 14 not in slow.trained


def test_the_wait_is_told_in_seconds(make):
    player = Fake(gated=True, length=1)
    runner = make(player)
    first = runner.open(NAME, knobs(1), "a")
    assert runner.seconds_before(runner.open(NAME, knobs(2), "b")) is None
    time.sleep(0.2)
    player.let()
    first.wait(PATIENCE)
    waiting = [runner.open(NAME, knobs(seed), seed) for seed in (3, 4)]
    until(lambda: runner.open(NAME, knobs(2), "b").status == "training")
    told = [runner.seconds_before(run) for run in waiting]
    assert 0 <= told[0] < 0.3 and told[1] == pytest.approx(told[0] + 0.2, abs=0.15)


def test_a_paused_runner_begins_nothing_and_goes_on(make):
    player = Fake(gated=True)
    runner = make(player)
    before = runner.open(NAME, knobs(1), "me")
    until(lambda: before.status == "training")
    runner.paused = True
    after = runner.open(NAME, knobs(2), "me")
    player.let(100)
    assert before.wait(PATIENCE).status == "done"
    time.sleep(0.05)
    assert runner.paused and after.status == "waiting" and player.trained == [1]
    runner.paused = False
    assert after.wait(PATIENCE).status == "done"


def test_everybody_who_listens_hears_of_every_end(make):
    runner = make(Fake(faults={2: Diverged("It diverged.")}))
    heard = []
    runner.on_end += [lambda run: 1 / 0, lambda run: heard.append((run.settings.seed, run.status))]
    for seed in (1, 2):
        runner.open(NAME, knobs(seed), "me").ended.wait(PATIENCE)
    until(lambda: len(heard) == 2)
    assert heard == [(1, "done"), (2, "failed")]


# --- sweeps


def test_sweeps_of_several_readers_take_turns_a_stack_each(make):
    player = Fake(length=1, gated=True)
    runner = make(player)
    first = runner.open_together(NAME, [knobs(seed) for seed in (0, 1, 2)], "a", most=1)
    second = runner.open_together(NAME, [knobs(seed) for seed in (10, 11)], "b", most=1)
    assert runner.sweeps_beside(first[0]) == 2 and runner.sweeps_beside(second[0]) == 3
    player.let(5)
    for run in first + second:
        run.wait(PATIENCE)
    assert player.trained == [0, 10, 1, 11, 2]
    assert runner.sweeps_beside(first[0]) == 0
