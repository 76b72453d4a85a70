"""One writer for a page, so that what changes first arrives first.

Bokeh sends a callback's changes when the callback has ended, in their order and under the page's
lock. Panel 1.9.4 writes those of its own widgets past it (`panel.io.document.unlocked`), at once or
from a task of its own. So a message that speaks of a model can overtake the one that brings the
model ("reference p123 isn't known" in the browser), and a message whose task finds another one at
work stays unsent until the reader does something else.
"""

from panel.io import document


def leave_to_bokeh() -> None:
    """Lets Panel hand all changes to Bokeh, as it does by itself when it fails to write them."""
    document.write_events = document.schedule_write_events = _declined


def _declined(*_args) -> None:
    raise RuntimeError("Bokeh writes what changes.")
