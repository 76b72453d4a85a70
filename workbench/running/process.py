"""TODO."""

import itertools
import multiprocessing
import os
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from multiprocessing.connection import Connection
from queue import SimpleQueue

from workbench.core.frames import Diverged, Frame
from workbench.core.log import OURS
from workbench.core.settings import Settings, SettingsError
from workbench.data import DataError
from workbench.running import faults
from workbench.running import worker as turns
from workbench.running.errors import Interrupted, NeverBegan, WorkerDied

FRAME = 30.0  # seconds that a server lets one frame take; CEAL with all knobs high took 19
PATIENCE = 6.0  # seconds a worker has to leave a run, also where others take the cores
REST = 1.0  # seconds between processes that end before they have said a word
STILLBORN = 3  # such processes in a row after which runs are not kept waiting for another


# what every worker shares with the server that it is forked from
PRELOAD = ["torch.nn.functional", "sklearn.datasets", "workbench.running.players"]


class Training:
    """One run, or one stack, that a process trains: its replies, and the time it took."""

    def __init__(self, number: int, runs: int):
        self.number, self.runs, self.replies, self.seconds = number, runs, SimpleQueue(), 0.0


class Process:
    """A process that trains, and what it trains now.

    It is started at once, replaced when it dies or does not answer, and leaves when its pipe
    closes: it never outlives the server. One that trains for readers is warmed by a frame of
    every chapter while nobody asks; one for sweeps yields to all others.

    frame: seconds that a frame of one run may take, a stack's as many times that; None: for ever.
    """

    def __init__(self, device: str, takes: str, frame: float | None = None):
        self.device, self.takes, self.frame = device, takes, frame
        self._stillborn = 0  # processes in a row that have not said a word
        self._lock, self._sending = threading.RLock(), threading.Lock()
        self._numbers, self._closed = itertools.count(), False
        self._start()

    def _start(self) -> None:
        self._awake = False  # a process that is only starting would be ended by a signal
        self._trainings: dict[int, Training] = {}
        self._leaving: dict[int, float] = {}  # when each was told to end
        self._turn, self._since = -1, 0.0  # whose turn it is, and since when
        self._hung = False  # whether that one has taken too long
        self._pipe, theirs = processes().Pipe()
        asked = os.environ.get(faults.SWITCH, "")  # a fork server keeps its own environment
        self.process = processes().Process(
            target=turns.work, args=(theirs, self.device, self.takes, asked), daemon=True
        )
        self.process.start()
        theirs.close()  # or a dead child would look like a silent one
        threading.Thread(target=self._listen, args=(self._pipe,), daemon=True).start()

    def begin(self, name: str, runs: Sequence[Settings]) -> Training:
        """Trains these runs as one stack, in turns with what it trains already."""
        training = Training(next(self._numbers), len(runs))
        with self._lock:
            if self._closed:
                training.replies.put(WorkerDied("The training process has been closed."))
                return training
            self._trainings[training.number], pipe = training, self._pipe
        knobs = [run.values_by_name() for run in runs]
        self._send(pipe, turns.BEGIN, training.number, name, knobs)
        return training

    def leave(self, training: Training) -> None:
        """Ends a training that is not wanted any more, if it has not ended by itself."""
        with self._lock:
            if self._trainings.pop(training.number, None) is None:
                return
            training.replies.put(None)
            self._leaving[training.number], pipe = time.monotonic(), self._pipe
        self._send(pipe, turns.LEAVE, training.number)
        with self._lock, suppress(OSError):
            if turns.POKE is not None and self._awake:
                os.kill(self.process.pid, turns.POKE)

    def spent(self, training: Training) -> float:
        """Seconds of the process that a training has had."""
        with self._lock:
            mine = self._turn == training.number
            return training.seconds + mine * (time.monotonic() - self._since)

    def _send(self, pipe: Connection, *message) -> None:
        # a lock of its own: a process that listens only when it has been heard must be heard
        with suppress(OSError), self._sending:  # of a dead process, the one who listens tells
            pipe.send(message)

    def _listen(self, pipe: Connection) -> None:
        """The life of a thread: hands out what one process says, and mourns it."""
        try:
            while True:
                while not pipe.poll(PATIENCE / 4):
                    self._insist()
                self._heard(*pipe.recv())
        except (EOFError, OSError):
            self._died(pipe)

    def _insist(self) -> None:
        """Kills a process that does not leave a run, or makes one frame for ever."""
        with self._lock:
            now, training = time.monotonic(), self._trainings.get(self._turn)
            if training is not None and self.frame is not None:
                self._hung = now - self._since > self.frame * training.runs
            late = any(told < now - PATIENCE for told in self._leaving.values())
            if self._hung or (self._awake and late):
                OURS.warning("A training process does not answer, and is replaced.")
                self.process.kill()

    def _heard(self, number: int, reply: list[Frame] | Exception | str | None) -> None:
        with self._lock:
            self._awake, self._stillborn, now = True, 0, time.monotonic()
            training = self._trainings.get(number)
            if training is not None and number == self._turn:
                training.seconds += now - self._since
            self._turn, self._since = number if reply == turns.TURN else -1, now
            if reply == turns.TURN:
                return
            if not isinstance(reply, list):
                self._trainings.pop(number, None)
                self._leaving.pop(number, None)
            if training is not None:
                training.replies.put(reply)
            if isinstance(reply, Exception):
                self._distrust(reply)

    def _distrust(self, error: Exception) -> None:
        """After an error of its own a GPU's context may be broken: another process goes on."""
        if self.device == "cuda" and not isinstance(error, (Diverged, DataError, SettingsError)):
            self.process.kill()

    def _died(self, pipe: Connection) -> None:
        """Tells those who trained there, and starts another process."""
        self.process.kill()
        self.process.join()
        if not self._awake:
            time.sleep(REST)  # whatever ends it at its start would do so again at once
        with self._lock:
            self._stillborn += not self._awake
            verdicts = [self._verdict(number) for number in self._trainings]
            for training, verdict in zip(self._trainings.values(), verdicts, strict=True):
                training.replies.put(verdict)
            pipe.close()
            if not self._closed:
                OURS.warning(
                    "A training process has died (%s); %d of its runs begin anew.",
                    self.process.exitcode,
                    sum(isinstance(each, Interrupted) for each in verdicts),
                )
                self._start()

    def _verdict(self, number: int) -> WorkerDied:
        """What the death of the process means for one of its runs."""
        if self._closed:
            return WorkerDied("The training process has been closed.")
        if not self._awake and self._stillborn >= STILLBORN:
            return NeverBegan(
                "Training processes end here as soon as they start; the server's log may say why."
            )
        if number != self._turn:
            return Interrupted("The training process died; this begins anew in another.")
        if self._hung:
            return WorkerDied(
                f"One picture of this run took longer than {self.frame:g} s, so its "
                "process was ended; change a knob."
            )
        return WorkerDied(
            "The training process died; a new one is ready, so you can run this again."
        )

    def close(self) -> None:
        """Ends the process; what it trained fails."""
        with self._lock:
            self._closed = True
        self.process.kill()
        self.process.join()


@cache
def processes():
    """How processes are made: forked from a clean server that has torch loaded already."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    return context
