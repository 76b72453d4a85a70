"""A chapter's picture on the home page: its default run, trained once for everybody."""

from functools import lru_cache

import panel as pn
from bokeh.models import Div

from workbench.chapters import find
from workbench.running.run import Run
from workbench.running.shared import shared_runner
from workbench.view.drawing.thumbnails import thumbnail
from workbench.view.page.session import rest_while_away, served
from workbench.view.page.timer import Timer

STYLE = ":host { font: 14px/1.45 system-ui, sans-serif; } img { border-radius: 6px; }"
REFRESH_MS = 250
WIDTH = 380  # pixels


class Thumb:
    """A live thumbnail; `model` is its root of the page."""

    def __init__(self, name: str):
        self.chapter = find(name)
        self.root = "thumb_" + name.replace("-", "_")
        self.runner = shared_runner("workers")
        self.run = self.runner.open(name, self.chapter.Settings(), self)
        self.model = Div(
            name=self.root,
            text="Waiting for its turn to train.",
            margin=5,
            stylesheets=[STYLE],
        )
        self._drawn = 0  # frames
        self._timer = Timer(self.refresh, REFRESH_MS)

    def watch(self) -> None:
        """Draws from now on, while its page is there."""
        self.refresh()
        if self.run.live and served():
            self._timer.start()
        # holds the thumbnail while its page is there
        pn.state.on_session_destroyed(lambda _context: self.close())
        rest_while_away(self)

    def refresh(self) -> None:
        """Draws the newest frame; ends the timer with the run."""
        live, count = self.run.live, len(self.run.frames)
        if count > self._drawn:
            self._drawn = count
            self.model.text = _draw(self.chapter.name, self.run, count)
        if not live:
            self._timer.stop()

    def rest(self) -> None:
        """Leaves a run that nobody sees."""
        self.runner.leave(self.run, self)

    def wake(self) -> None:
        """Trains again what was left."""
        if self.run.status == "abandoned":
            self.run = self.runner.open(*self.run.key, self)
            self._drawn = 0
            self._timer.start()

    def close(self) -> None:
        """Leaves the run for good."""
        self.runner.leave(self.run, self)
        self._timer.stop()


@lru_cache(maxsize=64)
def _draw(name: str, run: Run, count: int) -> str:
    """The chapter's picture after so many frames; drawn once for all pages that show it."""
    chapter, frames = find(name), run.frames[:count]
    trace = next((each for each in chapter.traces if each.title == chapter.thumbnail), None)
    picture = trace.curves(frames) if trace else frames[-1].pictures[chapter.thumbnail]
    return thumbnail(picture, WIDTH)
