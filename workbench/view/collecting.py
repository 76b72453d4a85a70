"""Python's garbage collector, for when nobody waits for an answer.

A full collection looks at every object of every open page: half a second with sixty of them, in
which nobody is answered. Python makes one whenever a quarter more has been made, twenty while a
class comes in, and Panel 1.9.4 one more five seconds after a page is gone.
"""

import gc
import time

from panel.io import document
from tornado.ioloop import IOLoop

RARELY = 100  # collections of younger objects to a full one at least; Python's own choice is 10
CALM = 2.0  # seconds without a word from any page
LATEST = 60.0  # seconds that a full collection is put off at most


class Calm:
    """When a page last spoke, and since when a collection is put off."""

    heard = 0.0
    since: float | None = None


def collect_when_calm() -> None:
    """Puts this rule in the place of Panel's. Calling it again changes nothing."""
    younger = gc.get_threshold()[:2]
    gc.set_threshold(*younger, RARELY)
    document._garbage_collect = _ask


def heard() -> None:
    """A page has said something, and waits for what comes of it."""
    Calm.heard = time.monotonic()


def _ask() -> None:
    """A page is gone: what it leaves behind is collected soon."""
    if Calm.since is None:
        Calm.since = time.monotonic()
        _look()


def _look() -> None:
    now = time.monotonic()
    if now - Calm.heard < CALM and now - Calm.since < LATEST:
        IOLoop.current().call_later(CALM / 4, _look)
        return
    Calm.since = None
    gc.collect()
