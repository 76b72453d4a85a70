"""A lesson in which something dies every few seconds: thirty people, one server, twenty minutes.

WORKBENCH_SOAK sets the minutes.
"""

import asyncio
import math
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from tornado.httpclient import AsyncHTTPClient
from visits import BACK, happens, health_of, run

from workbench.chapters import NAMES, find
from workbench.classroom.rehearsal import own_server, rehearse
from workbench.classroom.rehearsal.client import Refused, Session
from workbench.classroom.rehearsal.people import Person
from workbench.classroom.rehearsal.report import quantile, waits
from workbench.core import log as logs

pytestmark = pytest.mark.slow
MINUTES = float(os.environ.get("WORKBENCH_SOAK") or 20)
PEOPLE = 30
STAY = 60.0  # seconds that somebody stays on a page, on average
SEEDS = {"die": 97, "segv": 98, "hang": 99}  # of the runs that meet a fault
EVERY = {"die": 30.0, "segv": 30.0, "hang": 60.0, "kill": 30.0}  # seconds between two, on average
GROWTH = 5.0  # MB from the third minute on, of the highest
FAULTS = ",".join(f"{kind}@1:{seed}" for kind, seed in SEEDS.items())


@pytest.fixture
def server():
    with own_server.own_server(WORKBENCH_FAULTS=FAULTS) as own:
        run(rehearse.wait_until_ready(own.url, ""))
        yield own


class Lesson:
    """What happens until `end`, and what was seen of it."""

    def __init__(self, server, end: float):
        self.server, self.end, self.dice = server, end, random.Random(0)
        self.count: Counter = Counter()
        self.moves: list = []
        self.errors: list[str] = []

    async def next(self, seconds: float) -> bool:
        """Waits so long on average (a Poisson process); whether the lesson still goes on."""
        await asyncio.sleep(min(self.dice.expovariate(1 / seconds), self.end - time.monotonic()))
        return time.monotonic() < self.end

    async def sits(self, number: int) -> Person:
        """One reader after the other at one place. They leave in each of the ways that there are,
        and who was cut off may come back; the last one stays."""
        person = await self.enters(number)
        while True:
            stays = self.dice.expovariate(1 / STAY)
            await person.stay(min(self.end, time.monotonic() + stays))
            if time.monotonic() >= self.end:
                return person
            leaves = self.dice.choice(["closes", "vanishes", "comes back"])
            self.count[leaves] += 1
            if leaves == "comes back" and await self.comes_back(person):
                continue
            self.counts(person)
            person.drop() if leaves == "vanishes" else person.close()
            person = await self.enters(number)

    async def enters(self, number: int) -> Person:
        """Opens the home page, then some chapter's. No run of theirs is ever done, so the memory
        for finished runs stays empty. Who is refused tries again, and is counted."""
        while True:
            name, person = self.dice.choice(NAMES), Person(self.server.url, "", number, set())
            try:
                await Session(self.server.url).get("/app")
                steps = int(find(name).Settings.knobs()["steps"].high)
                await person.enter(name, steps=str(steps))
                self.count["pages"] += 1
                return person
            except (Refused, asyncio.TimeoutError) as error:
                await self.refused(error, person)

    async def refused(self, error: Exception, person: Person) -> None:
        minute = time.strftime("%H:%M:%S")
        code = person.socket.close_code if person.socket else None
        self.errors.append(f"{minute}: {type(error).__name__} {error} ({code})")
        person.close()
        await asyncio.sleep(1)

    async def comes_back(self, person: Person) -> bool:
        """Whether the page that was cut off is there again."""
        person.drop()
        await asyncio.sleep(self.dice.uniform(0.2, 10))
        try:
            await person.connect(person.token)
            await person.pull()
        except (Refused, asyncio.TimeoutError) as error:
            await self.refused(error, person)
            return False
        person.event(BACK)
        person.hung_up = False  # its own drop may look so
        person.listen()
        return True

    def counts(self, person: Person) -> None:
        self.moves += person.moves
        self.count["foreign answers"] += person.foreign
        self.count["refused messages"] += len(person.replies)
        self.count["hung up"] += person.hung_up
        self.count["told of a failed run"] += bool(person.failures)

    async def strikes(self, kind: str) -> None:
        """Asks for runs that end or stop their process, each of its own settings."""
        while await self.next(EVERY[kind]):
            person, latent = Person(self.server.url, "", 1, set()), self.dice.randint(1, 32)
            beta = self.dice.choice(find("beta-vae").Settings.knobs()["beta"].stops)
            knobs = {"beta": f"{beta:g}", "latent": str(latent), "seed": str(SEEDS[kind])}
            try:
                await person.enter("beta-vae", **knobs)
            except (Refused, asyncio.TimeoutError) as error:
                await self.refused(error, person)
                continue

            async def told(person=person) -> bool:
                return bool(person.failures)

            # the process dies when the run's second turn comes, after all others had theirs;
            # a hang says nothing until somebody leaves
            with suppress(AssertionError):
                await happens(told, 8 if kind == "hang" else 60)
            self.count[kind] += 1
            self.count[f"{kind} told"] += bool(person.failures)
            person.close()

    async def kills(self) -> None:
        """Ends one of the server's processes from outside."""
        while await self.next(EVERY["kill"]):
            if workers := self.server.workers():
                os.kill(self.dice.choice(workers), signal.SIGKILL)
                self.count["kill"] += 1

    async def watches(self, seen: list[tuple[float, float, int]]) -> None:
        """Every five seconds: when, the server's megabytes, its threads."""
        start = time.monotonic()
        while time.monotonic() < self.end:
            await asyncio.sleep(5)
            seen.append((time.monotonic() - start, self.server.memory(), threads(self.server)))


