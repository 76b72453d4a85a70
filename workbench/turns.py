"""Training: in this thread, and in a process that trains several runs by turns.

The process is told by its pipe what to begin and what to leave. It makes a frame of one run, then a
frame of the next, and those that nobody has seen anything of yet come before the others, one to
one. So sixty people who move their sliders all see a first frame soon, and nobody's run is lost.
"""

import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path

from threadpoolctl import threadpool_limits

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None

from workbench import faults
from workbench.chapters import NAMES, find
from workbench.data import DataError
from workbench.frames import Diverged, Frame
from workbench.later import torch
from workbench.logs import clean
from workbench.settings import Settings, SettingsError

PAGES = Path("/proc/self/statm")  # of memory; the sixth number is what RLIMIT_DATA limits
LONGEST = 2000  # characters of a traceback in the log
NICE = {"runs": 10, "sweeps": 19}  # the page's server comes first, then who waits, then sweeps
MEMORY = 4.0  # GiB that a worker may hold on a CPU; WORKBENCH_MEMORY says otherwise
POKE = getattr(signal, "SIGUSR1", None)  # Windows has none: there a run ends at its next frame
BEGIN, LEAVE, TURN = "begin", "leave", "turn"  # what is said through a pipe


class OutOfMemory(RuntimeError):
    """A run asked for more memory than it may have. Its text is one sentence."""


KNOWN = (Diverged, DataError, SettingsError, OutOfMemory)  # their text is for the reader


def cores() -> int:
    """How many cores this process may use: fewer than the machine's where it is held to some."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Computes with one thread and without denormal numbers, and leaves the process as it was.

    Another number of threads gives other numbers, and is slower for small nets.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
        torch.set_num_threads(threads)


def frames(name: str, settings: Settings, device: str) -> Iterator[Frame]:
    """The frames of one run of chapter `name`, trained in this thread."""
    yield from _advanced(find(name).train(settings, device))


def frames_together(name: str, runs: Sequence[Settings], device: str) -> Iterator[list[Frame]]:
    """The frames of several runs, one of each at a time, trained in this thread as one stack.

    The runs may differ in the chapter's stackable knobs only; one run may have any settings.
    """
    if len(runs) == 1:
        yield from ([frame] for frame in frames(name, runs[0], device))
        return
    yield from _advanced(find(name).train_together(runs, device))


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
            next(frames(name, find(name).Settings(), self._device))

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


def settle(nice: int, device: str) -> None:
    """What every process of a server's does first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's; we leave with it
    threading.Thread(target=_leave_with_the_server, daemon=True).start()
    os.nice(nice)
    limit_memory(device)
    # torch is told its number of threads; scipy's algebra would take every core and wait for them
    threadpool_limits(1)


def _leave_with_the_server() -> None:
    """The life of a thread: a server that is killed cannot say so, and who warms up or trains
    would not look for a while."""
    if hasattr(signal, "pthread_sigmask"):  # signals are for the thread that trains
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def work(pipe: Connection, device: str, takes: str, asked: str = "") -> None:
    """The worker's life: trains what arrives until the pipe closes, and warms up before that.

    asked: the faults on purpose.
    """
    os.environ[faults.SWITCH] = asked
    settle(NICE.get(takes, 10), device)
    turns = Turns(pipe, device, NAMES if takes != "sweeps" else ())
    with suppress(EOFError, OSError):
        turns.go()


def limit_memory(device: str) -> None:
    """Makes a run that needs too much fail, before the machine ends whatever it likes."""
    if device == "cpu" and resource is not None:
        most = int(float(os.environ.get("WORKBENCH_MEMORY") or MEMORY) * 2**30)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def half_full() -> bool:
    """Whether this process holds half of what it may: then what has begun ends before more begins,
    or all of it together would need more than a run may take."""
    if resource is None or not PAGES.exists():
        return False
    most, _ = resource.getrlimit(resource.RLIMIT_DATA)
    held = int(PAGES.read_text().split()[5]) * resource.getpagesize()
    return most != resource.RLIM_INFINITY and held > most / 2


def _replies(device: str, name: str, runs: list) -> Iterator[list[Frame] | Exception | None]:
    try:  # around the training alone: an OSError of its own is not the pipe's
        settings = [find(name).Settings(**knobs) for knobs in runs]
        seeds = [each.seed for each in settings]
        for count, shots in enumerate(frames_together(name, settings, device), 1):
            yield shots
            faults.after_frame(count, seeds)
        yield None
    except Exception as error:
        yield error if isinstance(error, KNOWN) else plain(error)


def plain(error: Exception) -> Exception:
    """An error of ours for a reader; its traceback goes to the log."""
    if (
        isinstance(error, MemoryError)
        or "allocate memory" in str(error).lower()
        or isinstance(error, torch.cuda.OutOfMemoryError)
    ):
        return OutOfMemory("This needs more memory than a run may take here: make it smaller.")
    told = "".join(traceback.format_exception(error))  # the log keeps what the reader is spared
    print(clean(told[-LONGEST:], LONGEST), file=sys.stderr, flush=True)
    return RuntimeError(f"{type(error).__name__}: {error}")
