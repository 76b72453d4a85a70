"""A class without people: `workbench rehearse --people 40 --minutes 3`.

Raw clients open real sessions of the served page, as browsers do: page, files, websocket, document.
They move sliders, and time what comes back. Nothing here knows the server's insides but /health
and, when it is ours, its processes.
"""

import asyncio
import json
import math
import os
import signal
import time
from contextlib import suppress
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPClientError

from workbench.classroom.rehearsal.client import Refused, Session
from workbench.classroom.rehearsal.own_server import OwnServer
from workbench.classroom.rehearsal.people import Person
from workbench.classroom.rehearsal.report import BARS, Report, measure_speed, quantile, waits
from workbench.classroom.rehearsal.voting import hold_votes


async def rehearse(
    url: str,
    people: int,
    seconds: float,
    password: str = "",
    own: "OwnServer | None" = None,
    kill: bool = False,
    say=lambda _words: None,
    instructor: str = "",
) -> Report:
    """Opens `people` sessions at `url` and moves their sliders for so many seconds.

    kill: a worker of `own`, half-way. instructor: the password of the instructor, who then lets
    the class vote meanwhile. Raises Refused when the server cannot be reached or asks for another
    password.
    """
    AsyncHTTPClient.configure(None, max_clients=1000, max_body_size=2**28)
    report, trained = Report(people), set()
    if own is None:
        await find_server(url)
    cookies = await log_in(url, password) if password else ""
    await wait_until_ready(url, cookies)
    crowd = [Person(url, cookies, number, trained) for number in range(1, people + 1)]
    report.numbers["this machine's speed"] = measure_speed()
    if own is not None:
        report.numbers["server MB before"] = own.memory()
    say(f"{people} people ask for the home page at once")
    await _storm(report, "home", crowd, own, lambda person: person.get("/app"))
    crowd = await _to_chapters(report, crowd, own, say)
    say(f"{len(crowd)} people move sliders for {seconds:g} s")
    end = time.monotonic() + seconds
    tasks = [asyncio.create_task(person.stay(end)) for person in crowd]
    watch = asyncio.create_task(_watch(url, cookies, end))
    votes = (
        asyncio.create_task(hold_votes(url, cookies, instructor, len(crowd), end))
        if instructor
        else None
    )
    if kill and own is not None and own.workers():
        await asyncio.sleep(seconds / 2)
        report.numbers |= await _kill_one(own, crowd)
    await asyncio.gather(*tasks)
    _count(report, crowd, await watch)
    if votes is not None:
        _count_votes(report, crowd, await votes)
    if own is not None:
        report.numbers["server MB"] = own.memory()
    for person in crowd:
        person.close()
    return report


async def find_server(url: str) -> None:
    """Raises Refused, at once, when nobody answers there."""
    try:
        await AsyncHTTPClient().fetch(url.rstrip("/") + "/health", raise_error=False)
    except OSError:
        raise Refused(f"Nobody answers at {url}: start the server, or give its address.") from None
    except ValueError:
        raise Refused(f"{url[:80]!r} is no address such as http://HOST:5006.") from None


async def log_in(url: str, password: str) -> str:
    """The cookie of someone who knows the class's password."""
    try:
        await AsyncHTTPClient().fetch(
            url.rstrip("/") + "/login",
            method="POST",
            follow_redirects=False,
            body=urlencode({"username": "class", "password": password}),
        )
    except HTTPClientError as error:
        found = error.response.headers.get_list("Set-Cookie") if error.response else []
        if any(cookie.startswith("user=") for cookie in found):
            return "; ".join(cookie.partition(";")[0] for cookie in found)
    raise Refused("The server did not take the password.")


