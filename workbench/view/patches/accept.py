"""Tornado 6.5: a server without a free file waits for a second instead of spinning.

Tornado's `add_accept_handler` tries again at once and for ever, with a traceback each time, and
readers who are in are not answered any more. `tests/server/test_room.py` takes the files away; when
it passes without this, the file may go.
"""

import errno
import os
import socket
from collections.abc import Callable
from typing import Any

from tornado import tcpserver
from tornado.ioloop import IOLoop

from workbench.core.log import OURS

BACKLOG = 128  # connections that are taken before something else has its turn
PAUSE_SECONDS = 1.0  # until a server without a free file tries again


def accept_while_files_are_free(most: float) -> None:
    """Puts our way of taking connections in the place of Tornado's.

    most: the number of the last file that a connection may open.
    """

    def add_accept_handler(
        listening: socket.socket, take: Callable[[socket.socket, Any], None]
    ) -> Callable[[], None]:
        gate = Gate(listening, take, most)
        gate.open()
        return gate.shut

    tcpserver.add_accept_handler = add_accept_handler


class Gate:
    """Takes the connections of a listening socket while files may be opened."""

    def __init__(self, listening: socket.socket, take: Callable, most: float):
        self.listening = listening
        self.take = take
        self.most = most
        self.loop = IOLoop.current()
        self.pause: object | None = None

    def open(self) -> None:
        self.pause = None
        self.loop.add_handler(self.listening, self._accept, IOLoop.READ)

    def shut(self) -> None:
        if self.pause is not None:
            self.loop.remove_timeout(self.pause)
        self.loop.remove_handler(self.listening)

    def _accept(self, _file: socket.socket, _events: int) -> None:
        for _ in range(BACKLOG):
            try:
                self._need_a_file()
                connection, address = self.listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                OURS.warning("New readers have to wait: %s.", error.strerror)
                self.loop.remove_handler(self.listening)
                self.pause = self.loop.call_later(PAUSE_SECONDS, self.open)
                return
            self.take(connection, address)

    def _need_a_file(self) -> None:
        """Raises OSError when the lowest free number is too high for a connection."""
        free = os.dup(self.listening.fileno())
        os.close(free)
        if free >= self.most:
            raise OSError(errno.EMFILE, "Too many open files")
