"""A page's timers, its work beside it, and its end: in its own time, and holding nothing."""

import gc
import threading
import weakref
from types import SimpleNamespace

import panel as pn
import pytest
from bokeh.document import Document
from bokeh.events import ClientReconnected, ConnectionLost, DocumentReady
from panel.io.state import set_curdoc

from workbench.view.page import session, timer
from workbench.view.page.timer import Timer


class Context:
    """What a served document has instead of None."""

    session = None


@pytest.fixture
def page():
    document, context = Document(), Context()
    document._session_context = weakref.ref(context)
    with set_curdoc(document):
        assert session.served()
        yield document
    del context


def go_on(document: Document) -> None:
    """Calls what waits for the page's next moment, from another page's context."""
    with set_curdoc(Document()):
        for waiting in document.session_callbacks:
            document.remove_next_tick_callback(waiting)
            waiting.callback()


class View:
    """What a section shows."""


class Section:
    def __init__(self):
        self.timer, self.looks, self.found, self.closed = Timer(self.look, 50), 0, [], 0
        self.done = threading.Event()

    def look(self) -> None:
        self.looks += 1

    def is_due(self) -> bool:
        return self.due

    def made(self, *given) -> None:
        self.found.append((pn.state.curdoc, *given))

    def close(self) -> None:
        self.closed += 1

    def rest(self) -> None:
        self.found.append("rest")

    def wake(self) -> None:
        self.found.append("wake")

    def view(self) -> View:
        return View()


class Clock:
    """A timer of the server's loop; a test calls what it calls."""

    all: list = []

    def __init__(self, callback, period):
        self.callback, self.period, self.runs = callback, period, False
        self.all.append(self)

    def start(self):
        self.runs = True

    def stop(self):
        self.runs = False

    def is_running(self):
        return self.runs


@pytest.fixture
def clocks(monkeypatch):
    monkeypatch.setattr(timer, "PeriodicCallback", Clock)
    monkeypatch.setattr(Clock, "all", [])
    return Clock.all


def test_a_timer_looks_until_it_is_stopped_and_keeps_nothing(page, clocks):
    section = Section()
    for _ in range(2):
        section.timer.start()
    (clock,) = clocks
    assert clock.period == 50 and section.timer.runs
    for _ in range(2):
        clock.callback()
    assert section.looks == 0  # in the page's time, and once
    go_on(page)
    assert section.looks == 1
    clock.callback()
    section.timer.stop()
    section.timer.stop()
    go_on(page)
    assert section.looks == 1 and not clock.runs and not section.timer.runs
    section.timer.start()
    gone = weakref.ref(section)
    del section
    gc.collect()
    assert gone() is None and clocks[1].runs
    clocks[1].callback()
    assert not clocks[1].runs and not page.session_callbacks


def test_a_timer_enters_the_pages_time_only_when_something_is_due(page, clocks):
    section = Section()
    section.due = False
    section.timer = Timer(section.look, 50, section.is_due)
    section.timer.start()
    clocks[0].callback()
    assert not page.session_callbacks
    section.due = True
    clocks[0].callback()
    go_on(page)
    assert section.looks == 1


def test_what_is_made_beside_a_page_comes_back_in_its_time(page):
    section, threads = Section(), []

    def work() -> int:
        threads.append(threading.current_thread())
        return 7

    session.in_thread(work, section.made, "given")
    session.THREADS.submit(lambda: None).result(20)
    for _ in range(200):
        if page.session_callbacks:
            break
        threading.Event().wait(0.02)
    assert threads != [threading.current_thread()] and not section.found
    go_on(page)
    ((where, word, done),) = section.found
    assert where is page and word == "given" and done.result() == 7


def test_an_error_of_work_in_a_thread_is_raised_at_the_result():
    section = Section()
    session.in_thread(lambda: 1 / 0, section.made)  # without a page: at once
    ((_, done),) = section.found
    with pytest.raises(ZeroDivisionError):
        done.result()


@pytest.mark.parametrize("connections", [0, 1])
@pytest.mark.parametrize(
    ("lost", "back"), [(None, DocumentReady), (ConnectionLost, ClientReconnected)]
)
def test_what_belongs_to_a_page_rests_only_while_its_reader_is_away(page, connections, lost, back):
    """Also when that has not come yet, or never comes: from the page's beginning."""
    section = Section()
    session.rest_while_away(section)
    if lost is not None:
        page.remove_timeout_callback(page.session_callbacks[0])
        page.callbacks.trigger_event(lost())
    (waiting,) = page.session_callbacks
    assert waiting.timeout == 1000 * session.AWAY_SECONDS and not section.found
    session_of_page = SimpleNamespace(connection_count=connections)
    page.session_context.session = session_of_page
    waiting.callback()
    assert section.found == ([] if connections else ["rest"])
    page.callbacks.trigger_event(back())
    assert section.found[-1] == "wake"
    gone = weakref.ref(section)
    del section
    gc.collect()
    assert gone() is None
    waiting.callback()


def test_a_section_lives_with_its_view_and_is_closed_with_the_page(page):
    section = Section()
    view, gone = session.tie_to_page(section), weakref.ref(section)
    del section
    gc.collect()
    assert gone() is view.section
    for callback in page.session_destroyed_callbacks:
        callback(None)
    assert view.section.closed == 1
    del view
    gc.collect()
    assert gone() is None
    for callback in page.session_destroyed_callbacks:
        callback(None)
