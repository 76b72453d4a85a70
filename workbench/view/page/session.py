"""A reader's page and time: what looks again and again, what works beside it, what ends with it.

Nothing here keeps alive what belongs to a page: Bokeh 3.9 may leave a timer running when its page
is gone, and a page's end may never come.
"""

import secrets
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial

import panel as pn
from bokeh.document import Document
from bokeh.events import ClientReconnected, ConnectionLost, DocumentReady
from panel.io.document import unlocked
from panel.io.state import set_curdoc
from tornado.ioloop import PeriodicCallback

from workbench.running.lab_process import shared_lab_process

BESIDE = ThreadPoolExecutor(2, thread_name_prefix="beside-page")
BORN = secrets.token_hex(4)  # of this server: after a restart it is another
AWAY = 5  # seconds without a connection after which nothing is trained for a page


def served() -> bool:
    """Whether this is a reader's page. pn.state.served is true in the served script alone."""
    document = pn.state.curdoc
    return document is not None and document.session_context is not None


def weakly(method: Callable) -> Callable:
    """The method, for whoever must not keep its object; nothing happens when that is gone."""
    mine = weakref.WeakMethod(method)

    def call(*arguments) -> None:
        if (alive := mine()) is not None:
            alive(*arguments)

    return call


class Timer:
    """Calls the method `look` every `period` ms, in the time of the page that starts it.

    With `due`, a method that costs next to nothing, only when that says yes: to enter a page's
    time costs the server ten times as much as a glance, and a class has sixty pages open.
    """

    def __init__(
        self, look: Callable[[], None], period: int, due: Callable[[], bool] | None = None
    ):
        self._look = weakref.WeakMethod(look)
        self._period = period
        self._end = None
        self._due = weakref.WeakMethod(due) if due else lambda: lambda: True

    @property
    def runs(self) -> bool:
        return self._end is not None

    def start(self) -> None:
        """Begins to look, unless it does already."""
        if self.runs:
            return
        if served():
            self._end = _glance_often(self._period, self._due, self._look, pn.state.curdoc)
        else:  # a notebook; its messages cost more than a server's
            look = weakly(self._look())
            self._end = pn.state.add_periodic_callback(look, 2 * self._period).stop

    def stop(self) -> None:
        """Looks no more."""
        end = self._end
        self._end = None
        if end is not None:
            end()


def _glance_often(period: int, due, look, page: Document) -> Callable[[], None]:
    """Looks in the page's time when it is due; what is returned ends it.

    due, look: weak references, for a page's end may never be told.
    """
    entered = False  # whether a look waits for the page's time

    def glance() -> None:
        nonlocal entered
        wanted = due()
        if wanted is None or look() is None:
            timer.stop()
        elif not entered and wanted():
            entered = True
            page.add_next_tick_callback(enter)

    def enter() -> None:
        nonlocal entered
        entered = False
        if timer.is_running() and (alive := look()) is not None:
            alive()

    timer = PeriodicCallback(glance, period)
    timer.start()
    return timer.stop


@contextmanager
def together():
    """Sends all that changes inside as one message; Bokeh alone makes one of every attribute."""
    if served():
        with unlocked():
            yield
    else:
        yield


def beside(work: Callable[[], object], then: Callable[..., None], *given) -> None:
    """Does `work()` in a thread beside the page, then calls the method `then` in the page's time.

    `then` takes what is given here and the ended Future, whose `result()` is what came of it or
    raises what went wrong. Where there is no served page, both happen at once.
    """
    then = weakly(then)
    if not served():
        done: Future = Future()
        try:
            done.set_result(work())
        except Exception as error:
            done.set_exception(error)
        return then(*given, done)
    document = pn.state.curdoc

    def tell(done: Future) -> None:
        # Panel would go on with the page that is at work just now: contexts are inherited
        with set_curdoc(document):
            then(*given, done)

    def ended(done: Future) -> None:
        with suppress(AttributeError):  # the page is gone
            document.add_next_tick_callback(partial(tell, done))

    BESIDE.submit(work).add_done_callback(ended)


def elsewhere(work: Callable[[], object], then: Callable[..., None], *given) -> None:
    """As `beside`, in another process: for what computes with PyTorch, which the server has not.

    `work` goes through a pipe: a function of a module, or a partial of one with plain values.
    """
    beside(partial(shared_lab_process(), work) if served() else work, then, *given)


def close_with_page(thing) -> None:
    """Calls `thing.close()` when the reader's page is gone, and does not keep it until then."""
    close = weakly(thing.close)
    pn.state.on_session_destroyed(lambda _context: close())


def rest_while_away(thing) -> None:
    """Calls `thing.rest()` when the page has been without its browser for AWAY seconds.

    Its session lives on for a while, for a network that comes back; `thing.wake()` is called then.
    The same for a browser that has not come yet: it fetches scripts, or it has been closed.
    """
    if not served():
        return
    page = weakref.ref(pn.state.curdoc)
    rest, wake = weakly(thing.rest), weakly(thing.wake)

    def look() -> None:
        if not page().session_context.session.connection_count:
            rest()

    def alone(_event) -> None:
        page().add_timeout_callback(look, 1000 * AWAY)

    alone(None)
    pn.state.curdoc.on_event(ConnectionLost, alone)
    for there in (DocumentReady, ClientReconnected):
        pn.state.curdoc.on_event(there, lambda _event: wake())


def lasting(section) -> pn.viewable.Viewable:
    """What a section shows; the section lives as long as that does and is closed with the page."""
    view = section.view()
    view.section = section
    close_with_page(section)
    rest_while_away(section)
    return view
