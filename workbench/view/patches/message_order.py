"""Panel 1.9.4: changes reach a page in the order in which they were made, by one writer.

Bokeh sends a callback's changes when the callback has ended, in their order and under the page's
lock. Panel writes those of its own widgets past it (`panel.io.document.unlocked`), at once or from
a task of its own. So a message that speaks of a model can overtake the one that brings the model
("reference p123 isn't known" in the browser), and a message whose task finds another one at work
stays unsent until the reader does something else. `tests/view/test_message_order.py` shows the
order; when it passes without this, the file may go.
"""

from collections.abc import Sequence
from functools import partial

from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent
from bokeh.server.connection import ServerConnection
from panel.io import document

from workbench.view.patches.whole_message import whole_message


def keep_message_order() -> None:
    """Puts what Panel would write itself among the messages that Bokeh is to send."""
    document.write_events = document.schedule_write_events = _enqueue


def _enqueue(
    page: Document, connections: Sequence[ServerConnection], events: list[DocumentPatchedEvent]
) -> None:
    """Puts one message to each connection behind those that wait already."""
    waiting = page.session_context.session._pending_writes
    if waiting is None:  # nobody holds the page's lock: do it when we do
        page.add_next_tick_callback(partial(_enqueue, page, connections, events))
        return
    message = whole_message(page, events)
    for connection in connections:
        waiting.append(connection._socket.send_message(message))
