"""A class that votes: an instructor opens tasks to the room, and everybody answers each vote."""

import asyncio
import math
import random
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPClientError

from workbench.classroom.rehearsal.client import Refused, Session

TASK = "beta-vae/silent"  # which every class can answer, whatever its people look at
PATIENCE_SECONDS = 20.0  # after which an answer is not waited for
THINKING_SECONDS = 3.0  # in which everybody has answered: a class answers in one moment
PAUSE_SECONDS = 2.0  # between two steps of the instructor


@dataclass
class Answered:
    """One answer of a person: when it was sent, and when the server said that it counts."""

    id: str
    asked: float
    counted: float | None = None


class Voter:
    """What a person does in votes: answers each after some time, and waits until it counts."""

    def __init__(self, session: Session, number: int):
        self.session = session
        self.key = f"{number:032x}"
        self.random = random.Random(number)
        self.answers: list[Answered] = []
        self._vote: tuple[str, int] | None = None  # the task and the round that was answered last
        self._soon: asyncio.Task | None = None

    def hear(self, state: Mapping[str, Any]) -> None:
        """Takes what the page is told of the vote."""
        last = self.answers[-1] if self.answers else None
        if last and last.counted is None and (state.get("yours") or {}).get("id") == last.id:
            last.counted = time.monotonic()
        card, course = state.get("card"), state.get("course")
        if not card or not course["accepting"]:
            return
        vote = (card["id"], course["round"])
        if vote != self._vote:
            self._vote = vote
            self.session.tell("vote", {"do": "here", "key": self.key, "name": ""})
            self._soon = asyncio.create_task(self._answer(card, vote))

    async def _answer(self, card: Mapping[str, Any], vote: tuple[str, int]) -> None:
        await asyncio.sleep(self.random.uniform(0, THINKING_SECONDS))
        answer = Answered(f"{self.key[-4:]}-{len(self.answers)}", time.monotonic())
        self.answers.append(answer)
        reason = self.random.randrange(len(card["reasons"])) if card["reasons"] else None
        given = _choose(card["input"], self.random)
        task, number = vote
        message = {"do": "vote", "key": self.key, "task": task, "round": number}
        self.session.tell("vote", message | {"given": given, "reason": reason, "id": answer.id})


def _choose(asked: Mapping[str, Any], dice: random.Random) -> dict[str, Any]:
    """Any answer to this question."""
    if asked["kind"] == "direction":
        return {"direction": dice.choice(["up", "same", "down"])}
    if asked["kind"] == "pick":
        return {"choice": dice.randrange(len(asked["texts"]))}
    if asked["kind"] == "curve":
        return {"curve": [dice.uniform(asked["low"], asked["high"]) for _ in asked["at"]]}
    low, high = sorted(dice.uniform(asked["low"], asked["high"]) for _ in range(2))
    return {"low": low, "high": high}


async def instructors_cookies(url: str, password: str, cookies: str) -> str:
    """The cookies of somebody who knows the instructor's password. Raises Refused."""
    try:
        await AsyncHTTPClient().fetch(
            url.rstrip("/") + "/instructor",
            method="POST",
            follow_redirects=False,
            body=urlencode({"password": password}),
        )
    except HTTPClientError as error:
        got = error.response.headers.get_list("Set-Cookie") if error.response else []
        if any(cookie.startswith("workbench_instructor=") for cookie in got):
            return "; ".join([cookies] * bool(cookies) + [c.partition(";")[0] for c in got])
    raise Refused("The server did not take the instructor's password.")


async def hold_votes(url: str, cookies: str, password: str, people: int, until: float) -> float:
    """Opens a task to the room and leads through two votes, over and over while there is time.

    Returns by how many the instructor's worst count of a vote differs from the number of people;
    NaN when there was no time for a vote.
    """
    leader = Session(url, await instructors_cookies(url, password, cookies))
    await leader.open("instructor=")
    miscounted = math.nan
    step = THINKING_SECONDS + PAUSE_SECONDS
    try:
        while time.monotonic() + 4 * step < until:
            leader.tell("console", {"do": "open", "task": TASK})
            for following in ("again", "reveal"):
                await asyncio.sleep(step)
                answered = await _count(leader, people)
                wrong = abs(answered - people)
                miscounted = wrong if math.isnan(miscounted) else max(wrong, miscounted)
                leader.tell("console", {"do": "show"})
                await asyncio.sleep(PAUSE_SECONDS)
                leader.tell("console", {"do": following})
            await asyncio.sleep(PAUSE_SECONDS)
            leader.tell("console", {"do": "close"})
            await asyncio.sleep(PAUSE_SECONDS)
    finally:
        leader.close()
    return miscounted


async def _count(leader: Session, people: int) -> int:
    """How many have answered, as the instructor sees it as soon as all have, or after a while."""
    end, answered = time.monotonic() + PATIENCE_SECONDS, 0
    while answered != people and time.monotonic() < end:
        with suppress(TypeError):  # it is not told yet
            answered, _ = leader.shown.get("console", {}).get("count")
        await asyncio.sleep(0.1)
    return answered
