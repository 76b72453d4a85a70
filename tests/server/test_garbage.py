"""The garbage of pages that are gone is collected when no page waits, and in any case at last."""

import gc
import time

import pytest
from panel.io import document

from workbench.server import garbage
from workbench.server.garbage import CALM_SECONDS, CLOSED_PAGES, LATEST_SECONDS, Calm


@pytest.fixture
def server(monkeypatch):
    """What the server's loop is to do later, the clock, and how often it has collected."""

    class Server:
        now, later, frozen, collected = 1000.0, [], [], 0

        def call_later(self, seconds, act):
            self.later.append((self.now + seconds, act))

        def wait(self, seconds):
            end = self.now + seconds
            while self.later and self.later[0][0] <= end:
                self.now, act = self.later.pop(0)
                act()
            self.now = end

        def collect(self):
            assert self.frozen.pop() is False  # all pages are looked through
            self.collected += 1

    made = Server()
    monkeypatch.setattr(time, "monotonic", lambda: made.now)
    monkeypatch.setattr(garbage.IOLoop, "current", lambda: made)
    monkeypatch.setattr(gc, "collect", made.collect)
    monkeypatch.setattr(document, "_garbage_collect", None)
    monkeypatch.setattr(Calm, "last_message", 0.0)
    monkeypatch.setattr(Calm, "waiting_since", None)
    monkeypatch.setattr(Calm, "closed_pages", 0)
    monkeypatch.setattr(gc, "freeze", lambda: made.frozen.append(True))
    monkeypatch.setattr(gc, "unfreeze", lambda: made.frozen.append(False))
    garbage.collect_when_calm()
    return made


def test_a_quiet_server_collects_at_once(server):
    garbage.page_closed(None)
    server.wait(CALM_SECONDS)
    assert server.collected == 1 and not server.later


def test_it_waits_until_nobody_waits_for_an_answer(server):
    for _ in range(20):
        garbage.page_spoke()
        garbage.page_closed(None)  # several pages go
        server.wait(CALM_SECONDS / 2)
    assert server.collected == 0 and len(server.later) == 1
    server.wait(CALM_SECONDS)
    assert server.collected == 1 and not server.later
    garbage.page_spoke()
    garbage.page_closed(None)
    server.wait(2 * CALM_SECONDS)
    assert server.collected == 2


def test_a_class_that_is_never_quiet_is_interrupted_at_last(server):
    garbage.page_closed(None)
    for _ in range(int(2 * LATEST_SECONDS)):
        garbage.page_spoke()
        server.wait(1)
    assert server.collected == 1


def test_many_pages_do_not_wait_for_quiet(server):
    for page in range(CLOSED_PAGES):
        garbage.page_spoke()
        garbage.page_closed(None)
        server.wait(CALM_SECONDS / 4)
        assert server.collected == (page == CLOSED_PAGES - 1)


def test_what_is_there_is_looked_past_until_a_page_is_gone(server):
    garbage.leave_alone()
    assert server.frozen == [True, True]  # at the start, and when a page was there
    garbage.page_closed(None)
    server.wait(CALM_SECONDS)
    document._garbage_collect()  # Panel's own is not made
    assert server.collected == 1 and server.frozen == [True, True, True]
