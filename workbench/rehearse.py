"""A class without people: `workbench rehearse --people 40 --minutes 3`.

Raw clients open real sessions of the served page, as browsers do: page, files, websocket, document.
They move sliders, and time what comes back. Nothing here knows the server's insides but /health
and, when it is ours, its processes.
"""

import asyncio
import json
import math
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

RATE = 0.3  # moves a second and person
OWN = 10  # one person in so many has a seed of their own: what they ask for is always new
LOST = 20.0  # seconds after which an answer is not waited for
ALERT = 'role="alert"'  # in the words of a page whose run has failed
TOKEN = re.compile(r'"token":"([^"]+)"')
FILES = re.compile(r'(?:src|href)="(static/[^"]+)"')
READY = {"type": "event", "name": "document_ready", "values": {"type": "map", "entries": []}}
# what a class needs: (what is measured, its limit), in the units of Report.numbers
BARS = {
    "last home page s": 15.0,
    "move p95 ms": 250.0,
    "move p99 ms": 1000.0,
    "moves lost": 0.0,
    "foreign answers": 0.0,
    "first frame, new p95 s": 5.0,
    "first frame, kept p95 s": 0.5,
    "loop late p95 ms": 50.0,
    "loop late max ms": 500.0,
    "errors": 0.0,
    "killed worker, its reader told s": 1.0,
    "killed worker, next frame s": 3.0,
}
# what a rehearsal may be too short or too quiet for, so that not to have seen it is no miss
SELDOM = {"first frame, new p95 s", "first frame, kept p95 s", "killed worker, its reader told s"}


class Refused(ConnectionError):
    """The server did not open a session. Its text is one sentence."""


