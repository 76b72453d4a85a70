"""A timer of a page.

Bokeh 3.9 may leave a periodic callback running when its page is gone, and each of its ticks locks
the page. This timer runs outside of the page, and enters the page's time when something is due.
"""

import weakref
from collections.abc import Callable

import panel as pn
from bokeh.document import Document
from tornado.ioloop import PeriodicCallback

from workbench.view.page.session import served, weak_method


class Timer:
    """Calls the method `refresh` every `period` ms, in the time of the page that starts it.

    With `is_due`, a method that costs next to nothing, only when that says yes: to enter a page's
    time costs the server ten times as much as to ask, and a class has sixty pages open.
    """

    def __init__(
        self,
        refresh: Callable[[], None],
        period: int,
        is_due: Callable[[], bool] | None = None,
    ):
        self._refresh = weakref.WeakMethod(refresh)
        self._period = period
        self._is_due = weakref.WeakMethod(is_due) if is_due else lambda: lambda: True
        self._end: Callable[[], None] | None = None

    @property
    def runs(self) -> bool:
        return self._end is not None

    def start(self) -> None:
        """Begins to refresh, unless it does already."""
        if self.runs:
            return
        if served():
            page = pn.state.curdoc
            self._end = _refresh_often(self._period, self._is_due, self._refresh, page)
        else:  # a notebook; its messages cost more than a server's
            refresh = weak_method(self._refresh())
            self._end = pn.state.add_periodic_callback(refresh, 2 * self._period).stop

    def stop(self) -> None:
        """Ends it."""
        end, self._end = self._end, None
        if end is not None:
            end()


def _refresh_often(period: int, is_due, refresh, page: Document) -> Callable[[], None]:
    """Refreshes in the page's time when it is due; what is returned ends it.

    is_due, refresh: weak references, for a page's end may never be told.
    """
    waiting = False  # whether a refresh waits for the page's time

    def ask() -> None:
        nonlocal waiting
        due = is_due()
        if due is None or refresh() is None:
            timer.stop()
        elif not waiting and due():
            waiting = True
            page.add_next_tick_callback(enter)

    def enter() -> None:
        nonlocal waiting
        waiting = False
        if timer.is_running() and (alive := refresh()) is not None:
            alive()

    timer = PeriodicCallback(ask, period)
    timer.start()
    return timer.stop
