"""Ways for tests to visit a served workbench: sessions, tokens, and waiting for what happens."""

import asyncio
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from tornado.httpclient import AsyncHTTPClient

from workbench.classroom.rehearsal.client import Session
from workbench.classroom.rehearsal.people import Person

KEY = "0123456789abcdef" * 4
BACK = {"type": "event", "name": "client_reconnected", "values": {"type": "map", "entries": []}}
LONG = {"data": "sprites", "steps": "20000"}  # what takes longer than anybody here is patient


def run(story):
    """What the coroutine returns or raises; in a thread, for a browser test's loop may run in this
    one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()


def token(expires: int = 86_400, signed: bool = True, key: str = KEY) -> str:
    """A token as the server would make it."""
    from bokeh.util.token import generate_jwt_token, generate_session_id

    secret = key.encode()
    return generate_jwt_token(
        generate_session_id(secret_key=secret, signed=signed),
        secret_key=secret,
        signed=signed,
        expiration=expires,
        extra_payload={"headers": {}, "cookies": {}, "arguments": {}},
    )


@contextmanager
def leaving(*sessions: Session):
    try:
        yield sessions
    finally:
        for session in sessions:
            session.close()


class Visitor(Person):
    """Somebody who opens a chapter's labs and hears what they say."""

    said = ""

    async def opens(self, names: list[str]) -> None:
        for name in names:
            self.tell("open", name)

    def on_change(self, model: str, attribute: str, value) -> None:
        self.said += json.dumps(value, default=str)

    def on_show(self, kind: str, value) -> None:
        self.said += json.dumps(value)
        super().on_show(kind, value)


async def health_of(server) -> dict:
    return json.loads((await Session(server.url).get("/health")).body)


async def happens(condition, patience: float = 300) -> float:
    """Waits until `await condition()` is true, and returns the seconds that it took."""
    start = time.monotonic()
    while not await condition():
        assert time.monotonic() - start < patience, "it never happened"
        await asyncio.sleep(0.1)
    return time.monotonic() - start


def slowness() -> float:
    """Returns how many times longer a thing may take now than on a machine that is idle."""
    return max(1, os.getloadavg()[0] / os.cpu_count())


async def answer(url: str, jar: SimpleCookie, **body: str) -> tuple[str, str]:
    """Address and text of what a browser that keeps cookies in this jar is shown at the end."""
    for _ in range(5):
        held = "; ".join(
            f"{name}={each.value}"
            for name, each in jar.items()
            if urlsplit(url).path.startswith(each["path"]) and each.value
        )
        reply = await AsyncHTTPClient().fetch(
            url,
            method="POST" if body else "GET",
            body=urlencode(body) if body else None,
            headers={"Cookie": held},
            follow_redirects=False,
            raise_error=False,
        )
        for cookie in reply.headers.get_list("Set-Cookie"):
            jar.load(cookie)
        if "Location" not in reply.headers:
            break
        url, body = urljoin(url, reply.headers["Location"]), {}
    return url, reply.body.decode()
