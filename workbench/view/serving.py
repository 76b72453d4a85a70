"""What our server adds to Panel's: a room with a capacity, /health, and errors without innards.

Panel serves the pages; `install` puts these handlers in the places of its own.
"""

import asyncio
import errno
import json
import math
import os
import random
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bokeh.server import urls
from bokeh.util.token import get_session_id, get_token_payload
from panel import auth, config
from panel.io import server as panel_server
from panel.io.server import AutoloadJsHandler, DocHandler, WSHandler
from panel.io.state import state
from tornado import tcpserver
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.web import RequestHandler

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None

from workbench import logs
from workbench.chapters import NAMES, find
from workbench.classroom import may_instruct
from workbench.logs import OURS
from workbench.runs import Run, Runner, shared_runner
from workbench.view import collecting
from workbench.view.session import BESIDE, BORN

ROOM = 120  # sessions at once, unless `workbench serve --room` says otherwise
FIRST = 30  # seconds that a page has to connect: when a class comes in, scripts take a while
FRESH = 300  # seconds in which a token may make a session; afterwards it finds its own or none
UNHEARD = 2  # pings, ten seconds apart, that a browser may leave unanswered
LEFT = 1001  # how a browser closes its websocket when the reader has closed the tab or moved on
ROUNDS = 30  # of the loop between two pages: a message takes it several, a step in each
EARLY = 50  # messages of a page that is not drawn yet; older ones are dropped
RETRY = 30  # seconds until a full room is asked again
FILES = 4096  # open files that a class may need: a socket a session, and what trains
SPARE = 24  # of the files that may be open, for what the server itself opens
BACKLOG = 128  # connections that are taken before something else has its turn
AGAIN = 1.0  # seconds at least between two questions to a worker that has not answered
LAST = 4.4  # seconds for an orderly end; a runner takes four of them at most
PROBE = 100  # ms between two looks at the event loop
SPAN = 10  # seconds that /health looks back on
FULL, DOOR = (
    (Path(__file__).parent / f"{name}.html").read_text() for name in ("full", "instructor")
)


