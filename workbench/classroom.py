"""The classroom: who is here, what they look at, and what the instructor shows to all.

It lives in the server's memory alone and is forgotten with it. Nobody is known by more than a
name of their own choice.
"""

import hmac
import os
import secrets
import threading
import time
import weakref
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qsl

from workbench.chapters import find
from workbench.runs import Run
from workbench.settings import Settings

KEY = "WORKBENCH_INSTRUCTOR"  # the environment's name for the instructor's password
MOST_POINTS = 5000  # of finished runs, the oldest forgotten first
LONGEST_NAME = 24


@dataclass(frozen=True)
class Shown:
    """What the instructor shows to those who follow: a chapter with these settings."""

    chapter: str
    settings: Settings


@dataclass(eq=False)
class Seat:
    """One open page of a chapter.

    `hear` is called with what is shown, `lowered` when the instructor lowers its hand; in any
    thread.
    """

    chapter: str
    hear: Callable[[Shown], None]
    lowered: Callable[[], None] = lambda: None
    id: str = field(default_factory=lambda: secrets.token_hex(3))
    name: str = ""
    follows: bool = False
    hand: float | None = None  # when it was raised, by time.monotonic()

    def call_me(self, name: str) -> None:
        """Takes a pseudonym, cut to a length that fits on a line."""
        self.name = " ".join(name.split())[:LONGEST_NAME]

    def raise_hand(self, up: bool) -> None:
        """Raises or lowers the hand; a raised one keeps its place in the row."""
        self.hand = (self.hand or time.monotonic()) if up else None

    @property
    def title(self) -> str:
        """How the instructor sees it."""
        return self.name or f"page {self.id}"


class Classroom:
    """Seats, hands, what is shown, and the finished runs of all."""

    def __init__(self):
        self._lock = threading.Lock()
        self._seats: weakref.WeakSet[Seat] = weakref.WeakSet()  # a closed page is gone by itself
        self._points: deque[tuple[str, dict]] = deque(maxlen=MOST_POINTS)
        self.shown: Shown | None = None

    def sit(self, chapter: str, hear: Callable[[Shown], None],
            lowered: Callable[[], None] = lambda: None) -> Seat:  # fmt: skip
        """A new page of this chapter. It is counted while somebody holds the seat."""
        seat = Seat(chapter, hear, lowered)
        with self._lock:
            self._seats.add(seat)
        return seat

    def leave(self, seat: Seat) -> None:
        with self._lock:
            self._seats.discard(seat)

    def seats(self) -> list[Seat]:
        with self._lock:
            return list(self._seats)

    def counts(self) -> dict[str, int]:
        """Open pages by chapter."""
        return dict(Counter(seat.chapter for seat in self.seats()))

    def hands(self) -> list[Seat]:
        """Who has a hand up, the longest first."""
        return sorted((seat for seat in self.seats() if seat.hand), key=lambda seat: seat.hand)

    def show(self, chapter: str, query: str) -> tuple[Shown, list[str], int]:
        """Shows a chapter and its settings to all who follow.

        query: the part of a page's address after the question mark. Returns what is shown, notes
        on what had to be ignored, and how many were told. Raises SettingsError for an unknown
        chapter.
        """
        settings, notes = find(chapter).Settings.from_query(_knobs(query))
        self.shown = Shown(chapter, settings)
        told = [seat for seat in self.seats() if seat.follows]
        for seat in told:
            seat.hear(self.shown)
        return self.shown, notes, len(told)

    def ended(self, run: Run) -> None:
        """Keeps the last numbers of a finished run as one point."""
        if run.status == "done" and run.frames:
            point = run.settings.values_by_name() | run.frames[-1].scalars
            with self._lock:
                self._points.append((run.name, point))

    def points(self, chapter: str) -> list[dict]:
        """A row for each finished run of the chapter: its knobs and its last numbers."""
        with self._lock:
            return [point for name, point in self._points if name == chapter]


def _knobs(query: str) -> dict[str, str]:
    pairs = dict(parse_qsl(query.rpartition("?")[2]))
    return {key: value for key, value in pairs.items() if key not in ("chapter", "theme")}


def may_instruct(key: str) -> bool:
    """Whether this is the instructor's password. Without one set nobody may."""
    wanted = os.environ.get(KEY, "")
    return bool(wanted) and hmac.compare_digest(key.encode(), wanted.encode())


@cache
def classroom() -> Classroom:
    """The server's one room."""
    return Classroom()
