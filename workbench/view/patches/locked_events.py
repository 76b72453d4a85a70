"""Panel 1.9.4: whatever a reader does is done under the page's lock.

A press that comes while a change before it waits (50 ms, longer on a busy machine), and every move
of a slider that is heard at once, is done in a task of its own without the page's lock. Bokeh then
refuses the first change of one of its models ("_pending_writes should be non-None"), and what the
press had still to do is not done. `tests/view/test_message_order.py` presses a button so; when it
passes without this, the file may go.
"""

from panel.reactive import Syncable


def lock_events() -> None:
    """Has Panel run changes and presses as Bokeh does. Calling it again changes nothing."""
    for task in (Syncable._change_coroutine, Syncable._event_coroutine):
        task.lock = True  # what Panel's own `async_execute` looks for
