"""The room keeps a list of open pages, their chapters, and what the instructor shows.

It lives in the server's memory and is forgotten with it, but for votes where they are recorded.
Nobody is known by more than a name of their own choice.
"""

import secrets
import threading
import time
import weakref
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Protocol

from workbench.classroom.address import Shown, read_address
from workbench.classroom.votes import Votes
from workbench.core.chapter import Chapter
from workbench.core.settings import Settings, SettingsError
from workbench.running.run import Run

MOST_POINTS = 5000  # of finished runs, the oldest forgotten first
LATELY = 50  # runs of a chapter whose seconds are known
LONGEST_NAME = 24
ROOM = 120  # sessions at once, unless `workbench serve --room` says otherwise


class Training(Protocol):
    """A sweep, which is left by `close()`."""

    chapter: Chapter
    runs: Sequence[Run]

    @property
    def done(self) -> int: ...

    def close(self) -> None: ...


@dataclass(eq=False)
class Seat:
    """One open page of a chapter.

    `hear` is called with what is shown, `lowered` when the instructor lowers its hand, `changed`
    when the vote of the class goes on; in any thread. voter: whose page it is, where it has told.
    """

    chapter: str
    hear: Callable[[Shown], None]
    lowered: Callable[[], None] = lambda: None
    id: str = field(default_factory=lambda: secrets.token_hex(3))
    name: str = ""
    follows: bool = False
    voter: str = ""
    changed: Callable[[], None] = lambda: None
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
        self._points: dict[tuple[str, Settings], dict] = {}  # oldest first
        self._seconds: dict[str, deque[float]] = defaultdict(partial(deque, maxlen=LATELY))
        self._bakes: list[Training] = []
        self.shown: Shown | None = None
        self.places = ROOM
        self.pages = ""  # the link by which readers come from other machines, if they can
        self.votes = Votes(self.seats)

    def sit(
        self,
        chapter: str,
        hear: Callable[[Shown], None],
        lowered: Callable[[], None] = lambda: None,
        before: str = "",
    ) -> Seat:
        """A new page of this chapter. It is counted while somebody holds the seat.

        before: the id of a seat whose reader has followed the instructor here, with name and hand.
        """
        seat = Seat(chapter, hear, lowered)
        with self._lock:
            for old in self._seats:
                if old.id == before and old.follows:
                    seat.name, seat.hand, seat.follows = old.name, old.hand, True
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
        """The seats with a raised hand, the longest wait first."""
        return sorted((seat for seat in self.seats() if seat.hand), key=lambda seat: seat.hand)

    def show(self, chapter: str, address: str) -> tuple[Shown, int, int]:
        """Shows a chapter and its settings to all who follow.

        address: a page's, or its knobs alone (`beta=4&latent=10`); the chapter that it names comes
        before the given one. Returns what is shown, how many pages were told that can take it, and
        how many of other chapters. Raises SettingsError for whatever cannot be used in it; then
        nobody is told anything.
        """
        try:
            self.shown = read_address(chapter, address)
        except SettingsError as error:
            raise SettingsError(f"{error} Nothing was shown.") from None
        followers = [seat for seat in self.seats() if seat.follows]
        for seat in followers:
            seat.hear(self.shown)
        here = sum(seat.chapter == self.shown.chapter for seat in followers)
        return self.shown, here, len(followers) - here

    def bake(self, sweep: Training) -> None:
        """Holds a sweep until all of it has ended, whatever becomes of the page that began it."""
        with self._lock:
            self._bakes.append(sweep)
        self._let_go()

    def bakes(self) -> list[Training]:
        """The sweeps that are held, the newest last."""
        with self._lock:
            return list(self._bakes)

    def stop(self, sweep: Training) -> None:
        """Leaves a sweep before its end."""
        with self._lock:
            self._bakes = [each for each in self._bakes if each is not sweep]
        sweep.close()

    def _let_go(self) -> None:
        for sweep in self.bakes():
            if sweep.done == len(sweep.runs):
                self.stop(sweep)

    def ended(self, run: Run) -> None:
        """Keeps the last numbers of a finished run as one point, and how long it trained.

        A run with a text of its reader's leaves nothing here.
        """
        self._let_go()
        if run.status != "done" or not run.frames or run.settings.personal:
            return
        point = run.settings.values_by_name() | run.frames[-1].scalars
        with self._lock:
            self._points.pop(run.key, None)  # equal settings are one point
            self._points[run.key] = point
            if len(self._points) > MOST_POINTS:
                self._points.pop(next(iter(self._points)))
            if run.begun_at is not None:  # else it was kept
                took = (time.monotonic() - run.begun_at) / len(run.group)
                self._seconds[run.name].append(took)

    def points(self, chapter: str) -> list[dict]:
        """A row for each finished run of the chapter: its knobs and its last numbers."""
        with self._lock:
            return [point for (name, _), point in self._points.items() if name == chapter]

    def seconds(self, chapter: str) -> list[float]:
        """How long the chapter's runs that were trained lately took; of a stack, its share."""
        with self._lock:
            return list(self._seconds.get(chapter, ()))


@cache
def classroom() -> Classroom:
    """The server's one room."""
    return Classroom()
