"""Players: where a training generator is advanced, in this process or in a worker of its own."""

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from multiprocessing.connection import Connection

from threadpoolctl import threadpool_limits

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None

from workbench import faults
from workbench.chapters import NAMES, find
from workbench.data import DataError
from workbench.frames import Diverged, Frame
from workbench.later import torch, torch_build
from workbench.logs import clean
from workbench.settings import Settings, SettingsError

PATIENCE = 2.0  # seconds a worker has to leave a run
LONGEST = 2000  # characters of a traceback in the log
NICE = {"runs": 10, "sweeps": 19}  # the page's server comes first, then who waits, then sweeps
MEMORY = 4.0  # GiB that a worker may hold on a CPU; WORKBENCH_MEMORY says otherwise
# what every worker shares with the server that it is forked from
PRELOAD = ["torch.nn.functional", "torch.optim.adam", "sklearn.datasets", "workbench.players"]
POKE = getattr(signal, "SIGUSR1", None)  # Windows has none: there a run ends at its next frame


def pick_device(name: str | None = None) -> str:
    """`name`, else WORKBENCH_DEVICE, else "cuda" when there is one, else "cpu".

    Raises SettingsError when CUDA is asked for and absent.
    """
    name = name or os.environ.get("WORKBENCH_DEVICE") or ""
    if name not in ("", "cpu", "cuda"):
        raise SettingsError(f"The device must be cpu or cuda, not {name[:20]!r}.")
    if name == "cuda" and not has_cuda():
        raise SettingsError("There is no CUDA device here; use cpu.")
    return name or ("cuda" if has_cuda() else "cpu")


@cache
def has_cuda() -> bool:
    """Whether PyTorch can use a GPU, asked of another process where PyTorch is not loaded yet."""
    if "torch" in sys.modules:
        return torch.cuda.is_available()
    built = torch_build()
    if built["hip"] is None and not (built["cuda"] and _has_driver()):
        return False
    asked = "import sys, torch; sys.exit(not torch.cuda.is_available())"
    return subprocess.run([sys.executable, "-c", asked]).returncode == 0


def _has_driver() -> bool:
    try:
        ctypes.CDLL("nvcuda" if os.name == "nt" else "libcuda.so.1")
    except OSError:
        return False
    return True


class OutOfMemory(RuntimeError):
    """A run asked for more memory than it may have. Its text is one sentence."""


KNOWN = (Diverged, DataError, SettingsError, OutOfMemory)  # their text is for the reader


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
    training = find(name).train(settings, device)
    while True:
        with one_thread():
            frame = next(training, None)
        if frame is None:
            return
        yield frame


def frames_together(name: str, runs: Sequence[Settings], device: str) -> Iterator[list[Frame]]:
    """The frames of several runs, one of each at a time, trained in this thread as one stack.

    The runs may differ in the chapter's stackable knobs only; one run may have any settings.
    """
    if len(runs) == 1:
        yield from ([frame] for frame in frames(name, runs[0], device))
        return
    training = find(name).train_together(runs, device)
    while True:
        with one_thread():
            shots = next(training, None)
        if shots is None:
            return
        yield shots


def play(name: str, device: str | None = None, **knobs) -> Iterator[Frame]:
    """Trains chapter `name` here and now: `for frame in play("beta-vae", beta=4): ...`

    Raises SettingsError at once for an unknown chapter, knob or value.
    """
    settings = find(name).Settings(**knobs)
    return frames(name, settings, pick_device(device))


class WorkerDied(RuntimeError):
    """The process that trained a run is gone. Its text is one sentence."""


class Here:
    """Trains in the thread that asks: for notebooks and tests."""

    takes = "all"

    def __init__(self, device: str | None = None):
        self.device = pick_device(device)

    def frames(self, name: str, settings: Settings) -> Iterator[Frame]:
        return frames(name, settings, self.device)

    def frames_together(self, name: str, runs: Sequence[Settings]) -> Iterator[list[Frame]]:
        return frames_together(name, runs, self.device)

    def stop(self) -> None:
        """Nothing: a thread cannot be interrupted, so the run ends at its next frame."""

    def close(self) -> None:
        pass


