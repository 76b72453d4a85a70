"""What a reader works by hand is computed in a process of its own, as runs are.

So the server holds no PyTorch, whichever labs are opened, and a reader's click never keeps the
others waiting. One process serves all: a task takes milliseconds, now and then a second.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from workbench.running.errors import KNOWN, TookTooLong, WorkerDied, plain
from workbench.running.limits import settle
from workbench.running.patience import Moment, cpu_seconds
from workbench.running.process import processes

PATIENCE = 30.0  # seconds of CPU that a task may take
LOOK_SECONDS = 1.0  # between two looks at what it has had
NICE = 5  # after the server, before what trains


class LabProcess:
    """A process that does one task at a time.

    The first task starts it, and the next task after its end starts another. It leaves when its
    pipe closes, so it never outlives the server.

    seconds: of CPU that a task may take; nice: how far it stands behind other processes.
    """

    def __init__(self, seconds: float = PATIENCE, nice: int = NICE):
        self.seconds = seconds
        self.nice = nice
        self._turn = threading.Lock()
        self.process: BaseProcess | None = None

    def __call__(self, task: Callable[[], Any]) -> Any:
        """What `task()` returns there; both go through a pipe, so a lambda will not do.

        Raises what it raises, WorkerDied, or TookTooLong.
        """
        with self._turn:
            late = False
            process = self.process
            if process is None or not process.is_alive():
                process = self._start()
            try:
                self._pipe.send(task)
                began = Moment(time.monotonic(), cpu_seconds(process.pid))
                while not self._pipe.poll(min(LOOK_SECONDS, self.seconds)):
                    late = began.is_older(self.seconds, cpu_seconds(process.pid))
                    if late:
                        process.kill()
                result = self._pipe.recv()
            except (EOFError, OSError):
                process.join()
                raise self._failure(late) from None
        if isinstance(result, Exception):
            raise result
        return result

    def end(self) -> None:
        """Ends the process: what it computes fails, and the next task starts another."""
        if self.process is not None:
            self.process.kill()
            self.process.join()

    def _failure(self, late: bool) -> WorkerDied:
        if late:
            return TookTooLong(
                f"This took more than {self.seconds:g} s of computing, and was ended."
            )
        return WorkerDied(
            "The process that computed this died; another is ready, so you can try again."
        )

    def _start(self) -> BaseProcess:
        self._pipe, theirs = processes().Pipe()
        process = self.process = processes().Process(
            target=_serve, args=(theirs, self.nice), daemon=True
        )
        process.start()
        theirs.close()  # or a dead child would look like a silent one
        return process


@cache
def shared_lab_process() -> LabProcess:
    """The server's one LabProcess."""
    return LabProcess()


def _serve(pipe: Connection, nice: int) -> None:
    """The process's life: does the tasks that arrive until the pipe closes."""
    settle(nice, "cpu")
    with suppress(EOFError, OSError):
        while True:
            pipe.send(_result(pipe.recv()))


def _result(task: Callable[[], Any]) -> Any:
    from workbench.science.compute import one_thread  # PyTorch, which the server has not

    try:
        with one_thread():  # as everything is trained, so that the numbers agree
            return task()
    except Exception as error:
        return error if isinstance(error, KNOWN) else plain(error)
