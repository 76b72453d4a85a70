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

CALM_SECONDS = 2.0  # without a message from any page
M_ARENA_MAX = -8  # of malloc.h
LATEST_SECONDS = 60.0  # that a full collection is put off at most: a class is never calm
CLOSED_PAGES = 30  # that may wait for it: two MB each


class Calm:
    """When a page last spoke, since when a collection waits, and for how many closed pages."""

    last_message = 0.0
    waiting_since: float | None = None
    closed_pages = 0


def collect_when_calm() -> None:
    """Puts this rule in the place of Panel's. Calling it again changes nothing."""
    document._garbage_collect = lambda: None
    leave_alone()


def leave_alone() -> None:
    """Tells the garbage collector to skip all objects that exist now."""
    gc.freeze()


def one_heap() -> None:
    """Lets all threads take memory from one place, where the C library can be told so (glibc).

    By itself it gives each of sixty threads that wait for frames a place of its own, from which
    little comes back: 30 MB of a class's 350. Call it before there are threads.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def page_spoke() -> None:
    """Notes that a page has sent a message, and waits for an answer."""
    Calm.last_message = time.monotonic()


def page_closed(session_context) -> None:
    """Notes that a page is gone: what it leaves behind is collected soon."""
    Calm.closed_pages += 1
    if Calm.waiting_since is None:
        Calm.waiting_since = time.monotonic()
        IOLoop.current().call_later(CALM_SECONDS / 4, _collect)


def _collect() -> None:
    now = time.monotonic()
    spoke, waited = now - Calm.last_message, now - Calm.waiting_since
    if spoke < CALM_SECONDS and waited < LATEST_SECONDS and Calm.closed_pages < CLOSED_PAGES:
        IOLoop.current().call_later(CALM_SECONDS / 4, _collect)
        return
    Calm.waiting_since = None
    Calm.closed_pages = 0
    gc.unfreeze()
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)  # what is free between what is kept goes back, too (glibc)
    leave_alone()
