"""The chapters' pictures on the home page, drawn once for all readers."""

from functools import lru_cache

import panel as pn
from bokeh.models import Div

from workbench.chapters import find
from workbench.running.run import Run
from workbench.running.shared import shared_runner
from workbench.view.drawing.thumbnails import thumbnail
from workbench.view.page.session import Timer, rest_while_away, served

STILL = ":host { font: 14px/1.45 system-ui, sans-serif; } img { border-radius: 6px; }"
PERIOD = 250  # ms between two looks at the thumbnails


class Thumb:
    """A chapter's picture on the home page: its default run, trained once for everybody."""

    def __init__(self, name: str):
        self.chapter = find(name)
        self.root = "thumb_" + name.replace("-", "_")
        self.runner = shared_runner("workers")
        self.run = self.runner.open(name, self.chapter.Settings(), self)
        self.still = Div(
            name=self.root,
            text="Waiting for its turn to train.",
            margin=5,
            stylesheets=[STILL],
        )
        self.drawn = 0
        self._timer = Timer(self.look, PERIOD)

    def watch(self) -> None:
        self.look()
        if self.run.live and served():
            self._timer.start()
        # holds the thumbnail while its page is there
        pn.state.on_session_destroyed(lambda _context: self.close())
        rest_while_away(self)

    def look(self) -> None:
        live, count = self.run.live, len(self.run.frames)
        if count > self.drawn:
            self.drawn = count
            self.still.text = _still(self.chapter.name, self.run, count)
        if not live:
            self._timer.stop()

    def rest(self) -> None:
        self.runner.leave(self.run, self)

    def wake(self) -> None:
        if self.run.status == "abandoned":
            self.run = self.runner.open(*self.run.key, self)
            self.drawn = 0
            self._timer.start()

    def close(self) -> None:
        self.runner.leave(self.run, self)
        self._timer.stop()


@lru_cache(maxsize=64)
def _still(name: str, run: Run, count: int) -> str:
    """The chapter's picture after so many frames; drawn once for all pages that show it."""
    chapter, frames = find(name), run.frames[:count]
    trace = next((t for t in chapter.traces if t.title == chapter.thumbnail), None)
    return thumbnail(trace.curves(frames) if trace else frames[-1].pictures[chapter.thumbnail], 380)
