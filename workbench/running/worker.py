"""Training: in this thread, and in a process that trains several runs by turns.

The process is told by its pipe what to begin and what to leave. It makes a frame of one run, then a
frame of the next, and those that nobody has seen anything of yet come before the others, one to
one. So sixty people who move their sliders all see a first frame soon, and nobody's run is lost.
"""

import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

from workbench.chapters import NAMES, find
from workbench.core.chapter import Fit
from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.running import faults, own_fit
from workbench.running.errors import KNOWN, plain
from workbench.running.limits import NICE, half_full, settle
from workbench.science.compute import one_thread

POKE = getattr(signal, "SIGUSR1", None)  # Windows has none: there a run ends at its next frame
BEGIN, LEAVE, TURN = "begin", "leave", "turn"  # what is said through a pipe


def frames(
    name: str, runs: Sequence[Settings], device: str, fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """The frames of several runs, one of each at a time, trained in this thread as one stack.

    The runs may differ in the chapter's stackable knobs only. With a reader's `fit` instead of the
    chapter's, raises FitError in one sentence for whatever is wrong with it.
    """
    if fit is None:
        return _advanced(find(name).train(runs, device))
    return _advanced(own_fit.train(find(name), runs, device, fit))


def _advanced(training: Iterator) -> Iterator:
    """What a training yields; whoever takes it computes with as many threads as before."""
    while True:
        with one_thread():
            made = next(training, None)
        if made is None:
            return
        yield made


class _Left(BaseException):
    """The run whose turn it is is not wanted any more."""


class Turns:
    """What a process trains. A reply is (number, list of frames), and at a run's end (number, None
    or the exception that ended it); before each turn comes (number, TURN), so that everybody knows
    whose fault the end of the process is.

    A "leave" that comes while its run trains ends it wherever it stands. It is heard between two
    operations of the training alone: a frame that is being sent arrives whole.

    cold: chapters of which a first frame is made while nobody asks for anything, so that what comes
    later is quick. Who waits does not wait for that: the process may stand in for one that died.
    """

    def __init__(self, pipe: Connection, device: str, cold: Sequence[str] = ()):
        self._pipe, self._device, self._cold = pipe, device, deque(cold)
        self._new, self._begun = deque(), deque()  # (number, replies): without a frame, and with
        self._now: int | None = None  # whose training may be interrupted
        self._rung = self._reading = False  # by a signal; and whether a message is being read
        if POKE is not None:
            signal.signal(POKE, lambda *_: self._hear())

    def go(self) -> None:
        """Trains until the pipe closes: raises EOFError or OSError then."""
        while True:
            while not (self._new or self._begun or self._pipe.poll()) and self._cold:
                self._warm(self._cold.popleft())
            while not (self._new or self._begun) or self._pipe.poll():
                self._take(*self._pipe.recv())
            if self._new and not (self._begun and half_full()):
                self._turn(*self._new.popleft())
            if self._begun:
                self._turn(*self._begun.popleft())

    def _warm(self, name: str) -> None:
        with suppress(Exception):  # a broken chapter fails its own runs, not all
            next(frames(name, [find(name).Settings()], self._device))

    def _turn(self, number: int, replies: Iterator) -> None:
        """Makes and sends one reply."""
        self._pipe.send((number, TURN))
        try:
            self._now = number
            self._hear()  # what came while another one's frame was being sent
            reply = next(replies)
        except _Left:
            return
        finally:
            self._now = None
        self._pipe.send((number, reply))
        if isinstance(reply, list):
            self._begun.append((number, replies))

    def _hear(self) -> None:
        """Takes what is in the pipe, if a run trains: a signal may come late or early.

        It may also come while a message is being read; then the reader looks once more.
        """
        self._rung = True
        while self._rung and not self._reading and self._now is not None:
            self._rung, self._reading = False, True
            try:
                while self._pipe.poll():
                    self._take(*self._pipe.recv())
            finally:
                self._reading = False

    def _take(self, what: str, number: int, *runs) -> None:
        if what == BEGIN:
            self._new.append((number, _replies(self._device, *runs)))
            return
        for queue in (self._new, self._begun):
            for each in [each for each in queue if each[0] == number]:
                queue.remove(each)
        self._pipe.send((number, None))  # also when it had just ended
        if number == self._now:
            self._now = None
            raise _Left


def work(pipe: Connection, device: str, takes: str, asked: str = "") -> None:
    """The worker's life: trains what arrives until the pipe closes, and warms up before that.

    asked: the faults on purpose.
    """
    os.environ[faults.SWITCH] = asked
    settle(NICE.get(takes, 10), device)
    turns = Turns(pipe, device, NAMES if takes != "sweeps" else ())
    with suppress(EOFError, OSError):
        turns.go()


def _replies(device: str, name: str, runs: list) -> Iterator[list[Frame] | Exception | None]:
    try:  # around the training alone: an OSError of its own is not the pipe's
        settings = [find(name).Settings(**knobs) for knobs in runs]
        seeds = [each.seed for each in settings]
        for count, shots in enumerate(frames(name, settings, device), 1):
            yield shots
            faults.after_frame(count, seeds)
        yield None
    except Exception as error:
        yield error if isinstance(error, KNOWN) else plain(error)
