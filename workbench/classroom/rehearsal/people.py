"""People of a rehearsal: each moves one slider and watches what comes back."""

import asyncio
import math
import random
import time
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from workbench.classroom.rehearsal.client import Session

MOVES_A_SECOND = 0.3  # of one person
OWN_SEED_EVERY = 10  # one person in so many has an own seed: what they ask for is always new
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
        self.status = ""  # the id of the model that tells how the run is
        self.address = ""

    async def enter(self, name: str, files: bool = False, **knobs: str) -> None:
        """Opens a chapter's page (with its scripts, if `files`), and chooses the slider to move."""
        from workbench.chapters import find

        has_own_seed = self.number % OWN_SEED_EVERY == 0
        own = {"seed": str(self.number // OWN_SEED_EVERY)} if has_own_seed else {}
        self.models = {}
        self.expected = {"chapter": name} | own | knobs
        await self.open(urlencode(self.expected), files)
        defaults, knobs = find(name).Settings(), find(name).Settings.knobs().values()
        shown = {
            m["attributes"].get("label"): m
            for m in self.models.values()
            if "value_throttled" in m.get("attributes", {})
        }
        self.knob = next(k for k in knobs if k.label in shown and k.name != "steps")
        self.slider = shown[self.knob.label]
        self.begins = float(self.expected.get(self.knob.name, getattr(defaults, self.knob.name)))
        status = next(model for model in self.models.values() if _address(model))
        self.status = status["id"]
        if ALERT in unescape(status["attributes"].get("text", "")):
            self.failures.append(time.monotonic())  # before the page was there

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
        held = self.slider["attributes"]
        if "options" in held:
            stops = {self.knob.reads(stop): stop for stop in self.knob.stops}
            places = [(i, stops[text]) for i, text in enumerate(held["options"]) if text in stops]
        else:  # a page leaves out what is at its default, so the ends are the knob's own
            low, high = self.knob.low, self.knob.high
            values = [low + i * (high - low) / 20 for i in range(21)]
            if self.knob.kind == "integer":
                values = sorted({round(value) for value in values})
            places = [(value, value) for value in values]
        last = self.moves[-1].value if self.moves else self.begins
        away = [place for place in places if not math.isclose(place[1], last, abs_tol=1e-9)]
        sent, value = self.random.choice(away)
        self._leave_last()
        self.moves.append(Move(value, time.monotonic()))
        self.change(self.slider["id"], value=sent, value_throttled=sent)

    def on_change(self, model: str, attribute: str, value: Any) -> None:
        if model != self.status:
            return
        if attribute == "tags":
            self._read_address(value[0])
        elif attribute == "text":
            self._read_words(unescape(value))  # Panel's HTML model holds it escaped

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
        last = self.moves[-1] if self.moves else None
        if last and last.answered is not None and last.framed is None and "numbers" in words:
            last.framed = time.monotonic()

    def _leave_last(self) -> None:
        if self.moves and self.moves[-1].left is None:
            self.moves[-1].left = time.monotonic()

    def on_hang_up(self) -> None:
        self.hung_up = True


def _address(model: dict) -> bool:
    tags = model.get("attributes", {}).get("tags") or [""]
    return str(tags[0]).startswith("?chapter=")
