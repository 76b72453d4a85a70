"""How often a page draws: the more pages draw, the more frames each of them leaves out."""

import time
import weakref

from workbench.view.page.session import served

DRAWING_SHARE = 0.3  # of the server's time that all pages together may take to draw
DRAWING: "weakref.WeakSet[Pace]" = weakref.WeakSet()  # those of all pages that draw now


class Pace:
    """The pace of one page. `frames` is how many frames it has drawn."""

    def __init__(self):
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forgets the run before: the first frame of the next is not left out."""
        self.frames = 0
        self._rests_until = 0.0

    @property
    def rests(self) -> bool:
        return time.monotonic() < self._rests_until

    def count(self, frames: int, began: float) -> None:
        """Notes that so many frames have been drawn, from `began` on; now it rests for others."""
        seconds = time.monotonic() - began
        others = len(DRAWING) - 1 if served() else 0
        self._rests_until = began + seconds * others / DRAWING_SHARE
        self.frames = frames