class Worker:
    """Trains in a process of its own, so that a crash costs one run and never the page.

    The process is started at once, replaced when it dies or does not answer, and leaves when its
    pipe closes: it never outlives the server. One that trains for readers is warmed by one step
    of every chapter; one for sweeps yields to all others.
    """

    def __init__(self, device: str | None = None, takes: str = "all"):
        self.device, self.takes, self._sending = pick_device(device), takes, threading.Lock()
        self._left: float | None = None  # when it was told to leave its run
        self._start()

    def frames(self, name: str, settings: Settings) -> Iterator[Frame]:
        """Raises what the training raised, or WorkerDied."""
        with closing(self.frames_together(name, [settings])) as shots:
            for (frame,) in shots:
                yield frame

    def frames_together(self, name: str, runs: Sequence[Settings]) -> Iterator[list[Frame]]:
        """Raises what the training raised, or WorkerDied."""
        finished = False
        try:
            with self._sending:
                self._left = None
                self._pipe.send((name, [run.values_by_name() for run in runs]))
            while (reply := self._reply()) is not None:
                self._awake = True
                if isinstance(reply, Exception):
                    finished = True
                    self._distrust(reply)
                    raise reply
                yield reply
            finished = True
        except (EOFError, OSError):
            self._replace()
            finished = True
            raise WorkerDied(
                "The training process died; a new one is ready, so you can run this again."
            ) from None
        finally:
            if not finished:
                self._stop_run()

    def _reply(self) -> list[Frame] | Exception | None:
        """What comes next through the pipe; a process that does not leave its run is killed."""
        while not self._pipe.poll(PATIENCE / 4):
            if self._left is not None and time.monotonic() - self._left > PATIENCE:
                self.process.kill()
        return self._pipe.recv()

    def _distrust(self, error: Exception) -> None:
        """After an error of its own a GPU's context may be broken: another process goes on."""
        if self.device == "cuda" and not isinstance(error, (Diverged, DataError, SettingsError)):
            self._replace()

    def stop(self) -> None:
        """Makes the process leave its run between two operations, not at the next frame."""
        with suppress(OSError), self._sending:
            self._left = time.monotonic()
            self._pipe.send("stop")
            if POKE is not None and self._awake:
                os.kill(self.process.pid, POKE)

    def _stop_run(self) -> None:
        """Waits for the end of a run that was left; a process that does not answer is replaced."""
        self.stop()
        try:
            deadline = time.monotonic() + PATIENCE
            while self._pipe.poll(max(0, deadline - time.monotonic())):
                reply = self._pipe.recv()
                if reply is None or isinstance(reply, Exception):
                    return
        except (EOFError, OSError):
            pass
        self._replace()

    def _replace(self) -> None:
        self.close()
        self._start()

    def _start(self) -> None:
        self._awake = False  # a process that is only starting would be ended by a signal
        self._pipe, theirs = processes().Pipe()
        asked = os.environ.get(faults.SWITCH, "")  # a fork server keeps its own environment
        self.process = processes().Process(
            target=_work, args=(theirs, self.device, self.takes, asked), daemon=True
        )
        self.process.start()
        theirs.close()  # or a dead child would look like a silent one

    def close(self) -> None:
        self._pipe.close()
        self.process.join(0.5)
        if self.process.is_alive():
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


class _Left(BaseException):
    """The run of this process is not wanted any more."""


class _Listening:
    """While it is entered, a "stop" in the pipe ends the run with _Left, wherever it stands.

    It is entered around the training alone: a frame that is being sent arrives whole.
    """

    def __init__(self, pipe: Connection):
        self._pipe, self._inside = pipe, False
        if POKE is not None:
            signal.signal(POKE, self._hear)

    def __enter__(self) -> None:
        self._inside = True
        self._hear()  # what came while a frame was being sent

    def __exit__(self, *_) -> None:
        self._inside = False

    def _hear(self, *_) -> None:
        # the pipe decides, for a signal may come late, when the next run has begun
        if self._inside and self._pipe.poll():
            self._inside = False
            raise _Left


def _work(pipe: Connection, device: str, takes: str, asked: str = "") -> None:
    """The worker's life: warm up, then train what arrives until the pipe closes.

    asked: the faults on purpose.
    """
    os.environ[faults.SWITCH] = asked
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's; we leave with it
    os.nice(NICE.get(takes, 10))
    limit_memory(device)
    # torch is told its number of threads; scipy's algebra would take every core and wait for them
    threadpool_limits(1)
    listening = _Listening(pipe)
    for name in NAMES if takes != "sweeps" else ():
        with suppress(Exception):  # a broken chapter fails its own runs, not all
            next(frames(name, find(name).Settings(), device))
    with suppress(EOFError, OSError):
        while True:
            message = pipe.recv()
            if message != "stop":  # a late one, meant for a run that had just ended
                _train(pipe, listening, device, *message)


def limit_memory(device: str) -> None:
    """Makes a run that needs too much fail, before the machine ends whatever it likes."""
    if device == "cpu" and resource is not None:
        most = int(float(os.environ.get("WORKBENCH_MEMORY") or MEMORY) * 2**30)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _train(pipe: Connection, listening: _Listening, device: str, name: str, runs: list) -> None:
    """Sends list after list of frames, then None, or the exception that ended the runs."""
    replies = _replies(device, name, runs)
    try:
        reply = []
        while isinstance(reply, list):
            with listening:
                reply = next(replies)
            pipe.send(reply)
    except _Left:
        pipe.recv()
        pipe.send(None)


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
    """An error for a reader; its traceback goes to the log."""
    if (
        isinstance(error, MemoryError)
        or "allocate memory" in str(error).lower()
        or isinstance(error, torch.cuda.OutOfMemoryError)
    ):
        return OutOfMemory("This needs more memory than a run may take here: make it smaller.")
    told = "".join(traceback.format_exception(error))  # the log keeps what the reader is spared
    print(clean(told[-LONGEST:], LONGEST), file=sys.stderr, flush=True)
    return RuntimeError(f"{type(error).__name__}: {error}")
