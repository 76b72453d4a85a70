"""A server's memory: Python's garbage collector when nobody waits for an answer, and one heap.

A full collection looks at every object of every open page: half a second with sixty of them, in
which nobody is answered. Python makes one whenever a quarter more has been made, twenty while a
class comes in, and Panel 1.9.4 one more five seconds after a page is gone. Here it looks past the
pages that are there, until one is gone and nobody speaks.
"""

import ctypes
import gc
import time
from contextlib import suppress

from panel.io import document
from tornado.ioloop import IOLoop

CALM = 2.0  # seconds without a word from any page
M_ARENA_MAX = -8  # of malloc.h
LATEST = 60.0  # seconds that a full collection is put off at most: a class is never calm
DEAD = 30  # pages that may wait for it: two MB each


class Calm:
    """When a page last spoke, since when a collection is put off, and for how many pages."""

    heard = 0.0
    since: float | None = None
    dead = 0


def collect_when_calm() -> None:
    """Puts this rule in the place of Panel's. Calling it again changes nothing."""
    document._garbage_collect = lambda: None
    leave_alone()


def leave_alone() -> None:
    """What is there now stays for a while: a page, or what the server has imported."""
    gc.freeze()


def one_heap() -> None:
    """Lets all threads take memory from one place, where the C library can be told so (glibc).

    By itself it gives each of sixty threads that wait for frames a place of its own, from which
    little comes back: 30 MB of a class's 350. Call it before there are threads.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def heard() -> None:
    """A page has said something, and waits for what comes of it."""
    Calm.heard = time.monotonic()


def gone(session_context) -> None:
    """A page is gone: what it leaves behind is collected soon."""
    Calm.dead += 1
    if Calm.since is None:
        Calm.since = time.monotonic()
        IOLoop.current().call_later(CALM / 4, _look)


def _look() -> None:
    now = time.monotonic()
    if now - Calm.heard < CALM and now - Calm.since < LATEST and Calm.dead < DEAD:
        IOLoop.current().call_later(CALM / 4, _look)
        return
    Calm.since, Calm.dead = None, 0
    gc.unfreeze()
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)  # what is free between what is kept goes back, too (glibc)
    leave_alone()
