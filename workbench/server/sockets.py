"""TODO."""

import errno
import math
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tornado.ioloop import IOLoop

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None
from workbench.core.log import OURS

FILES = 4096  # open files that a class may need: a socket a session, and what trains
SPARE = 24  # of the files that may be open, for what the server itself opens
BACKLOG = 128  # connections that are taken before something else has its turn


def accept_while_there_is_room(
    listening: socket.socket, take: Callable[[socket.socket, Any], None]
) -> Callable[[], None]:
    """Takes connections as long as files may be opened, then waits for a second.

    In the place of Tornado's `add_accept_handler`, which tries again at once and for ever, with a
    traceback each time: who is in would not be answered any more.
    """
    loop, most = IOLoop.current(), _files() - SPARE
    pause: list = []

    def accept(_fd: socket.socket, _events: int) -> None:
        for _ in range(BACKLOG):
            try:
                free = os.dup(listening.fileno())  # the lowest number
                os.close(free)
                if free >= most:
                    raise OSError(errno.EMFILE, "Too many open files")
                connection, address = listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                OURS.warning("Who comes in now has to wait: %s.", error.strerror)
                loop.remove_handler(listening)
                pause[:] = [loop.call_later(1, begin)]
                return
            take(connection, address)

    def begin() -> None:
        pause.clear()
        loop.add_handler(listening, accept, IOLoop.READ)

    def end() -> None:
        for timeout in pause:
            loop.remove_timeout(timeout)
        loop.remove_handler(listening)

    begin()
    return end


def raise_file_limit() -> None:
    """As many open files as the system allows: without them a server spins and fills its log."""
    if resource is None:
        return
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = FILES if hard == resource.RLIM_INFINITY else hard  # macOS takes a number alone
    if _files() < most:
        with suppress(ValueError):  # more than the system's own limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if _files() < FILES:
        OURS.warning(
            "Only %d files may be open here; for a class allow %d (ulimit -n).", _files(), FILES
        )


def _files() -> float:
    """How many files may be open."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return math.inf if soft == resource.RLIM_INFINITY else soft
