"""What a reader works by hand is computed in a process of its own, as runs are.

So the server holds no PyTorch, whichever labs are opened, and a reader's click never keeps the
others waiting. One process for all: a piece of work takes milliseconds, now and then a second.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from multiprocessing.connection import Connection
from typing import Any

from workbench.running.errors import KNOWN, WorkerDied, plain
from workbench.running.limits import settle
from workbench.running.process import processes
from workbench.science.compute import one_thread

PATIENCE = 30.0  # seconds that a piece of work may take
NICE = 5  # after the server, before what trains


class Hand:
    """A process that does one piece of work at a time. The first begins it, and the next after its
    end begins another.

    It leaves when its pipe closes, so it never outlives the server.
    """

    def __init__(self):
        self._turn, self.process = threading.Lock(), None

    def __call__(self, work: Callable[[], Any]) -> Any:
        """What `work()` returns there; both go through a pipe, so a lambda will not do.

        Raises what it raises, or WorkerDied.
        """
        with self._turn:
            if self.process is None or not self.process.is_alive():
                self._begin()
            try:
                self._pipe.send(work)
                if not self._pipe.poll(PATIENCE):
                    self.process.kill()
                result = self._pipe.recv()
            except (EOFError, OSError):
                self.process.join()
                raise WorkerDied(
                    "The process that computed this died; another is ready, so you can try again."
                ) from None
        if isinstance(result, Exception):
            raise result
        return result

    def _begin(self) -> None:
        self._pipe, theirs = processes().Pipe()
        self.process = processes().Process(target=_work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()  # or a dead child would look like a silent one


@cache
def shared_hand() -> Hand:
    """The server's one Hand."""
    return Hand()


def _work(pipe: Connection) -> None:
    """The process's life: does what arrives until the pipe closes."""
    settle(NICE, "cpu")
    with suppress(EOFError, OSError):
        while True:
            pipe.send(_done(pipe.recv()))


def _done(work: Callable[[], Any]) -> Any:
    try:
        with one_thread():  # as everything is trained, so that the numbers agree
            return work()
    except Exception as error:
        return error if isinstance(error, KNOWN) else plain(error)
