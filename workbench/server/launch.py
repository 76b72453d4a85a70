"""How the server begins and ends: our handlers in Panel's places, and workers that are warm."""

import gc
import os
import threading
import time

from bokeh.server import urls
from panel.io import server as panel_server
from panel.io.server import AutoloadJsHandler, DocHandler, WSHandler
from tornado.ioloop import IOLoop
from tornado.web import StaticFileHandler

from workbench import chapters
from workbench.classroom.room import ROOM, classroom
from workbench.core import log
from workbench.running.run import Run
from workbench.running.shared import shared_runner
from workbench.server import files, garbage, kept_stills
from workbench.server.handlers import RoomPage, RoomSocket, Slash
from workbench.server.health import Health, Pulse
from workbench.server.hero import HeroRun, Trainer
from workbench.server.log_in import InstructorDoor, take_both_passwords
from workbench.server.qr import QrCode
from workbench.server.upload import Upload
from workbench.view.page import uploads
from workbench.view.page.session import THREADS
from workbench.view.pages import route  # noqa: F401  what pages import is there before the first
from workbench.view.pages.shell import FOLDER
from workbench.view.patches.accept import accept_while_files_are_free
from workbench.view.patches.log_out import log_out_under_the_prefix

END_SECONDS = 4.4  # for an orderly end; a runner takes four of them at most


def warm(room: int = ROOM) -> None:
    """Imports what pages need and starts the workers, so that the first reader need not wait."""
    log.install()
    garbage.one_heap()
    files.raise_file_limit()
    install(room)
    for name in chapters.NAMES:
        chapter = chapters.find(name)
        chapter.page, chapter.claims  # noqa: B018  reads what the page shows
    gc.collect()
    garbage.collect_when_calm()


def install(room: int = ROOM) -> None:
    """Puts our handlers where Panel's would be, and begins to watch. Call it before serving."""
    ours: dict[type, type] = {DocHandler: RoomPage, WSHandler: RoomSocket}
    panel_server.per_app_patterns[:] = [
        (address, ours.get(handler, handler), *rest)
        for address, handler, *rest in panel_server.per_app_patterns
        if handler is not AutoloadJsHandler  # a page inside another's: a session beside our door
    ]
    panel_server.per_app_patterns.append(("/hero", HeroRun))
    take_both_passwords()
    log_out_under_the_prefix()
    if files.limited():
        accept_while_files_are_free(files.open_files_allowed() - files.FILES_SPARED)
    runner = shared_runner("workers")
    runner.on_end.append(_log_run)
    Health.room = classroom().places = room
    Health.pulse = Pulse(runner)
    HeroRun.trainer = Trainer(runner)
    urls.toplevel_patterns[:0] = [
        ("", Slash),
        ("/health", Health),
        ("/instructor", InstructorDoor),
        ("/qr.svg", QrCode),
        *([("/upload", Upload)] if uploads.limit else []),
        (kept_stills.ADDRESS, kept_stills.KeptStills),
        ("/fonts/(.*)", StaticFileHandler, {"path": FOLDER / "fonts"}),
    ]
    IOLoop.current().add_callback(Health.pulse.start)


def end(seconds: float = END_SECONDS) -> None:
    """Ends what the server has begun, and the process itself when that takes too long.

    Python waits for the threads beside pages before it does anything else at its end: for a
    drawing, for a lab whose process is silent, and for whatever waits behind them.
    """
    if not hasattr(Health, "pulse"):
        return  # nothing has been begun
    last = threading.Timer(seconds, os._exit, [0])
    last.daemon = True
    last.start()
    THREADS.shutdown(wait=False, cancel_futures=True)
    Health.pulse.runner.close()


def _log_run(run: Run) -> None:
    seconds = 0.0 if run.begun_at is None else time.monotonic() - run.begun_at
    log.run_line(run.session, run.name, run.settings, seconds, run.status)
