"""Helpers that run work for one page in another thread or process, and clean up when it closes.

They hold weak references only, because the server may never learn that a page has closed.
"""

import secrets
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial

import panel as pn
from bokeh.events import ClientReconnected, ConnectionLost, DocumentReady
from panel.io.document import unlocked
from panel.io.state import set_curdoc

from workbench.running.lab_process import shared_lab_process

THREADS = ThreadPoolExecutor(2, thread_name_prefix="in-thread")
BORN = secrets.token_hex(4)  # names this start of the server: after a restart it is another
AWAY_SECONDS = 5  # without a connection, after which nothing is trained for a page


def served() -> bool:
    """Whether this is a reader's page. pn.state.served is true in the served script alone."""
    document = pn.state.curdoc
    return document is not None and document.session_context is not None


def weak_method(method: Callable) -> Callable:
    """The method, for those who must not keep its object; when that is gone, nothing happens."""
    reference = weakref.WeakMethod(method)

    def call(*arguments) -> None:
        if (alive := reference()) is not None:
            alive(*arguments)

    return call


def in_page_time(method: Callable[[], None]) -> Callable[[], None]:
    """What calls the method in its page's time, from any thread, as long as there is the page."""
    method = weak_method(method)
    if not served():
        return method
    document = weakref.ref(pn.state.curdoc)

    def enter() -> None:
        # Panel would go on with the page that is at work just now: contexts are inherited
        with set_curdoc(document()):
            method()

    def call() -> None:
        page = document()
        if page is not None:
            with suppress(AttributeError):  # it is going: the others must hear all the same
                page.add_next_tick_callback(enter)

    return call


@contextmanager
def together():
    """Sends all that changes inside as one message; Bokeh alone makes one of every attribute."""
    if served():
        with unlocked():
            yield
    else:
        yield


def push(*panes: pn.viewable.Viewable) -> None:
    """Sends a notebook what has changed in Bokeh's models; a server does it by itself."""
    if not served():
        pn.io.push_notebook(*panes)


def in_thread(task: Callable[[], object], then: Callable[..., None], *given) -> None:
    """Does `task()` in another thread, then calls the method `then` in the page's time.

    `then` takes what is given here and the ended Future, whose `result()` is what the task
    returned, or raises what went wrong. Where there is no served page, both happen at once.
    """
    then = weak_method(then)
    if not served():
        return then(*given, _done_at_once(task))
    document = pn.state.curdoc

    def enter(done: Future) -> None:
        # Panel would go on with the page that is at work just now: contexts are inherited
        with set_curdoc(document):
            then(*given, done)

    def ended(done: Future) -> None:
        with suppress(AttributeError):  # the page is gone
            document.add_next_tick_callback(partial(enter, done))

    THREADS.submit(task).add_done_callback(ended)


def _done_at_once(task: Callable[[], object]) -> Future:
    done: Future = Future()
    try:
        done.set_result(task())
    except Exception as error:
        done.set_exception(error)
    return done


def in_process(task: Callable[[], object], then: Callable[..., None], *given) -> None:
    """As `in_thread`, in another process: for what computes with PyTorch, which a server lacks.

    `task` goes through a pipe: a function of a module, or a partial of one with plain values.
    """
    in_thread(partial(shared_lab_process(), task) if served() else task, then, *given)


def close_with_page(thing) -> None:
    """Calls `thing.close()` when the reader's page is gone, and does not keep it until then."""
    close = weak_method(thing.close)
    pn.state.on_session_destroyed(lambda _context: close())


def rest_while_away(thing) -> None:
    """Calls `thing.rest()` when the page has been without its browser for AWAY_SECONDS.

    Its session lives on for a while, for a network that comes back; `thing.wake()` is called then.
    The same for a browser that has not come yet: it fetches scripts, or it has been closed.
    """
    if not served():
        return
    page = weakref.ref(pn.state.curdoc)
    rest = weak_method(thing.rest)
    wake = weak_method(thing.wake)

    def rest_if_alone() -> None:
        if not page().session_context.session.connection_count:
            rest()

    def wait(_event) -> None:
        page().add_timeout_callback(rest_if_alone, 1000 * AWAY_SECONDS)

    wait(None)
    pn.state.curdoc.on_event(ConnectionLost, wait)
    for connected in (DocumentReady, ClientReconnected):
        pn.state.curdoc.on_event(connected, lambda _event: wake())


def tie_to_page(section) -> pn.viewable.Viewable:
    """What a section shows; the section lives as long as that does and is closed with the page."""
    view = section.view()
    view.section = section
    close_with_page(section)
    rest_while_away(section)
    return view
