"""The Runner under whatever readers, players and faults do, in any order (hypothesis)."""

import threading
import time

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from workbench.chapters import NAMES, find
from workbench.core.frames import Diverged, Frame
from workbench.running.errors import Interrupted, WorkerDied
from workbench.running.runner import Runner

NAME = NAMES[0]
ENDS = {"done", "failed", "abandoned"}
LENGTH = 3
PATIENT = 20  # seconds that nothing here needs unless it hangs


def knobs(seed):
    return find(NAME).Settings(seed=seed)


class Stepped:
    """A player that makes a frame, or meets a fault, when it is told to."""

    def __init__(self):
        self.orders: list = []
        self.told, self.idle = threading.Condition(), True

    def frames(self, name, runs):
        for step in range(LENGTH):
            order = self._next()
            if isinstance(order, Exception):
                raise order
            yield [Frame(step, LENGTH, {"seed": run.seed}) for run in runs]

    def _next(self):
        with self.told:
            assert self.told.wait_for(lambda: self.orders, PATIENT)
            return self.orders.pop(0)

    def tell(self, order):
        with self.told:
            self.orders.append(order)
            self.told.notify_all()

    def stop(self):
        """It goes on to its next frame."""

    def close(self):
        pass


class AnyOrder(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.players = [Stepped(), Stepped()]
        self.runner = Runner(self.players)
        self.reads, self.ever = {}, []  # the run that each session looks at; every run there was

    @rule(session=st.sampled_from("abcde"), seed=st.integers(0, 3))
    def move(self, session, seed):
        run = self.runner.move(self.reads.get(session), NAME, knobs(seed), session)
        self.reads[session] = run
        self.ever.append(run)

    @rule(session=st.sampled_from("abcde"))
    def go_away(self, session):
        run = self.reads.pop(session, None)
        if run is not None:
            self.runner.leave(run, session)

    @rule(
        player=st.integers(0, 1),
        order=st.sampled_from(
            [
                "frame",
                "frame",
                "frame",
                Diverged("It diverged."),
                WorkerDied("It died."),
                Interrupted("Another died."),
                ValueError("a bug"),
            ]
        ),
    )
    def train(self, player, order):
        self.players[player].tell(order)

    @rule(yes=st.booleans())
    def pause(self, yes):
        self.runner.paused = yes

    @invariant()
    def a_session_has_one_run_and_nobody_trains_for_nobody(self):
        wanted = {id(run) for run in self.reads.values()}
        with self.runner.lock:  # the players' threads go on
            runs = self.runner.runs()
            live = [run for run in runs if run.live]
            training = [run for run in runs if run.status == "training"]
        assert all(id(run) in wanted for run in live) and len(live) <= len(self.reads)
        assert len(training) <= len(self.players)
        assert len({run.key for run in runs}) == len(runs)

    def teardown(self):
        """Everything that somebody still reads comes to its end, and nothing else is left."""
        self.runner.paused = False
        end = time.monotonic() + PATIENT
        while any(run.live for run in self.ever) and time.monotonic() < end:
            for player in self.players:
                player.tell("frame")
            time.sleep(0.001)
        assert {run.status for run in self.ever} <= ENDS
        for run in self.ever:
            assert run.ended.is_set()
            if run.status == "done":
                assert [frame.scalars["seed"] for frame in run.frames] == (
                    [run.settings.seed] * LENGTH
                )
        for player in self.players:  # a run that was left waits for its next frame
            for _ in range(2 * LENGTH):
                player.tell("frame")
        self.runner.close()


AnyOrder.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestAnyOrder = AnyOrder.TestCase
