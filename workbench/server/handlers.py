"""What the server answers: pages of a room with a capacity, and errors without our innards.

Panel serves the pages; `launch.install` puts these handlers in the places of its own.
"""

import asyncio
import gzip
import time
from functools import lru_cache
from pathlib import Path

from bokeh.util.token import get_session_id, get_token_payload
from panel.io.server import DocHandler
from tornado.web import RequestHandler

from workbench.classroom.instructor import COOKIE, is_instructor
from workbench.core.log import OURS
from workbench.server import garbage
from workbench.server.frames import guard_frame
from workbench.server.health import Health, count_sessions
from workbench.view.pages import route
from workbench.view.patches.early_messages import EarlyMessages

CONNECT_SECONDS = 30  # that a page has to connect: when a class comes in, scripts take a while
TOKEN_SECONDS = 300  # in which a token may make a session; afterwards it finds its own or none
PINGS_UNANSWERED = 2  # that a browser may leave so, ten seconds apart
TAB_CLOSED = 1001  # the websocket's code when the reader has closed the tab or moved on
ROUNDS = 30  # of the loop between two pages: a message takes it several, a step in each
RETRY_SECONDS = 30  # until a full room is asked again

FULL = (Path(__file__).parent / "full.html").read_text()


@lru_cache(maxsize=8)
def packed(page: str) -> bytes:
    """The page as gzip, once for everybody."""
    return gzip.compress(page.encode(), mtime=0)


class RoomPage(DocHandler):
    """A page, or, before anything is built for it, the message that the room is full.

    Home needs no session: it is sent as it was put together, and takes no place.

    The instructor always gets a place.
    """

    turn = asyncio.Lock()

    async def get(self, *args, **kwargs):
        guard_frame(self, embeds="instructor" not in self.request.arguments)
        if self._holds_a_key():
            return self.redirect("./instructor")
        if self.current_user and (home := self._plain_page()) is not None:
            return self._send(home)
        if self._is_full():
            return self._refuse()
        # one page after the other: between two of them the loop answers those who are in already
        async with self.turn:
            for _ in range(ROUNDS):
                await asyncio.sleep(0)
            if self.request.connection.stream.closed():  # the reader has gone, or asked anew
                return
            if self._is_full():  # by those who came before
                return self._refuse()
            page = super().get(*args, **kwargs)
            if page is not None:  # else the reader has to log in first
                await page
            garbage.leave_alone()

    def _holds_a_key(self) -> bool:
        """Whether somebody has put a password into the address: it leaves it, unused."""
        return bool(self.get_query_argument("instructor", ""))

    def _plain_page(self) -> str | None:
        """What needs no session, and so no place in the room."""
        cookies = {name: morsel.value for name, morsel in self.cookies.items()}
        return route.plain_page(self.request.arguments, cookies)

    def _send(self, page: str) -> None:
        self.set_header("Cache-Control", "no-cache")  # Tornado knows what is unchanged
        self.set_header("Vary", "Cookie, Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(packed(page))
        else:
            self.finish(page)

    def _is_full(self) -> bool:
        full = count_sessions(self.application) >= Health.room
        return full and bool(self.current_user) and not is_instructor(self.get_cookie(COOKIE))

    def _refuse(self) -> None:
        self.set_status(503)
        self.set_header("Retry-After", str(RETRY_SECONDS))
        self.set_header("Cache-Control", "no-store")
        self.finish(FULL.replace("{{ retry }}", str(RETRY_SECONDS)))

    async def get_session(self):
        """A new session waits for its browser, else a page is thrown away and built twice."""
        session = await super().get_session()
        session.document.on_session_destroyed(garbage.page_closed)
        lives = self.application._unused_session_lifetime_milliseconds
        session._last_unsubscribe_time += max(0, 1000 * CONNECT_SECONDS - lives)
        return session

    def write_error(self, status_code: int, **kwargs) -> None:
        self.finish(
            f"<!doctype html><title>workbench</title><p>This address cannot be shown "
            f"({status_code}).</p>"
        )


class RoomSocket(EarlyMessages):
    """A page's websocket. It makes no session in a full room and shows none of our innards.

    A page that loses its connection gets its session back; one that is closed ends it at once.
    """

    last_ping = -1
    answering = False  # whether the server does what the reader has asked for

    async def _async_open(self, token: str) -> None:
        known = get_session_id(token) in self.application_context._sessions
        age = time.time() - get_token_payload(token)["session_expiry"]
        age += self.application.session_token_expiration
        full = count_sessions(self.application) >= Health.room
        if not known and (age > TOKEN_SECONDS or full):
            self.close(1013, "The room is full." if age <= TOKEN_SECONDS else "This page is over.")
            return
        await super()._async_open(token)

    def ping(self, data: bytes = b"") -> None:
        """Asks the browser whether it is there; without an answer a dead Wi-Fi looks open.

        A browser that speaks is there: its answer waits behind what it has asked for.
        """
        self.last_ping = int(data)
        if not self.answering and self.last_ping - self.latest_pong > PINGS_UNANSWERED:
            self.close()
        else:
            super().ping(data)

    def on_close(self) -> None:
        if self.close_code == TAB_CLOSED and self.connection is not None:
            self.connection.session.request_expiration()
        super().on_close()

    async def on_message(self, fragment) -> None:
        garbage.page_spoke()
        self.answering = True
        await super().on_message(fragment)
        self.answering = False
        self.latest_pong = self.last_ping

    async def send_message(self, message) -> None:
        if message.msgtype == "ERROR":  # Bokeh would send its traceback, with our folders
            message.content = {"text": "The server could not use this message.", "traceback": None}
        await super().send_message(message)

    def log_exception(self, typ, value, tb) -> None:
        OURS.warning("A websocket was closed: %s", value)


class Slash(RequestHandler):
    """Our prefix without its slash, from where the way to the log-in would lead outside."""

    def get(self) -> None:
        self.redirect(self.request.path + "/")
