"""What a page's own elements and its server tell each other: short messages, and no Bokeh model.

A widget costs the server some ten milliseconds a page, and a class comes in at one moment. So a
chapter's page is plain HTML with native controls, and both sides send JSON on the connection that
Bokeh has anyway: `tell(kind, value)` and `hear(kind, handler)` in pages/wire.js, `on` and `show`
here. What is shown is a state: the newest value of each kind is sent again when the page comes.
"""

import json
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from bokeh.document import Document
from bokeh.document.events import MessageSentEvent

NAME = "workbench"  # of our messages among Bokeh's
HELLO = "hello"  # what a page says when it is there, and when it is back


class Wire:
    """The messages of one page. Without a document, nobody hears them (in tests)."""

    def __init__(self, document: Document | None):
        self._document = weakref.ref(document) if document is not None else lambda: None
        self._handlers: dict[str, Callable[[Any], None]] = {HELLO: self._greet}
        self.state: dict[str, Any] = {}  # kind -> what was shown last
        self._last: MessageSentEvent | None = None  # that was made, and the kinds in it
        self._kinds: set[str] = set()
        if document is not None:
            document.on_message(
                NAME, self.hear
            )  # which holds all that listens, as long as the page

    def on(self, kind: str, handler: Callable[[Any], None]) -> None:
        """Calls `handler(value)` in the page's time when the page tells something of this kind."""
        self._handlers[kind] = handler

    def show(self, kind: str, value: Any) -> None:
        """Tells the page a value (plain JSON) of this kind, unless it knows it already."""
        if kind not in self.state or self.state[kind] != value:
            self.state[kind] = value
            self._send({kind: value})

    def tell(self, kind: str, value: Any) -> None:
        """Tells the page a value once: it is not sent again to a page that comes back."""
        self._send({kind: value})

    def hear(self, text: str) -> None:
        """Hands on what the page has told. What no page of ours tells is left alone."""
        message: Any = None
        with suppress(TypeError, ValueError, RecursionError):
            message = json.loads(text)
        kind = message.get("kind") if isinstance(message, dict) else None
        if isinstance(kind, str) and kind in self._handlers:
            self._handlers[kind](message.get("value"))

    def _greet(self, _value: Any) -> None:
        self._send(self.state)

    def _send(self, values: Mapping[str, Any]) -> None:
        document = self._document()
        if document is None or not values or self._join(document, values):
            return
        self._last = MessageSentEvent(document, NAME, json.dumps(values))
        self._kinds = set(values)
        document.callbacks.trigger_on_change(self._last)

    def _join(self, document: Document, values: Mapping[str, Any]) -> bool:
        """Puts the values into the message before, if that still waits and nothing waits behind it,
        and it has none of their kinds: a page hears each value, in the order of what changes."""
        waiting = document.callbacks._held_events
        if not waiting or waiting[-1] is not self._last or not self._kinds.isdisjoint(values):
            return False
        self._last.msg_data = f"{self._last.msg_data[:-1]}, {json.dumps(values)[1:]}"
        self._kinds.update(values)
        return True

    def close(self) -> None:
        """Lets go of all that listens."""
        self._handlers.clear()


class WireText:
    """A text on the page: what is put into `text` is shown under its kind."""

    def __init__(self, wire: Wire, kind: str):
        self._wire = wire
        self._kind = kind

    @property
    def text(self) -> str:
        return self._wire.state.get(self._kind, "")

    @text.setter
    def text(self, html: str) -> None:
        self._wire.show(self._kind, html)
