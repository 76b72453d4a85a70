"""Panel 1.9.4: a reader's action waits until the page is drawn.

Until the browser has sent `document_ready`, and Panel has done what it does then, Panel raises at
a change of a widget, or drops its result, so a slider that is moved too early has no effect.
`tests/server/test_connection.py` moves one so early; when it passes without this, the file may go.
"""

import asyncio
import json
from collections import deque

from panel.io.server import WSHandler
from panel.io.state import state
from tornado.ioloop import IOLoop

MESSAGES_HELD = 50  # of a page that is not drawn yet; older ones are dropped
LOOK = 0.05  # seconds between two looks whether it is: no further message may come


class EarlyMessages(WSHandler):
    """A websocket that holds back changes to a page until the page is drawn."""

    def initialize(self, *args, **kwargs) -> None:
        super().initialize(*args, **kwargs)
        self.early: deque = deque(maxlen=MESSAGES_HELD)
        self.waiting = False

    async def _handle(self, message):
        drawn = self._is_drawn() and not self.waiting
        if message.msgtype == "PATCH-DOC" and not drawn and not _says_drawn(message):
            self.early.append(message)
            if not self.waiting:
                self.waiting = True
                IOLoop.current().add_callback(self._catch_up)
            return None
        return await super()._handle(message)

    def _is_drawn(self) -> bool:
        return bool(state._loaded.get(self.connection.session.document))

    async def _catch_up(self) -> None:
        """Handles what was held, in its order, as soon as the page is drawn."""
        try:
            while self.early and self.ws_connection is not None:
                if not self._is_drawn():
                    await asyncio.sleep(LOOK)
                elif reply := await super()._handle(self.early.popleft()):
                    await self._schedule(reply)
        finally:
            self.waiting = False  # until now, whatever came was put behind the others


def _says_drawn(message) -> bool:
    events = message.content.get("events", ()) if isinstance(message.content, dict) else ()
    return '"document_ready"' in json.dumps(events)
