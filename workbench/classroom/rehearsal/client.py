"""A session of the served page over a raw websocket: what a browser's tab is to the server."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

TOKEN = re.compile(r'"token":"([^"]+)"')
FILES = re.compile(r'(?:src|href)="(static/[^"]+)"')
WIRE = "workbench"  # the name of a chapter page's own messages: see view.page.wire
READY = {"type": "event", "name": "document_ready", "values": {"type": "map", "entries": []}}


class Refused(ConnectionError):
    """The server did not open a session. Its text is one sentence."""


class Session:
    """One session of the served page over its own websocket: what a browser's tab is to the server.

    `open` plays the whole beginning; `send` sends any message, also one that no browser would.
    """

    def __init__(self, url: str, cookies: str = "", origin: str = ""):
        self.url = url.rstrip("/")
        self.cookies = cookies
        self.origin = origin or "{0.scheme}://{0.netloc}".format(urlsplit(url))
        self.models: dict[str, dict] = {}  # id -> name and attributes, as the page knows them
        self.shown: dict[str, Any] = {}  # kind -> what a chapter's page was told last
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
        self.tell("hello", None)
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

    def tell(self, kind: str, value: Any) -> None:
        """Sends a message as the scripts of a chapter's page do."""
        text = json.dumps({"kind": kind, "value": value})
        message = {"kind": "MessageSent", "msg_type": WIRE, "msg_data": text}
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
        known = '"ModelChanged"' in text or f'"{WIRE}"' in text
        dull = kind == "PATCH-DOC" and not known
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
                        self.on_change(event["model"]["id"], event["attr"], event["new"])
                    elif event.get("msg_type") == WIRE:
                        for what, value in json.loads(event["msg_data"]).items():
                            self.shown[what] = value
                            self.on_show(what, value)
        self.on_hang_up()

    def on_change(self, model: str, attribute: str, value: Any) -> None:
        """Called for every attribute that the server has changed."""

    def on_show(self, kind: str, value: Any) -> None:
        """Called for everything that a chapter's page is told."""

    def on_hang_up(self) -> None:
        """Called when the server has closed the websocket."""

    def close(self) -> None:
        """Leaves, as a closed tab does."""
        if self._listener is not None:
            self._listener.cancel()
        if self.socket is not None:
            self.socket.close(1001)

    def drop(self) -> None:
        """Closes the connection without a message, as a laptop does when its network fails."""
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