class Session:
    """One session of the served page over its own websocket: what a browser's tab is to the server.

    `open` plays the whole beginning; `send` sends any message, also one that no browser would.
    """

    def __init__(self, url: str, cookies: str = "", origin: str = ""):
        self.url, self.cookies = url.rstrip("/"), cookies
        self.origin = origin or "{0.scheme}://{0.netloc}".format(urlsplit(url))
        self.models: dict[str, dict] = {}  # id -> name and attributes, as the page knows them
        self.replies: list[dict] = []  # what the server refused, in its words
        self.socket: WebSocketClientConnection | None = None
        self.token = ""
        self._listener: asyncio.Task | None = None
        self._sent = 0

    async def open(self, query: str = "", files: bool = False) -> "Session":
        """Loads the page (and its scripts and styles, if `files`), connects, pulls the document.

        Raises Refused when there is no page, no token or no session.
        """
        page = (await self.get(f"/app?{query}")).body.decode()
        found = TOKEN.search(page)
        if found is None:
            raise Refused("The page has no session; a log-in may be needed: give --password.")
        if files:
            await asyncio.gather(*(self.get("/" + name) for name in set(FILES.findall(page))))
        self.token = found[1]
        await self.connect(self.token)
        await self.pull()
        self.event(READY)
        self.listen()
        return self

    async def get(self, path: str, **kw) -> HTTPResponse:
        """What the server answers to GET `path`. Raises Refused for an error."""
        headers = {"Cookie": self.cookies} if self.cookies else {}
        try:
            return await AsyncHTTPClient().fetch(
                self.url + path, headers=headers, request_timeout=120, connect_timeout=60, **kw
            )
        except (HTTPClientError, OSError) as error:
            raise Refused(f"{path.partition('?')[0]} was answered with {error}.") from None

    async def connect(self, token: str, protocol: str = "bokeh") -> None:
        """Opens the websocket of a token. Raises Refused unless the server acknowledges it."""
        address = self.url.replace("http", "ws", 1) + "/app/ws"
        headers = {"Origin": self.origin} | ({"Cookie": self.cookies} if self.cookies else {})
        try:
            self.socket = await websocket_connect(
                HTTPRequest(address, headers=headers, request_timeout=180, connect_timeout=180),
                subprotocols=[protocol, token],
                max_message_size=2**28,
            )
        except (HTTPClientError, OSError) as error:
            raise Refused(f"The websocket was refused: {error}.") from None
        kind, _ = await self.receive()
        if kind != "ACK":
            raise Refused(f"The websocket began with {kind}.")

    async def pull(self) -> None:
        """Fetches the document and learns its models."""
        self.send("PULL-DOC-REQ", {})
        kind = ""
        while kind != "PULL-DOC-REPLY":
            kind, content = await self.receive()
        for model in models(content):
            self.models[model["id"]] = model

    def send(self, kind: str, content: Any) -> None:
        """Sends one message of Bokeh's protocol: header, metadata and content as JSON."""
        self._sent += 1
        for part in ({"msgid": str(self._sent), "msgtype": kind}, {}, content):
            self.raw(json.dumps(part))

    def raw(self, text: str | bytes) -> None:
        """Sends one frame of the websocket."""
        self.socket.write_message(text, binary=isinstance(text, bytes))

    def event(self, event: dict) -> None:
        """Sends an event of Bokeh, as a button's click is one."""
        message = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}
        self.send("PATCH-DOC", {"events": [message]})

    def change(self, model: str, **attributes: Any) -> None:
        """Changes attributes of the model with this id, as its widget would."""
        events = [
            {"kind": "ModelChanged", "model": {"id": model}, "attr": name, "new": value}
            for name, value in attributes.items()
        ]
        self.send("PATCH-DOC", {"events": events})

    def find(self, name: str = "", **attributes: Any) -> dict:
        """The first model whose type begins with `name` and whose attributes are these."""
        for model in self.models.values():
            held = model.get("attributes", {})
            if model["name"].startswith(name) and attributes.items() <= held.items():
                return model
        raise LookupError(f"The page has no {name} {attributes}.")

    async def receive(self, patience: float = 120) -> tuple[str, dict]:
        """The next message's type and content. Raises Refused when the server has hung up."""
        header = json.loads(await self._frame(patience))
        await self._frame(patience)
        text = await self._frame(patience)
        for _ in range(2 * header.get("num_buffers", 0)):
            await self._frame(patience)
        kind = header["msgtype"]
        # what is drawn is most of the traffic, and nobody here looks at it
        dull = kind == "PATCH-DOC" and '"ModelChanged"' not in text
        return kind, {} if dull else json.loads(text)

    async def _frame(self, patience: float) -> str | bytes:
        frame = await asyncio.wait_for(self.socket.read_message(), patience)
        if frame is None:
            raise Refused("The server closed the websocket.")
        return frame

    def listen(self) -> None:
        """Hears from now on what the server changes."""
        self._listener = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        with suppress(Refused, asyncio.TimeoutError):
            while True:
                kind, content = await self.receive(3600)
                if kind == "ERROR":
                    self.replies.append(content)
                for event in content.get("events", ()) if kind == "PATCH-DOC" else ():
                    if event["kind"] == "ModelChanged":
                        held = self.models.setdefault(event["model"]["id"], {"name": ""})
                        held.setdefault("attributes", {})[event["attr"]] = event["new"]
                        self.heard(event["model"]["id"], event["attr"], event["new"])
        self.gone()

    def heard(self, model: str, attribute: str, value: Any) -> None:
        """Called for every attribute that the server has changed."""

    def gone(self) -> None:
        """Called when the server has closed the websocket."""

    def close(self) -> None:
        """Leaves, as a closed tab does."""
        if self._listener is not None:
            self._listener.cancel()
        if self.socket is not None:
            self.socket.close(1001)

    def drop(self) -> None:
        """Is gone without a word, as a laptop whose network fails."""
        self._listener.cancel()
        self.socket.protocol.stream.close()


def models(content: Any) -> Iterator[dict]:
    """Every model in a document's JSON."""
    if isinstance(content, dict):
        if content.get("type") == "object" and "id" in content:
            yield content
        content = list(content.values())
    if isinstance(content, list):
        for each in content:
            yield from models(each)