async def wait_until_ready(url: str, cookies: str, patience: float = 120) -> None:
    """Waits until the server says that a worker has answered."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with suppress(Refused, ValueError):
            health = json.loads((await Session(url, cookies).get("/health")).body)
            if health.get("ready"):
                return
        await asyncio.sleep(0.5)
    raise Refused(f"The server at {url} is not ready after {patience:g} s: see its /health.")


async def _storm(report: Report, page: str, crowd: list[Person], own, enter) -> list[Person]:
    """Everybody enters at the same moment; who got in."""
    start, busy = time.monotonic(), own.cpu() if own else 0.0

    async def timed(person: Person) -> float:
        await enter(person)
        return time.monotonic() - start

    done = await asyncio.gather(*map(timed, crowd), return_exceptions=True)
    times = [each for each in done if isinstance(each, float)]
    faults = [each for each in done if not isinstance(each, float)]
    report.notes += [f"Somebody did not get the {page} page: {fault}" for fault in faults[:3]]
    report.numbers["errors"] = report.numbers.get("errors", 0) + len(faults)
    report.numbers[f"last {page} page s"] = max(times, default=math.inf)
    report.numbers[f"{page} page p95 s"] = quantile(times, 0.95)
    if own:
        report.numbers[f"CPU a {page} page ms"] = 1000 * (own.cpu() - busy) / len(crowd)
    return [person for person, each in zip(crowd, done, strict=True) if isinstance(each, float)]


async def _to_chapters(report: Report, crowd: list[Person], own, say) -> list[Person]:
    """Everybody goes from the home page, which holds no session, to a chapter's."""
    from workbench.chapters import NAMES

    say("all of them click on a chapter at once")
    people = [Person(p.url, p.cookies, p.number, p.trained) for p in crowd]
    return await _storm(
        report,
        "chapter",
        people,
        own,
        lambda person: person.enter(NAMES[person.number % len(NAMES)], files=True),
    )


async def _watch(url: str, cookies: str, end: float) -> list[dict]:
    """What /health says every ten seconds, the span that its lateness is about."""
    seen, health = [], Session(url, cookies)
    while time.monotonic() < end:
        await asyncio.sleep(max(0.0, min(10, end - time.monotonic())))
        with suppress(Refused, ValueError):
            seen.append(json.loads((await health.get("/health")).body))
    return seen


async def _kill_one(own: "OwnServer", crowd: list[Person]) -> dict[str, float]:
    """Kills the process that trains for readers; the seconds until one whose run it was is told,
    and until somebody sees the first frame of a new run again."""
    start = time.monotonic()
    os.kill(own.workers()[0], signal.SIGKILL)
    framed = math.inf
    while framed == math.inf and time.monotonic() < start + 60:
        await asyncio.sleep(0.02)
        moves = [move for person in crowd for move in person.moves if move.asked > start]
        framed = min(
            (move.framed for move in moves if move.framed and not move.kept), default=math.inf
        )
    failure_times = [at for person in crowd for at in person.failures if at > start]
    return {
        "killed worker, its reader told s": min(failure_times, default=math.nan) - start,
        "killed worker, next frame s": framed - start,
    }


def _count_votes(report: Report, crowd: list[Person], miscounted: float) -> None:
    answers = [each for person in crowd for each in person.voter.answers]
    times = [1000 * (each.counted - each.asked) for each in answers if each.counted is not None]
    report.numbers |= {
        "votes": len(answers),
        "vote p50 ms": quantile(times, 0.5),
        "vote p95 ms": quantile(times, 0.95),
        "votes lost": len(answers) - len(times),
        "votes miscounted": miscounted,
    }


def _count(report: Report, crowd: list[Person], health: list[dict]) -> None:
    moves = [move for person in crowd for move in person.moves]
    answers = [1000 * (m.answered - m.asked) for m in moves if m.answered is not None]
    report.numbers |= {
        "moves": len(moves),
        "move p50 ms": quantile(answers, 0.5),
        "move p95 ms": quantile(answers, 0.95),
        "move p99 ms": quantile(answers, 0.99),
        "moves lost": len(moves) - len(answers),
        "foreign answers": sum(person.foreign for person in crowd),
        "runs that failed": sum(len(person.failures) for person in crowd),
    }
    report.numbers["errors"] += sum(person.hung_up or bool(person.replies) for person in crowd)
    for kept, name in ((False, "new"), (True, "kept")):
        answered = [m for m in moves if m.answered is not None and m.kept is kept]
        times = waits(answered, BARS[f"first frame, {name} p95 s"])
        report.numbers[f"settings, {name}"] = len(answered)
        report.numbers[f"settings, {name}, given up sooner"] = len(answered) - len(times)
        report.numbers[f"first frame, {name} p50 s"] = quantile(times, 0.5)
        report.numbers[f"first frame, {name} p95 s"] = quantile(times, 0.95)
    late = [each["late_ms"] for each in health if each.get("late_ms")]
    report.numbers["loop late p95 ms"] = quantile([each["p95"] for each in late], 0.5)
    report.numbers["loop late p95, worst 10 s ms"] = quantile([each["p95"] for each in late], 1)
    report.numbers["loop late max ms"] = quantile([each["max"] for each in late], 1)
