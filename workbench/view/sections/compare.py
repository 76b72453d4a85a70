"""Pinned runs of a chapter on its page, two of them paired over seeds, and a run to take home."""

import io
import weakref

import panel as pn

from workbench.results.compare import PINS
from workbench.results.run_zip import run_zip
from workbench.running.device import pick_device
from workbench.view.page.board import Board
from workbench.view.page.session import tie_to_page
from workbench.view.page.timer import Timer
from workbench.view.page.widgets import BUTTON, button
from workbench.view.sections.pairs import Pairs
from workbench.view.sections.pins import Pins

TITLE = "Compare and take home: pin runs, pair two over seeds, save"


INTRODUCTION = (
    f"Pin the run above, move a knob, pin again: up to {PINS} runs stand beside each other. Is a "
    "difference more than chance? Train two of them with the same seeds and look at the paired "
    "difference. The zip holds settings, numbers, pictures and a script that trains the run again."
)
REFRESH_MS = 300


class CompareSection:
    """Widgets and pictures of one reader's comparison."""

    def __init__(self, board: Board):
        self._board = weakref.ref(board)
        self._timer = Timer(self.refresh, REFRESH_MS)
        self.pins = Pins(board.chapter, board.runner, board.dark, self._pins_changed)
        self.pairs = Pairs(self.pins, board.dark, self._timer.start)
        self.pin = button("Pin this run", lambda _event: self.pins.pin(self._board().run))
        self.save = pn.widgets.FileDownload(
            callback=self._zip,
            filename=f"{board.chapter.name}.zip",
            label="Save this run (zip)",
            stylesheets=[BUTTON],
            margin=(3, 4),
        )

    def view(self) -> pn.viewable.Viewable:
        return pn.Column(
            pn.FlexBox(self.pin, self.save, self.pins.buttons, align_items="center"),
            self.pins.sentence,
            self.pins.overlays.pane,
            self.pairs.view(),
            sizing_mode="stretch_width",
        )

    def _pins_changed(self) -> None:
        self.pairs.offer()
        self._timer.start()

    def _zip(self) -> io.BytesIO:
        """Settings, points, pictures and a script of the run above."""
        run = self._board().run
        return io.BytesIO(run_zip(*run.key, run.frames[:], pick_device()))

    def refresh(self) -> None:
        """Draws what has grown; ends the timer when nothing grows any more."""
        live = self.pins.live or self.pairs.live
        self.pins.draw()
        self.pairs.draw()
        if not live:
            self._timer.stop()

    def rest(self) -> None:
        """Leaves runs that nobody sees; those that are done stay."""
        self.pins.rest()
        self.pairs.rest()

    def wake(self) -> None:
        """Trains again what was left."""
        self.pins.wake()
        self.pairs.wake()
        if self.pins.live or self.pairs.live:
            self._timer.start()

    def close(self) -> None:
        """Leaves every run."""
        self._timer.stop()
        self.pins.close()
        self.pairs.close()


def build(board: Board) -> pn.viewable.Viewable:
    """The section for one reader; its runs are left when the page goes."""
    return tie_to_page(CompareSection(board))
