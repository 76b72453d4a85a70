"""The server's edge, piece by piece: open files, readiness, and the end."""

import asyncio
import json
import logging
import math
import subprocess
import sys
import time

import pytest
from doubles import Fake, until
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from visits import run

from workbench.core.frames import Frame
from workbench.running.errors import WorkerDied
from workbench.server import files, health, launch

INFINITE = files.resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("soft", "hard", "allowed", "after"),
    [
        (256, 10_000, 10_000, 10_000),
        (256, INFINITE, 10_240, files.FILES_NEEDED),  # macOS
        (INFINITE, INFINITE, 10_240, INFINITE),
        (256, INFINITE, 1000, 256),
        (256, 1000, 1000, 1000),
    ],
)
def test_the_limit_of_open_files_is_raised_as_far_as_it_can_be(
    monkeypatch, caplog, soft, hard, allowed, after
):
    now = [soft, hard]

    def set_limit(_what, wanted):
        if wanted[0] == INFINITE or wanted[0] > allowed:
            raise ValueError("current limit exceeds maximum limit")
        now[:] = wanted

    monkeypatch.setattr(files.resource, "getrlimit", lambda _what: tuple(now))
    monkeypatch.setattr(files.resource, "setrlimit", set_limit)
    with caplog.at_level(logging.WARNING, "workbench"):
        files.raise_file_limit()
    assert now == [after, hard]
    few = after != INFINITE and after < files.FILES_NEEDED
    assert len(caplog.records) == few
    assert files.open_files_allowed() == (math.inf if after == INFINITE else after)


# --- ready


class Dying(Fake):
    """Its process dies as often as it is told while it warms up, before any frame."""

    def __init__(self, deaths: int):
        super().__init__(gated=True)
        self.deaths = deaths

    def frames(self, name, runs):
        if self.deaths:
            self.deaths -= 1
            self.trained.append(runs[0].seed)
            raise WorkerDied("The training process died.")
        yield from super().frames(name, runs)


class Everything:
    """A store that has kept every run there is."""

    asked = 0

    def get(self, name, settings):
        self.asked += 1
        return [Frame(1, 1, {}, {})]

    def put(self, name, settings, shown):
        pass


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(health, "ASK_AGAIN_SECONDS", 0)


def looks(pulse, condition) -> None:
    """Has the server look at itself until something is so."""
    until(lambda: (pulse._probe(), condition())[1])


def test_the_server_is_ready_when_a_worker_answers_after_deaths_too(make, at_once):
    player = Dying(2)
    pulse = health.Pulse(make(player))
    looks(pulse, lambda: len(player.trained) == 3)  # two died, and the third warms up
    assert not pulse.ready
    player.let()
    looks(pulse, lambda: pulse.ready)
    player.let()  # left at its first frame
    until(lambda: player.left)
    assert len(player.trained) == 3 and pulse._first.status == "abandoned"


def test_what_is_kept_makes_no_server_ready(make, at_once):
    store = Everything()
    pulse = health.Pulse(make(Fake(gated=True), store=store))
    looks(pulse, lambda: store.asked >= 3)
    assert not pulse.ready


def test_a_worker_that_dies_again_and_again_is_not_asked_without_a_pause(make):
    pulse = health.Pulse(make(player := Dying(9)))
    until(lambda: not pulse._first.live)
    for _ in range(50):
        pulse._probe()
    assert len(player.trained) == 1


def test_health_is_503_until_then_and_200_afterwards(make, monkeypatch):
    player = Fake(gated=True)
    pulse = health.Pulse(make(player))
    monkeypatch.setattr(health.Health, "pulse", pulse, raising=False)
    monkeypatch.setattr(health.Health, "room", 9, raising=False)
    monkeypatch.setattr(health, "count_sessions", lambda _application: 0)

    async def story() -> None:
        here, port = bind_unused_port()
        serves = HTTPServer(Application([("/health", health.Health)]))
        serves.add_socket(here)

        async def asks() -> tuple[int, bool]:
            reply = await AsyncHTTPClient(force_instance=True).fetch(
                f"http://127.0.0.1:{port}/health", raise_error=False
            )
            return reply.code, json.loads(reply.body)["ready"]

        assert await asks() == (503, False)
        player.let()
        await asyncio.to_thread(looks, pulse, lambda: pulse.ready)
        assert await asks() == (200, True)
        serves.stop()

    run(story())


# --- the end

BUSY = """
import time
from types import SimpleNamespace
from workbench.server import launch
from workbench.view.page import session
closed = lambda: print("closed", flush=True)
launch.Health.pulse = SimpleNamespace(runner=SimpleNamespace(close=closed))
for _ in range(4):  # as drawings do, and a lab whose process is silent
    session.THREADS.submit(time.sleep, 60)
time.sleep(0.1)
print("begun", flush=True)
launch.end(0.5)
"""


def test_work_beside_pages_does_not_hold_up_the_servers_end():
    busy = subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE, text=True)
    assert busy.stdout.readline() == "begun\n"
    assert busy.wait(30) == 0  # and the four sleep for a minute
    assert busy.stdout.read() == "closed\n"
    busy.stdout.close()


def test_nothing_is_ended_where_nothing_was_begun():
    launch.end(0)  # this process would be gone
    time.sleep(0.1)
