"""Panel 1.9.4: a reader's action waits until the page is drawn.

Until the browser has sent `document_ready`, Panel raises at a change of a widget, or drops its
result, so a slider that is moved too early has no effect.
`tests/server/test_connection.py` moves one so early; when it passes without this, the file may go.
"""

import json
from collections import deque

from panel.io.server import WSHandler
from panel.io.state import state

MESSAGES_HELD = 50  # of a page that is not drawn yet; older ones are dropped


class EarlyMessages(WSHandler):
    """A websocket that holds back changes to a page until the page is drawn."""

    def initialize(self, *args, **kwargs) -> None:
        super().initialize(*args, **kwargs)
        self.early: deque = deque(maxlen=MESSAGES_HELD)

    async def _handle(self, message):
        page = self.connection.session.document
        drawn = state._loaded.get(page) or _says_drawn(message)
        if message.msgtype == "PATCH-DOC" and not drawn:
            self.early.append(message)
            return None
        reply = await super()._handle(message)
        while self.early and state._loaded.get(page):
            if late_reply := await super()._handle(self.early.popleft()):
                await self._schedule(late_reply)
        return reply


def _says_drawn(message) -> bool:
    events = message.content.get("events", ()) if isinstance(message.content, dict) else ()
    return '"document_ready"' in json.dumps(events)
