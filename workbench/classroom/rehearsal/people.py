"""People of a rehearsal: each moves one slider and watches what comes back."""

import asyncio
import math
import random
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from workbench.classroom.rehearsal.client import Refused, Session
from workbench.classroom.rehearsal.voting import Voter
from workbench.core.knobs import Knob

MOVES_A_SECOND = 0.3  # of one person
OWN_SEED_EVERY = 10  # one person in so many has an own seed: what they ask for is always new
ARRIVAL_SECONDS = 60.0  # after which nobody waits to be told how a page stands
LOST_SECONDS = 20.0  # after which an answer is not waited for
ALERT = 'role="alert"'  # in the words of a page whose run has failed


@dataclass
class Move:
    """One settled move of a slider and what came of it, in seconds since the start of the clock."""

    value: float
    asked: float
    answered: float | None = None
    framed: float | None = None
    left: float | None = None  # when the next move came, or the end
    kept: bool = False  # somebody had already seen this run done


class Person(Session):
    """A session on a chapter's page that moves one slider and watches its own page's words."""

    def __init__(self, url: str, cookies: str, number: int, trained: set[str]):
        super().__init__(url, cookies)
        self.number = number
        self.trained = trained
        self.random = random.Random(number)
        self.moves: list[Move] = []
        self.foreign = 0
        self.hung_up = False
        self.failures: list[float] = []  # when a run of theirs had failed
        self.voter = Voter(self, number)
        self.knob: Knob | None = None  # that they move
        self.address = ""

    async def enter(self, name: str, files: bool = False, **knobs: str) -> None:
        """Opens a chapter's page (with its scripts, if `files`), and chooses the slider to move."""
        from workbench.chapters import find

        has_own_seed = self.number % OWN_SEED_EVERY == 0
        own = {"seed": str(self.number // OWN_SEED_EVERY)} if has_own_seed else {}
        self.models, self.shown = {}, {}
        self.expected = {"chapter": name} | own | knobs
        await self.open(urlencode(self.expected), files)
        await self._arrive()
        defaults, knobs = find(name).Settings(), find(name).Settings.knobs().values()
        states = self.shown["knobs"]["knobs"]
        self.knob = next(
            knob
            for knob in knobs
            if knob.kind in ("number", "integer") and states[knob.name]["matters"]
        )
        self.begins = float(self.expected.get(self.knob.name, getattr(defaults, self.knob.name)))

    async def _arrive(self) -> None:
        """Waits until the page has been told how everything stands. Raises Refused if it is not."""
        end = time.monotonic() + ARRIVAL_SECONDS
        while "knobs" not in self.shown:
            if self.hung_up or time.monotonic() > end:
                raise Refused("The page was not told how its knobs stand.")
            await asyncio.sleep(0.02)

    async def stay(self, until: float) -> None:
        """Moves the slider every few seconds until the clock says so."""
        while (now := time.monotonic()) < until and not self.hung_up:
            await asyncio.sleep(min(until - now, 0.3 + self.random.expovariate(MOVES_A_SECOND)))
            if time.monotonic() < until and not self.hung_up:
                self.move()
        end = time.monotonic() + LOST_SECONDS
        while time.monotonic() < end and self.moves and self.moves[-1].answered is None:
            await asyncio.sleep(0.1)
        self._leave_last()

    def move(self) -> None:
        """Settles the slider somewhere else."""
        low, high = self.knob.bounds
        values = list(self.knob.stops) or [low + i * (high - low) / 20 for i in range(21)]
        if self.knob.kind == "integer":
            values = sorted({round(value) for value in values})
        last = self.moves[-1].value if self.moves else self.begins
        away = [value for value in values if not math.isclose(value, last, abs_tol=1e-9)]
        self.settle(self.random.choice(away))

    def settle(self, value: float) -> None:
        """Lets go of the slider at this value."""
        self._leave_last()
        self.moves.append(Move(value, time.monotonic()))
        number = len(self.moves)
        self.tell("knob", {"name": self.knob.name, "value": value, "number": number})

    def on_show(self, kind: str, value: Any) -> None:
        if kind == "address" and self.knob is not None:
            self._read_address(value)
        elif kind == "status":
            self._read_words(value)
        elif kind == "vote":
            self.voter.hear(value)
        elif kind == "drawn" and value:
            self._note_frame()

    def _read_address(self, address: str) -> None:
        """The page's own address has changed: it must be about a value that was asked for."""
        query = {key: values[-1] for key, values in parse_qs(urlsplit(address).query).items()}
        self.address = address
        now = time.monotonic()
        value = float(query.get(self.knob.name, "nan"))
        waiting = [i for i, move in enumerate(self.moves) if move.answered is None]
        met = [i for i in waiting if math.isclose(self.moves[i].value, value, abs_tol=1e-9)]
        if not met or any(query.get(key) != text for key, text in self.expected.items()):
            self.foreign += 1
            return
        for i in waiting:
            if i <= met[0]:  # a newer move wins: what it overtook is answered with it
                self.moves[i].answered = now
        self.moves[met[0]].kept = address in self.trained

    def _read_words(self, words: str) -> None:
        if "Done:" in words and self.address:
            self.trained.add(self.address)
        if ALERT in words:
            self.failures.append(time.monotonic())

    def _note_frame(self) -> None:
        last = self.moves[-1] if self.moves else None
        if last and last.answered is not None and last.framed is None:
            last.framed = time.monotonic()

    def _leave_last(self) -> None:
        if self.moves and self.moves[-1].left is None:
            self.moves[-1].left = time.monotonic()

    def on_hang_up(self) -> None:
        self.hung_up = True
