"""A run on a page: opened, drawn frame by frame while it trains, and left."""

import time
from collections.abc import Callable, Sequence

import panel as pn
from panel.io.notebook import block_comm

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.running.run import Run
from workbench.running.runner import Runner
from workbench.view.page.gallery import Gallery
from workbench.view.page.pace import DRAWING, Pace
from workbench.view.page.session import push, served, together
from workbench.view.page.status import Status
from workbench.view.page.timer import Timer
from workbench.view.patches.page_built import PageBuilt

POLL_MS = 50  # between two refreshes of a live run


class LiveRun:
    """The run that a page shows. A timer pulls its newest frame; training never calls it.

    `on_state()` is called when words are written, `on_end(frames)` when no more frames come by
    themselves.
    """

    session = ""  # how the server's log names the page

    def __init__(self, chapter: Chapter, runner: Runner, gallery: Gallery, status: Status):
        self.chapter = chapter
        self.runner = runner
        self.gallery = gallery
        self.status = status
        self.on_state: Callable[[], None] = lambda: None
        self.on_end: Callable[[Sequence[Frame]], None] = lambda _frames: None
        self.run: Run | None = None
        self.panes: tuple[pn.viewable.Viewable, ...] = ()  # that a notebook is told of
        self.built: PageBuilt | None = None  # of the notebook that shows this, if one does
        self.trouble: Exception | None = None  # what a refresh raised, where nobody hears it
        self._pace = Pace()
        self._timer = Timer(self.poll, POLL_MS, self.is_due)
        self._left_for_rest = False
        self.looks_back = False  # whether the page shows the run before instead
        self._shown: Sequence[Frame] = ()  # what is drawn: words and numbers belong to it

    @property
    def live(self) -> bool:
        return self.run is not None and self.run.live

    @property
    def held(self) -> bool:
        """Whether a notebook has begun to show this and cannot be told anything yet."""
        return self.built is not None and not self.built.yes

    def move(self, settings: Settings) -> None:
        """Opens the run of these settings and leaves the one before."""
        self.run = self.runner.move(self.run, self.chapter.name, settings, self)
        self._pace.begin_anew()
        self._shown = ()
        self.looks_back = False
        self.status.notes = []
        with together():
            self.gallery.begin_anew()
            self.status.link(self.chapter.name, settings)
            self.write()
        self.push()
        self.watch()

    def go_on(self) -> None:
        """Goes on with a run that has spent its budget."""
        if self.run is not None:
            self.run = self.runner.go_on(self.run, self)
            self._pace.begin_anew()
            self.status.notes = []
            self.poll()
            self.watch()

    def poll(self) -> None:
        """Draws the newest frame of this run, if there is a newer one."""
        with together() if served() else block_comm():  # one message a refresh
            self.refresh()
        self.push()

    def is_due(self) -> bool:
        """Whether there is something to draw, or to say again because time has passed."""
        if self.run is None or self.looks_back or self._pace.rests:
            return False
        return not self.live or len(self.run.frames) > self._pace.frames or self.status.is_old()

    def refresh(self) -> None:
        """Draws and says what has come since the last time."""
        run = self.run
        if run is None or self.held or self.looks_back or self._pace.rests:
            return
        try:
            live, count = run.live, len(run.frames)  # in this order: nothing comes after the end
            if count > self._pace.frames:
                began = time.monotonic()
                self._shown = run.frames[:count]
                self.gallery.draw(self._shown)
                self._pace.count(count, began)
            self.write()
            # Panel 1.9.4 loses what its widgets are told while a page is being opened
            if not live and pn.state.loaded:
                self._end(run)
        except Exception as error:
            self.trouble = error
            self.unwatch()
            raise

    def _end(self, run: Run) -> None:
        self.unwatch()
        if run.frames:
            self.on_end(run.frames)

    def look_back(self, draw_before: Callable[[], None]) -> None:
        """Draws no frame of this run until `look_ahead`: the page shows the run before."""
        self.looks_back = True
        with together():
            draw_before()

    def look_ahead(self) -> None:
        """Shows this run again, as far as it has come."""
        self.looks_back = False
        if self.run is not None and self._shown:
            self.show(self._shown)
            self.watch()

    def show(self, frames: Sequence[Frame]) -> None:
        """Shows these frames of the run, which has ended: pictures, words and numbers."""
        self._shown = frames
        self.looks_back = False
        with together() if served() else block_comm():
            self.gallery.draw(frames)
            self.write()
        self.push()

    def write(self) -> None:
        """Says how the run stands, with the numbers of the frame that is drawn."""
        if not self.held:
            self.status.write(self.run, self._shown)
            self.on_state()

    def push(self) -> None:
        """Sends a notebook what has changed."""
        push(*self.panes)

    def watch(self) -> None:
        """Refreshes from now on."""
        DRAWING.add(self._pace)
        self._timer.start()

    def unwatch(self) -> None:
        """Refreshes no more."""
        DRAWING.discard(self._pace)
        self._timer.stop()

    def leave(self) -> None:
        """Lets the run end, unless others read it."""
        if self.run is not None:
            self.runner.leave(self.run, self)

    def rest(self) -> None:
        """Leaves a run that nobody sees."""
        if self.live:
            self.leave()
            self._left_for_rest = True

    def wake(self) -> None:
        """Trains again what was left."""
        if self._left_for_rest:
            self._left_for_rest = False
            self.move(self.run.settings)

    def close(self) -> None:
        """Leaves the run for good."""
        self.leave()
        self.run = None
        self.gallery.forget()
        self.unwatch()