class Pulse:
    """How the server is: the lateness of its event loop, and whether a worker has answered."""

    def __init__(self, runner: Runner):
        self.runner, self.ready = runner, False
        self.late: deque[float] = deque(maxlen=SPAN * 1000 // PROBE)  # ms
        self._due = 0.0
        self._ask()

    def _ask(self) -> None:
        """Opens a short run of any seed, to be left at its first frame, so that it is not kept."""
        chapter = find(NAMES[0])
        seed = random.SystemRandom().randint(1, int(chapter.Settings.knobs()["seed"].high))
        self._asked = time.monotonic()
        self._first = self.runner.open(chapter.name, chapter.Settings(seed=seed), self)

    def start(self) -> "Pulse":
        """Looks at the loop from now on."""
        self._due = time.monotonic() + PROBE / 1000
        self._timer = PeriodicCallback(self._look, PROBE)
        self._timer.start()
        return self

    def _look(self) -> None:
        now = time.monotonic()
        self.late.append(max(0.0, 1000 * (now - self._due)))
        # PeriodicCallback skips what it has missed: so do we
        self._due += PROBE / 1000 * max(1, math.ceil((now - self._due) / (PROBE / 1000)))
        if not self.ready:
            self._hear()

    def _hear(self) -> None:
        """Whether the run that was opened has been trained; else, when it has ended, opens another.

        It has not if it was kept from before, or if its process died while it warmed up.
        """
        run = self._first
        if run.begun is not None and run.frames:
            self.ready = True
            self.runner.leave(run, self)
            OURS.info("Ready: a worker has answered.")
        elif not run.live and time.monotonic() > self._asked + AGAIN:
            self.runner.leave(run, self)
            self._ask()

    def lateness(self) -> dict[str, float]:
        """p95 and maximum of the last ten seconds, in ms; empty at the start."""
        late = sorted(self.late)
        if not late:
            return {}
        return {"p95": round(late[int(0.95 * (len(late) - 1))], 1), "max": round(late[-1], 1)}


class Health(RequestHandler):
    """/health: JSON for whoever watches over the server. 503 until a worker has answered."""

    pulse: Pulse
    room: int

    def get(self) -> None:
        runs = [run.status for run in self.pulse.runner.runs()]
        self.set_status(200 if self.pulse.ready else 503)
        self.set_header("Cache-Control", "no-store")
        self.write(
            {
                "born": BORN,
                "ready": self.pulse.ready,
                "sessions": sessions(self.application),
                "room": self.room,
                "waiting": runs.count("waiting"),
                "training": runs.count("training"),
                "workers": self.pulse.runner.processes,
                "late_ms": self.pulse.lateness(),
            }
        )


def sessions(application) -> int:
    """How many sessions there are or are being made, of all pages together."""
    contexts = application._applications.values()
    return sum(len(c._sessions) + len(c._pending_sessions) for c in contexts)


class RoomPage(DocHandler):
    """A page, or, before anything is built for it, the word that the room is full.

    The instructor always finds a place.
    """

    turn = asyncio.Lock()

    async def get(self, *args, **kwargs):
        if self._full():
            return self._refuse()
        # one page after the other: between two of them the loop answers those who are in already
        async with self.turn:
            for _ in range(ROUNDS):
                await asyncio.sleep(0)
            if self.request.connection.stream.closed():  # who waited has gone, or asked anew
                return
            if self._full():  # by those who came before
                return self._refuse()
            page = super().get(*args, **kwargs)
            if page is not None:  # else who has not logged in is sent there
                await page
            collecting.leave_alone()

    def _full(self) -> bool:
        instructs = may_instruct(self.get_argument("instructor", ""))
        full = sessions(self.application) >= Health.room
        return full and bool(self.current_user) and not instructs

    def _refuse(self) -> None:
        self.set_status(503)
        self.set_header("Retry-After", str(RETRY))
        self.set_header("Cache-Control", "no-store")
        self.finish(FULL.replace("{{ retry }}", str(RETRY)))

    async def get_session(self):
        """A new session waits for its browser, else a page is thrown away and built twice."""
        session = await super().get_session()
        session.document.on_session_destroyed(collecting.gone)
        lives = self.application._unused_session_lifetime_milliseconds
        session._last_unsubscribe_time += max(0, 1000 * FIRST - lives)
        return session

    def write_error(self, status_code: int, **kwargs) -> None:
        self.finish(
            f"<!doctype html><title>workbench</title><p>This address cannot be shown "
            f"({status_code}).</p>"
        )


class RoomSocket(WSHandler):
    """A page's websocket. It makes no session in a full room and says nothing of our innards.

    A page that loses its connection finds its session again; one that is closed ends it at once.
    """

    pinged, asks = -1, False  # the last ping, and whether something that was asked is being done

    def initialize(self, *args, **kwargs) -> None:
        super().initialize(*args, **kwargs)
        self.early: deque = deque(maxlen=EARLY)

    async def _async_open(self, token: str) -> None:
        known = get_session_id(token) in self.application_context._sessions
        age = time.time() - get_token_payload(token)["session_expiry"]
        age += self.application.session_token_expiration
        if not known and (age > FRESH or sessions(self.application) >= Health.room):
            self.close(1013, "The room is full." if age <= FRESH else "This page is over.")
            return
        await super()._async_open(token)

    def ping(self, data: bytes = b"") -> None:
        """Asks the browser whether it is there; without an answer Wi-Fi that is gone looks open.

        Whoever speaks is there: their answers wait behind what they have asked for.
        """
        self.pinged = int(data)
        if not self.asks and self.pinged - self.latest_pong > UNHEARD:
            self.close()
        else:
            super().ping(data)

    def on_close(self) -> None:
        if self.close_code == LEFT and self.connection is not None:
            self.connection.session.request_expiration()
        super().on_close()

    async def on_message(self, fragment) -> None:
        collecting.heard()
        self.asks = True
        await super().on_message(fragment)
        self.asks, self.latest_pong = False, self.pinged

    async def _handle(self, message):
        """What a reader does before the page is drawn is done when it is.

        Panel 1.9.4 raises, or drops what comes of it, until the browser has said so.
        """
        page = self.connection.session.document
        if message.msgtype == "PATCH-DOC" and not (state._loaded.get(page) or _says_drawn(message)):
            self.early.append(message)
            return None
        work = await super()._handle(message)
        while self.early and state._loaded.get(page):
            if reply := await super()._handle(self.early.popleft()):
                await self._schedule(reply)
        return work

    async def send_message(self, message) -> None:
        if message.msgtype == "ERROR":  # Bokeh would send its traceback, with our folders
            message.content = {"text": "The server could not use this message.", "traceback": None}
        await super().send_message(message)

    def log_exception(self, typ, value, tb) -> None:
        OURS.warning("A websocket was closed: %s", value)


class LogOut(RequestHandler):
    """Forgets a log-in where it was made, under our prefix, and asks for the password again.

    Panel's forgets it under "/" alone and shows a page that asks its own site for pictures.
    """

    def get(self) -> None:
        for name in ("user", "id_token"):
            self.clear_cookie(name, path=config.cookie_path)
        self.redirect("./login")


class Slash(RequestHandler):
    """Our prefix without its slash, from where the way to the log-in would lead outside."""

    def get(self) -> None:
        self.redirect(self.request.path + "/")


class Door(RequestHandler):
    """/instructor: asks for the password with which the instructor's page opens."""

    def get(self) -> None:
        self.finish(DOOR)


def _says_drawn(message) -> bool:
    events = message.content.get("events", ()) if isinstance(message.content, dict) else ()
    return '"document_ready"' in json.dumps(events)


def install(room: int = ROOM) -> None:
    """Puts our handlers where Panel's would be, and begins to watch. Call it before serving."""
    ours: dict[type, type] = {DocHandler: RoomPage, WSHandler: RoomSocket}
    patterns: Iterable = panel_server.per_app_patterns
    panel_server.per_app_patterns[:] = [
        (route, ours.get(handler, handler), *rest)
        for route, handler, *rest in patterns
        if handler is not AutoloadJsHandler  # a page inside another's: a session beside our door
    ]
    auth.LogoutHandler = LogOut
    runner = shared_runner("workers")
    runner.on_end.append(_write_down)
    Health.room, Health.pulse = room, Pulse(runner)
    if resource is not None:
        tcpserver.add_accept_handler = accept_while_there_is_room
    urls.toplevel_patterns[:0] = [("", Slash), ("/health", Health), ("/instructor", Door)]
    IOLoop.current().add_callback(Health.pulse.start)


def end(seconds: float = LAST) -> None:
    """Ends what the server has begun, and the process itself when that takes too long.

    Python waits for the threads beside pages before it does anything else at its end: for a
    drawing, for a lab whose process is silent, and for whatever waits behind them.
    """
    if not hasattr(Health, "pulse"):
        return  # nothing has been begun
    last = threading.Timer(seconds, os._exit, [0])
    last.daemon = True
    last.start()
    BESIDE.shutdown(wait=False, cancel_futures=True)
    Health.pulse.runner.close()


def _write_down(run: Run) -> None:
    seconds = 0.0 if run.begun is None else time.monotonic() - run.begun
    logs.run_line(run.session, run.name, run.settings, seconds, run.status)


def accept_while_there_is_room(
    listening: socket.socket, take: Callable[[socket.socket, Any], None]
) -> Callable[[], None]:
    """Takes connections as long as files may be opened, then waits for a second.

    In the place of Tornado's `add_accept_handler`, which tries again at once and for ever, with a
    traceback each time: who is in would not be answered any more.
    """
    loop, most = IOLoop.current(), _files() - SPARE
    pause: list = []

    def accept(_fd: socket.socket, _events: int) -> None:
        for _ in range(BACKLOG):
            try:
                free = os.dup(listening.fileno())  # the lowest number
                os.close(free)
                if free >= most:
                    raise OSError(errno.EMFILE, "Too many open files")
                connection, address = listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                OURS.warning("Who comes in now has to wait: %s.", error.strerror)
                loop.remove_handler(listening)
                pause[:] = [loop.call_later(1, begin)]
                return
            take(connection, address)

    def begin() -> None:
        pause.clear()
        loop.add_handler(listening, accept, IOLoop.READ)

    def end() -> None:
        for timeout in pause:
            loop.remove_timeout(timeout)
        loop.remove_handler(listening)

    begin()
    return end


def raise_file_limit() -> None:
    """As many open files as the system allows: without them a server spins and fills its log."""
    if resource is None:
        return
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = FILES if hard == resource.RLIM_INFINITY else hard  # macOS takes a number alone
    if _files() < most:
        with suppress(ValueError):  # more than the system's own limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if _files() < FILES:
        OURS.warning(
            "Only %d files may be open here; for a class allow %d (ulimit -n).", _files(), FILES
        )


def _files() -> float:
    """How many files may be open."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return math.inf if soft == resource.RLIM_INFINITY else soft
