"""A plug-in of a server under measurement (`--plugins frame_player`): /play plays a run again.

It plays the frames of the finished run of the page that is open, as if they came from training, and
answers with milliseconds of CPU of the server's loop a frame: drawing, words, and what is sent. The
loop is one thread, and the CPU of a thread is what it is beside other programs, too. What a frame
of nothing costs (to enter the page's time, to wait) is played in turn with it and taken off.

It uses only what commits on both sides of a comparison have: see live_frame.py.
"""

import asyncio
import time
import weakref
from functools import partial

from panel.io.state import set_curdoc
from tornado.web import RequestHandler

from workbench.view.page import board
from workbench.view.page.live import LiveRun

PAUSE = 0.02  # seconds, in which a frame is sent


class Played:
    """A run whose frames come one by one."""

    live, status, error = True, "training", ""

    def __init__(self, run):
        self.count = 0
        self._run = run

    @property
    def frames(self):
        return self._run.frames[: self.count]

    def __getattr__(self, name):
        return getattr(self._run, name)


class Noted(LiveRun):
    """What a page shows, noted for /play."""

    pages: "weakref.WeakSet[LiveRun]" = weakref.WeakSet()

    def __init__(self, *parts):
        super().__init__(*parts)
        self.pages.add(self)


board.LiveRun = Noted


def open_page() -> LiveRun | None:
    """What the page that is open shows, once its run is done."""
    return next((page for page in Noted.pages if page.run and page.run.status == "done"), None)


async def play(document, step, count: int) -> float:
    """Seconds of CPU of this thread for so many calls of `step` in the time of the page."""
    began = time.thread_time()
    for _frame in range(count):
        document.add_next_tick_callback(step)
        await asyncio.sleep(PAUSE)
    return time.thread_time() - began


class Player(RequestHandler):
    async def get(self) -> None:
        page = open_page()
        sessions = self.application.get_sessions("/app")
        if page is None or not sessions:
            return self.set_status(503)
        document, run = sessions[0].document, page.run
        page.run = played = Played(run)
        page._pace.begin_anew()

        def show() -> None:
            played.count += 1
            with set_curdoc(document):
                page.poll()

        count = len(run.frames)
        nothing = await play(document, partial(int), count)
        drawn = await play(document, show, count)
        page.run = run
        self.write({"ms": 1000 * (drawn - nothing) / count, "frames": count})


ROUTES = [("/play", Player, {})]
