"""A process that trains for a server: begun at once, watched, and replaced when it dies."""

import itertools
import multiprocessing
import os
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cache, partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from workbench.core.frames import Diverged
from workbench.core.log import OURS
from workbench.core.settings import Settings, SettingsError
from workbench.data import DataError
from workbench.running import faults
from workbench.running.condition import CLOSED, Condition
from workbench.running.errors import Interrupted, WorkerDied
from workbench.running.messages import BEGIN, GO_ON, HALT, LEAVE, POKE
from workbench.running.patience import cpu_seconds
from workbench.running.trainings import Reply, Training, Trainings

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

# CPU time, so that nothing is ended because others take the cores
FRAME_SECONDS = 30.0  # that a server lets one frame take; CEAL with all knobs high took 19
PATIENCE_SECONDS = 6.0  # that a worker has to leave a run
REST_SECONDS = 1.0  # between processes that end before they have sent anything
HARMLESS = Diverged, DataError, SettingsError  # errors after which a GPU works as before
# what every worker shares with the server that it is forked from
PRELOAD = ["torch.nn.functional", "sklearn.datasets", "workbench.running.worker"]


class Process:
    """A process that trains, and what it trains now.

    It is started at once, replaced when it dies or does not answer, and leaves when its pipe
    closes: it never outlives the server. One that trains for readers is warmed by a frame of
    every chapter while nobody asks; one for sweeps yields to all others.

    frame_seconds: of CPU that a frame of one run may take, a stack's as many times that; None: for
    ever.
    """

    def __init__(self, device: str, takes: str, frame_seconds: float | None = None):
        self.device = device
        self.takes = takes
        self.frame_seconds = frame_seconds
        self._condition = Condition()
        self._lock = threading.RLock()
        self._sending = threading.Lock()
        self._numbers = itertools.count()
        self._start()

    def _start(self) -> None:
        self._condition.begin()
        self._trainings = Trainings()
        self._pipe, theirs = processes().Pipe()
        asked = os.environ.get(faults.SWITCH, "")  # a fork server keeps its own environment
        child = processes().Process(
            target=_live, args=(theirs, self.device, self.takes, asked), daemon=True
        )
        child.start()
        self._child = child  # others ask for its number, which it has from now on
        theirs.close()  # or a dead child would look like a silent one
        threading.Thread(target=self._listen, args=(self._pipe,), daemon=True).start()

    @property
    def pid(self) -> int:
        """Of the process that trains now: another one when that before has died."""
        assert self._child.pid is not None  # it has been started
        return self._child.pid

    def is_alive(self) -> bool:
        return self._child.is_alive()

    def begin(self, name: str, runs: Sequence[Settings]) -> Training:
        """Trains these runs as one stack, in turns with what it trains already."""
        training = Training(next(self._numbers), len(runs))
        with self._lock:
            if self._condition.closed:
                training.replies.put(WorkerDied(CLOSED))
                return training
            self._trainings.add(training)
            pipe = self._pipe
        self._send(pipe, BEGIN, training.number, name, [run.values_by_name() for run in runs])
        return training

    def leave(self, training: Training) -> None:
        """Ends a training that is not wanted any more, if it has not ended by itself."""
        with self._lock:
            if not self._trainings.leave(training, cpu_seconds(self.pid)):
                return
            pipe = self._pipe
        self._send(pipe, LEAVE, training.number)
        with self._lock, suppress(OSError):
            if POKE is not None and self._condition.awake:  # else it would be ended by the signal
                os.kill(self.pid, POKE)

    def halt(self, training: Training) -> None:
        """Lets a training have no turn until it may go on."""
        self._send(self._pipe, HALT, training.number)

    def go_on(self, training: Training) -> None:
        """Lets a halted training have its turns again."""
        self._send(self._pipe, GO_ON, training.number)

    def _send(self, pipe: Connection, *message: Any) -> None:
        # a lock of its own: a process that listens only when it has been heard must be heard
        with suppress(OSError), self._sending:  # of a dead process, the one who listens tells
            pipe.send(message)

    def _listen(self, pipe: Connection) -> None:
        """The life of a thread: hands out what one process sends, and replaces it at its end."""
        try:
            while True:
                while not pipe.poll(PATIENCE_SECONDS / 4):
                    self._insist()
                self._hear(*pipe.recv())
        except (EOFError, OSError):
            self._replace(pipe)

    def _insist(self) -> None:
        """Kills a process that does not leave a run, or makes one frame for ever."""
        with self._lock:
            cpu = cpu_seconds(self.pid)
            if self.frame_seconds is not None:
                self._condition.hung = self._trainings.is_hung(self.frame_seconds, cpu)
            deaf = self._condition.awake and self._trainings.is_deaf(PATIENCE_SECONDS, cpu)
            if self._condition.hung or deaf:
                OURS.warning("A training process does not answer, and is replaced.")
                self._child.kill()

    def _hear(self, number: int, reply: Reply, cpu: float) -> None:
        with self._lock:
            self._condition.hear()
            self._trainings.hear(number, reply, cpu)
            # after an error of its own a GPU's context may be broken: another process goes on
            harmless = not isinstance(reply, Exception) or isinstance(reply, HARMLESS)
            if self.device == "cuda" and not harmless:
                self._child.kill()

    def _replace(self, pipe: Connection) -> None:
        """Tells the trainings of a dead process, and starts another."""
        self._child.kill()
        self._child.join()
        if not self._condition.awake:
            time.sleep(REST_SECONDS)  # whatever ends it at its start would do so again at once
        with self._lock:
            self._condition.die()
            judge = partial(self._condition.judge, frame_seconds=self.frame_seconds)
            verdicts = self._trainings.fail(judge)
            pipe.close()
            if not self._condition.closed:
                OURS.warning(
                    "A training process has died (%s); %d of its runs begin anew.",
                    self._child.exitcode,
                    sum(isinstance(verdict, Interrupted) for verdict in verdicts),
                )
                self._start()

    def close(self) -> None:
        """Ends the process; what it trained fails."""
        with self._lock:
            self._condition.closed = True
        self._child.kill()
        self._child.join()


def _live(pipe: Connection, device: str, takes: str, asked_faults: str) -> None:
    """The child's life. The server, which has no PyTorch, does not import what trains."""
    from workbench.running import worker

    worker.live(pipe, device, takes, asked_faults)


@cache
def processes() -> "ForkServerContext | SpawnContext":
    """How processes are made: forked from a clean server that has torch loaded already."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    return context