# ---- people


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
        self.number, self.trained = number, trained
        self.random = random.Random(number)
        self.moves: list[Move] = []
        self.foreign, self.hung_up = 0, False
        self.failures: list[float] = []  # when a run of theirs had failed
        self.status, self.address = "", ""  # the model that says how it is, and what of

    async def enter(self, name: str, **knobs: str) -> None:
        """Opens a chapter's page, and chooses the slider to move."""
        from workbench.chapters import find

        own = {"seed": str(self.number // OWN)} if self.number % OWN == 0 else {}
        self.models, self.expected = {}, {"chapter": name} | own | knobs
        await self.open(urlencode(self.expected))
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
            await asyncio.sleep(min(until - now, 0.3 + self.random.expovariate(RATE)))
            if time.monotonic() < until and not self.hung_up:
                self.move()
        end = time.monotonic() + LOST
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

    def heard(self, model: str, attribute: str, value: Any) -> None:
        if model != self.status:
            return
        if attribute == "tags":
            self._answered(value[0])
        elif attribute == "text":
            self._told(unescape(value))  # Panel's HTML model holds it escaped

    def _answered(self, address: str) -> None:
        """The page's own address has changed: it must be about a value that was asked for."""
        said = {key: values[-1] for key, values in parse_qs(urlsplit(address).query).items()}
        self.address, now = address, time.monotonic()
        value = float(said.get(self.knob.name, "nan"))
        waiting = [i for i, move in enumerate(self.moves) if move.answered is None]
        met = [i for i in waiting if math.isclose(self.moves[i].value, value, abs_tol=1e-9)]
        if not met or any(said.get(key) != text for key, text in self.expected.items()):
            self.foreign += 1
            return
        for i in waiting:
            if i <= met[0]:  # a newer move wins: what it overtook is answered with it
                self.moves[i].answered = now
        self.moves[met[0]].kept = address in self.trained

    def _told(self, words: str) -> None:
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

    def gone(self) -> None:
        self.hung_up = True


def _address(model: dict) -> bool:
    tags = model.get("attributes", {}).get("tags") or [""]
    return str(tags[0]).startswith("?chapter=")


# ---- what was measured


@dataclass
class Report:
    """The numbers of one rehearsal, beside what a class needs."""

    people: int
    numbers: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def misses(self) -> list[str]:
        """What is worse than its limit, or should have been seen and was not, in words."""
        worse = [name for name, value in self.numbers.items() if value > BARS.get(name, math.inf)]
        unseen = [
            name
            for name, value in self.numbers.items()
            if math.isnan(value) and name in BARS and name not in SELDOM
        ]
        return [f"{name} {self.numbers[name]:.3g} (at most {BARS[name]:g})" for name in worse] + [
            f"{name} was not seen" for name in unseen
        ]

    def limits(self) -> dict[str, float]:
        """What a class needs, and what is promised besides of a server of our own."""
        return BARS | {"CPU a home page ms": 100.0, "server MB": 150.0 + 3 * self.people}

    def sentence(self) -> str:
        """The one line that an instructor reads."""
        misses = self.misses()
        seen = (
            f"p95 {self.numbers.get('move p95 ms', math.nan):.0f} ms, "
            f"last page {self.numbers.get('last home page s', math.nan):.0f} s"
        )
        if not misses:
            return f"{seen}, fit for {self.people}."
        return f"{seen}, not fit for {self.people}: {'; '.join(misses)}."

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Name, number and limit of everything that was measured."""
        limits = self.limits()
        for name, value in self.numbers.items():
            limit = f"<= {limits[name]:g}" if name in limits else ""
            yield name, f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}", limit


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed; NaN for none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def waits(moves: Sequence[Move], least: float) -> list[float]:
    """Seconds until the first frame, for those who stayed `least` seconds or longer.

    Whoever moves on sooner wants another setting, and its run is dropped: that is not a wait. Who
    stayed and saw nothing has waited at least until leaving.
    """
    stayed = [m for m in moves if (m.left or math.inf) - m.asked >= least]
    return [(m.framed or m.left or math.inf) - m.asked for m in stayed]


# ---- the rehearsal


async def rehearse(
    url: str,
    people: int,
    seconds: float,
    password: str = "",
    own: "OwnServer | None" = None,
    kill: bool = False,
    say=lambda _words: None,
) -> Report:
    """Opens `people` sessions at `url` and moves their sliders for so many seconds.

    kill: a worker of `own`, half-way. Raises Refused when the server cannot be reached or asks
    for another password.
    """
    AsyncHTTPClient.configure(None, max_clients=1000, max_body_size=2**28)
    report, trained = Report(people), set()
    cookies = await log_in(url, password) if password else ""
    await _ready(url, cookies)
    crowd = [Person(url, cookies, number, trained) for number in range(1, people + 1)]
    if own is not None:
        report.numbers["server MB before"] = own.memory()
    say(f"{people} people open the home page at once")
    await _storm(report, "home", crowd, own, lambda person: person.open(files=True))
    crowd = await _to_chapters(report, crowd, own, say)
    say(f"{len(crowd)} people move sliders for {seconds:g} s")
    end = time.monotonic() + seconds
    tasks = [asyncio.create_task(person.stay(end)) for person in crowd]
    watch = asyncio.create_task(_watch(url, cookies, end))
    if kill and own is not None and own.workers():
        await asyncio.sleep(seconds / 2)
        report.numbers |= await _kill_one(own, crowd)
    await asyncio.gather(*tasks)
    _count(report, crowd, await watch)
    if own is not None:
        report.numbers["server MB"] = own.memory()
    for person in crowd:
        person.close()
    return report


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


async def _ready(url: str, cookies: str, patience: float = 120) -> None:
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
    """Everybody closes the home page and opens a chapter's."""
    from workbench.chapters import NAMES

    for person in crowd:
        person.close()
    say("all of them click on a chapter at once")
    people = [Person(p.url, p.cookies, p.number, p.trained) for p in crowd]
    return await _storm(
        report,
        "chapter",
        people,
        own,
        lambda person: person.enter(NAMES[person.number % len(NAMES)]),
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
    told = [at for person in crowd for at in person.failures if at > start]
    return {
        "killed worker, its reader told s": min(told, default=math.nan) - start,
        "killed worker, next frame s": framed - start,
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
        seen = [m for m in moves if m.answered is not None and m.kept is kept]
        times = waits(seen, BARS[f"first frame, {name} p95 s"])
        report.numbers[f"settings, {name}"] = len(seen)
        report.numbers[f"settings, {name}, given up sooner"] = len(seen) - len(times)
        report.numbers[f"first frame, {name} p50 s"] = quantile(times, 0.5)
        report.numbers[f"first frame, {name} p95 s"] = quantile(times, 0.95)
    late = [each["late_ms"] for each in health if each.get("late_ms")]
    report.numbers["loop late p95 ms"] = quantile([each["p95"] for each in late], 0.5)
    report.numbers["loop late p95, worst 10 s ms"] = quantile([each["p95"] for each in late], 1)
    report.numbers["loop late max ms"] = quantile([each["max"] for each in late], 1)


# ---- a server of our own


class OwnServer:
    """`workbench serve` in a process of its own, on a free port, with a store that is thrown away.

    Its memory, CPU and workers are read from /proc, so they are known on Linux alone.
    """

    def __init__(self, log: Path, *arguments: str, **environment: str):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url, self.log = f"http://127.0.0.1:{port}", Path(log)
        command = [sys.executable, "-m", "workbench.cli", "serve", "--port", str(port), *arguments]
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, env=os.environ | environment
            )

    def memory(self) -> float:
        """Megabytes that the server's own process holds; NaN where there is no /proc."""
        with suppress(OSError):
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
        return math.nan

    def cpu(self) -> float:
        """Seconds of CPU that the server's own process has used; NaN where there is no /proc."""
        with suppress(OSError):
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return math.nan

    def workers(self) -> list[int]:
        """The processes that train: children of the server's fork server, oldest first."""
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        mine = {pid for pid, parent in parents.items() if parent == self.process.pid}
        return sorted(pid for pid, parent in parents.items() if parent in mine)

    def close(self) -> None:
        """Ends the server, and waits until it is gone."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def own_server(*arguments: str, **environment: str) -> Iterator[OwnServer]:
    """A server for one rehearsal; it keeps no run of the user's and leaves none."""
    with tempfile.TemporaryDirectory() as folder:
        store = {"WORKBENCH_STORE": str(Path(folder) / "store")}
        server = OwnServer(Path(folder) / "log.txt", *arguments, **(store | environment))
        try:
            yield server
        finally:
            server.close()
