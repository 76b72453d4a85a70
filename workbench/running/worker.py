"""Training: in this thread, and in a process that trains several runs by turns.

The process reads from its pipe which runs to begin and which to leave. It makes one frame a turn: a
first frame of a new run, then the next frame of a run that has begun, and so on in alternation, so
that sixty people who move their sliders all see a first frame soon, and no run is forgotten.
"""

import os
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import torch

from workbench.chapters import NAMES, find
from workbench.core.chapter import Fit
from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.running import faults, limits, own_fit
from workbench.running.errors import KNOWN, plain
from workbench.running.messages import BEGIN, GO_ON, HALT, POKE, TURN
from workbench.science.compute import one_thread

Replies = Iterator[list[Frame] | Exception | None]


def frames(
    name: str, runs: Sequence[Settings], device: str, fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """The frames of several runs, one of each at a time, trained in this thread as one stack.

    The runs may differ in the chapter's stackable knobs only. With a reader's `fit` instead of the
    chapter's, raises FitError in one sentence for whatever is wrong with it.
    """
    if fit is None:
        return _advance(find(name).train(runs, device))
    return _advance(own_fit.train(find(name), runs, device, fit))


def _advance(training: Iterator[list[Frame]]) -> Iterator[list[Frame]]:
    """What a training yields; its reader computes with as many threads as before.

    Gradients are on, whatever has been left here: a run that ends within `no_grad`, by an order or
    by Ctrl-C, often leaves them off, because Python looks for signals as `__exit__` begins.
    """
    while True:
        with one_thread(), torch.inference_mode(False), torch.enable_grad():
            shown = next(training, None)
        if shown is None:
            return
        yield shown


class _Left(BaseException):
    """The run whose turn it is is not wanted any more."""


class Worker:
    """Trains in its process what the pipe asks for, by turns.

    An order to leave that comes while its run trains ends it wherever it stands. It is read between
    two operations of the training alone: a frame that is being sent arrives whole.

    cold: chapters of which a first frame is made while nobody asks for anything, so that what comes
    later is quick. No reader waits for that: the process may stand in for one that died.
    """

    def __init__(self, pipe: Connection, device: str, cold: Sequence[str] = ()):
        self._pipe = pipe
        self._device = device
        self._cold = deque(cold)
        self._new: deque[tuple[int, Replies]] = deque()  # without a frame yet
        self._begun: deque[tuple[int, Replies]] = deque()
        self._halted: set[int] = set()  # of the runs that have begun, those that wait for GO_ON
        self._current: int | None = None  # whose training may be interrupted
        self._poked = False
        self._reading = False  # whether an order is being read
        if POKE is not None:
            signal.signal(POKE, lambda *_: self._read_orders())

    def train(self) -> None:
        """Trains until the pipe closes: raises EOFError or OSError then."""
        while True:
            while not (self._new or self._goes_on() or self._pipe.poll()) and self._cold:
                self._warm(self._cold.popleft())
            while not (self._new or self._goes_on()) or self._pipe.poll():
                self._obey(*self._pipe.recv())
            if self._new and not (self._goes_on() and limits.half_full()):
                self._take_turn(*self._new.popleft())
            if training := self._goes_on():
                self._begun.remove(training)
                self._take_turn(*training)

    def _goes_on(self) -> tuple[int, Replies] | None:
        """The run whose turn is next, of those that have begun and are not halted."""
        return next((each for each in self._begun if each[0] not in self._halted), None)

    def _warm(self, name: str) -> None:
        with suppress(Exception):  # a broken chapter fails its own runs, not all
            next(frames(name, [find(name).Settings()], self._device))

    def _take_turn(self, number: int, replies: Replies) -> None:
        """Makes and sends one reply."""
        self._send(number, TURN)
        try:
            self._current = number
            self._read_orders()  # what came while another one's frame was being sent
            reply = next(replies)
        except _Left:
            return
        finally:
            self._current = None
        self._send(number, reply)
        if isinstance(reply, list):
            self._begun.append((number, replies))

    def _send(self, number: int, reply: Any) -> None:
        self._pipe.send((number, reply, time.process_time()))

    def _read_orders(self) -> None:
        """Obeys what is in the pipe, if a run trains: a signal may come late or early.

        It may also come while an order is being read; then the reader looks once more.
        """
        self._poked = True
        while self._poked and not self._reading and self._current is not None:
            self._poked = False
            self._reading = True
            try:
                while self._pipe.poll():
                    self._obey(*self._pipe.recv())
            finally:
                self._reading = False

    def _obey(self, order: str, number: int, *runs: Any) -> None:
        if order == BEGIN:
            self._new.append((number, make_replies(self._device, *runs)))
            return
        if order == HALT:
            self._halted.add(number)
            return
        self._halted.discard(number)
        if order == GO_ON:
            return
        for queue in (self._new, self._begun):
            for training in [training for training in queue if training[0] == number]:
                queue.remove(training)
        self._send(number, None)  # also when it had just ended
        if number == self._current:
            self._current = None
            raise _Left


def live(pipe: Connection, device: str, takes: str, asked_faults: str = "") -> None:
    """The worker's life: trains what arrives until the pipe closes, and warms up before that."""
    os.environ[faults.SWITCH] = asked_faults
    limits.settle(limits.NICE.get(takes, 10), device)
    worker = Worker(pipe, device, NAMES if takes != "sweeps" else ())
    with suppress(EOFError, OSError):
        worker.train()


def make_replies(device: str, name: str, runs: list[dict]) -> Replies:
    """Lists of frames, then None or the exception that ended the runs."""
    try:  # around the training alone: an OSError of its own is not the pipe's
        settings = [find(name).Settings(**knobs) for knobs in runs]
        seeds = [run.seed for run in settings]
        for count, shown in enumerate(frames(name, settings, device), 1):
            yield shown
            faults.after_frame(count, seeds)
        yield None
    except Exception as error:
        yield error if isinstance(error, KNOWN) else plain(error)
