"""What our server adds to Panel's: a room with a capacity, /health, and errors without innards.

Panel serves the pages; `install` puts these handlers in the places of its own.
"""

import asyncio
import json
import os
import threading
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from bokeh.server import urls
from bokeh.util.token import get_session_id, get_token_payload
from panel import auth, config
from panel.io import server as panel_server
from panel.io.server import AutoloadJsHandler, DocHandler, WSHandler
from panel.io.state import state
from tornado import tcpserver
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler

from workbench.server.health import Health, Pulse, sessions
from workbench.server.sockets import accept_while_there_is_room

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None
from workbench.classroom.room import ROOM, classroom, may_instruct
from workbench.core import log as logs
from workbench.core.log import OURS
from workbench.running.run import Run
from workbench.running.shared import shared_runner
from workbench.server import garbage as collecting
from workbench.view.page.session import BESIDE

FIRST = 30  # seconds that a page has to connect: when a class comes in, scripts take a while
FRESH = 300  # seconds in which a token may make a session; afterwards it finds its own or none
UNHEARD = 2  # pings, ten seconds apart, that a browser may leave unanswered
LEFT = 1001  # how a browser closes its websocket when the reader has closed the tab or moved on
ROUNDS = 30  # of the loop between two pages: a message takes it several, a step in each
EARLY = 50  # messages of a page that is not drawn yet; older ones are dropped
RETRY = 30  # seconds until a full room is asked again


LAST = 4.4  # seconds for an orderly end; a runner takes four of them at most


FULL, DOOR = (
    (Path(__file__).parent / f"{name}.html").read_text() for name in ("full", "instructor")
)


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
    Health.room = classroom().places = room
    Health.pulse = Pulse(runner)
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
