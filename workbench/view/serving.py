"""What our server adds to Panel's: a room with a capacity, /health, and errors without innards.

Panel serves the pages; `install` puts these handlers in the places of its own.
"""

import asyncio
import math
import random
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from bokeh.server import urls
from bokeh.util.token import get_session_id
from panel.io import server as panel_server
from panel.io.server import DocHandler, WSHandler
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

ROOM = 120  # sessions at once, unless `workbench serve --room` says otherwise
GRACE = 25  # more seconds than a closed tab's for a page that has not connected yet
RETRY = 30  # seconds until a full room is asked again
FILES = 4096  # open files that a class may need: a socket a session, and what trains
PROBE = 100  # ms between two looks at the event loop
SPAN = 10  # seconds that /health looks back on
FULL = (Path(__file__).parent / "full.html").read_text()


class Pulse:
    """How the server is: the lateness of its event loop, and whether a worker has answered."""

    def __init__(self, runner: Runner):
        self.runner, self.ready = runner, False
        self.late: deque[float] = deque(maxlen=SPAN * 1000 // PROBE)  # ms
        self._due = 0.0
        # a run that no store can know, left at its first frame, so that it is not kept either
        chapter = find(NAMES[0])
        seed = random.SystemRandom().randint(1, int(chapter.Settings.knobs()["seed"].high))
        self._first = runner.open(chapter.name, chapter.Settings(seed=seed), self)

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
        if not self.ready and self._first.frames:
            self.ready = True
            self.runner.leave(self._first, self)
            OURS.info("Ready: a worker has answered.")

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
        self.write({
            "ready": self.pulse.ready,
            "sessions": sessions(self.application),
            "room": self.room,
            "waiting": runs.count("waiting"),
            "training": runs.count("training"),
            "workers": self.pulse.runner.processes,
            "late_ms": self.pulse.lateness(),
        })  # fmt: skip


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
        instructs = may_instruct(self.get_argument("instructor", ""))
        if self.current_user and not instructs and sessions(self.application) >= Health.room:
            self.set_status(503)
            self.set_header("Retry-After", str(RETRY))
            self.set_header("Cache-Control", "no-store")
            self.finish(FULL.replace("{{ retry }}", str(RETRY)))
            return
        # one page after the other: between two of them the loop answers those who are in already
        async with self.turn:
            await asyncio.sleep(0)
            await super().get(*args, **kwargs)
            collecting.leave_alone()

    async def get_session(self):
        """A new session waits for its browser: when a class comes in, scripts take a while.

        Without this a page was thrown away unseen and built once more for its websocket.
        """
        session = await super().get_session()
        session._last_unsubscribe_time += 1000 * GRACE
        return session

    def write_error(self, status_code: int, **kwargs) -> None:
        self.finish(f"<!doctype html><title>workbench</title><p>This address cannot be shown "
                    f"({status_code}).</p>")  # fmt: skip


class RoomSocket(WSHandler):
    """A page's websocket. It makes no session in a full room and says nothing of our innards."""

    async def _async_open(self, token: str) -> None:
        known = get_session_id(token) in self.application_context._sessions
        if not known and sessions(self.application) >= Health.room:
            self.close(1013, "The room is full.")
            return
        await super()._async_open(token)

    async def on_message(self, fragment) -> None:
        collecting.heard()
        await super().on_message(fragment)

    async def send_message(self, message) -> None:
        if message.msgtype == "ERROR":  # Bokeh would send its traceback, with our folders
            message.content = {"text": "The server could not use this message.", "traceback": None}
        await super().send_message(message)

    def log_exception(self, typ, value, tb) -> None:
        OURS.warning("A websocket was closed: %s", value)


def install(room: int = ROOM) -> None:
    """Puts our handlers where Panel's would be, and begins to watch. Call it before serving."""
    ours: dict[type, type] = {DocHandler: RoomPage, WSHandler: RoomSocket}
    patterns: Iterable = panel_server.per_app_patterns
    panel_server.per_app_patterns[:] = [
        (route, ours.get(handler, handler), *rest) for route, handler, *rest in patterns
    ]
    runner = shared_runner("workers")
    runner.on_end.append(_write_down)
    Health.room, Health.pulse = room, Pulse(runner)
    urls.toplevel_patterns.append(("/health", Health))
    IOLoop.current().add_callback(Health.pulse.start)


def _write_down(run: Run) -> None:
    seconds = 0.0 if run.begun is None else time.monotonic() - run.begun
    logs.run_line(run.session, run.name, run.settings, seconds, run.status)


def raise_file_limit() -> None:
    """As many open files as the system allows: without them a server spins and fills its log."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < FILES:
        OURS.warning("Only %d files may be open here; for a class allow %d (ulimit -n).",
                     hard, FILES)  # fmt: skip