def threads(server) -> int:
    return len(os.listdir(f"/proc/{server.process.pid}/task"))


def family(server) -> int:
    """How many processes the server has begun, and those have."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    ours = {server.process.pid}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return len(ours) - 1


async def sees_something_new(person: Person) -> float:
    """Moves, and waits for a first frame; the seconds until it is there, or infinity. Who hits on
    settings that are refused by now moves on, and who was cut off is counted elsewhere."""
    start, failures = time.monotonic(), -1
    while failures < len(person.failures):
        failures = len(person.failures)
        person.move()

        async def told(before=failures) -> bool:
            return person.moves[-1].framed is not None or len(person.failures) > before

        try:
            await happens(told, 120)
        except AssertionError:
            return 0.0 if person.hung_up else math.inf
    return time.monotonic() - start


async def plays(lesson: Lesson, memory: list[tuple[float, float, int]]) -> list[float]:
    """The whole lesson; the seconds that everybody needs at its end to see something new."""
    AsyncHTTPClient.configure(None, max_clients=1000)
    late = asyncio.create_task(rehearse._watch(lesson.server.url, "", lesson.end))
    others = [lesson.strikes(kind) for kind in SEEDS] + [lesson.kills(), lesson.watches(memory)]
    chairs = [lesson.sits(number) for number in range(1, PEOPLE + 1)]
    people = (await asyncio.gather(*chairs, *others))[:PEOPLE]
    lateness = [each["late_ms"] for each in await late]
    await asyncio.sleep(10)  # until a process that hangs has been replaced
    times = await asyncio.gather(*map(sees_something_new, people))
    for person, seconds in zip(people, times, strict=True):
        if seconds == math.inf:
            last = person.moves[-1]
            answered = "answered" if last.answered else "not answered"
            lesson.errors.append(f"stuck: {person.address}, moved to {last.value}, {answered}")
        person.close()
        lesson.counts(person)

    async def nobody() -> bool:
        return (await health_of(lesson.server))["sessions"] == 0

    await happens(nobody, 90)
    print(f"\n{MINUTES:g} minutes, load {os.getloadavg()[1]:.1f}: {dict(lesson.count)}")
    print(
        f"loop late p95 {quantile([each['p95'] for each in lateness], 0.5):.0f} ms, "
        f"at most {max(each['max'] for each in lateness):.0f} ms"
    )
    return times


def count_answers(lesson: Lesson, times: list[float]) -> int:
    """How many moves were answered; prints how soon."""
    moves, new = lesson.moves, waits(lesson.moves, 5)
    answers = [move.answered - move.asked for move in moves if move.answered is not None]
    print(
        f"{len(moves)} moves, {len(moves) - len(answers)} lost, "
        f"answered p95 {1000 * quantile(answers, 0.95):.0f} ms"
    )
    print(
        f"first frame p50 {quantile(new, 0.5):.2f} s, p95 {quantile(new, 0.95):.2f} s; "
        f"when all moved at the end, all within {max(times):.1f} s"
    )
    return len(answers)


def peaks(memory: list[tuple[float, float, int]]) -> tuple[float, float]:
    """The server's highest megabytes in the first half, after its start, and in the second.

    What closed pages leave is collected every few minutes, so only the peaks tell.
    """
    half = 30 * MINUTES
    first = [mb for at, mb, _ in memory if min(180.0, half / 2) <= at < half]
    return max(first), max(mb for at, mb, _ in memory if at >= half)


def what_is_left(server, processes: int) -> int:
    """How many processes there are, when those that end have had half a minute to do so."""
    gone = time.monotonic() + 30
    while (left := family(server)) > processes and time.monotonic() < gone:
        time.sleep(0.5)
    return left


def test_a_lesson_of_deaths_leaves_nobody_stuck_and_nothing_behind(server):
    processes, memory = family(server), []
    lesson = Lesson(server, time.monotonic() + 60 * MINUTES)
    answers = count_answers(lesson, run(plays(lesson, memory)))
    first, last = peaks(memory)
    log = server.log.read_text()
    if lesson.errors or "Traceback" in log:
        print(*lesson.errors, log[-20_000:], sep="\n")
    left, at_first = what_is_left(server, processes), memory[0][2]
    print(
        f"{memory[0][1]:.0f} MB at first, peaks of {first:.0f} and later {last:.0f} MB, "
        f"{server.memory():.0f} MB when all had gone; {processes} processes, then {left}; "
        f"{at_first} threads, then {threads(server)}; log of {len(log) / 1000:.0f} kB"
    )
    assert not lesson.errors
    assert lesson.count["foreign answers"] == lesson.count["refused messages"] == 0
    assert lesson.count["hung up"] == 0 and answers == len(lesson.moves)
    assert left <= processes and threads(server) <= at_first
    assert last - first <= GROWTH
    assert "Traceback" not in log and len(log) < MINUTES * logs.ALL * logs.MESSAGE_LENGTH
    ended = run(health_of(server))
    assert ended["training"] == ended["waiting"] == 0 and ended["ready"]
