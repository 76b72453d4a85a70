"""Replay: over the frames of a run that has ended, by hand or as an animation."""

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn
import panel_material_ui as pmui

from workbench.core.frames import Frame
from workbench.view.page.timer import Timer
from workbench.view.page.widgets import TYPE
from workbench.view.page.wire import Wire

LABEL = "Replay: frame"
EXPLANATION = "Goes back over the run that has just ended."
PICTURES, PICTURE_MS = 40, 100  # of an animation: it takes four seconds at most


class Replay:
    """A place among the frames of a run; `show(frames)` shows the frames up to it.

    How a reader moves it, `announce` says: by a slider of a notebook, or of a page.
    """

    def __init__(self, show: Callable[[Sequence[Frame]], None]):
        self._show = show
        self._frames: Sequence[Frame] = ()
        self._played = 0  # the place that the animation shows; 0: none plays
        self._timer = Timer(self.advance, PICTURE_MS)
        self.place = 0  # how many frames are shown
        self.enabled = False

    def offer(self, frames: Sequence[Frame]) -> None:
        """Lets the reader go over these frames."""
        self._frames = frames
        self.place, self.enabled = len(frames), True
        self.announce()

    def withdraw(self) -> None:
        """Disables the slider: another run is shown."""
        self.stop()
        self.enabled = False
        self._frames = ()
        self.announce()

    def play(self) -> None:
        """Shows the frames from the first to the last, as an animation."""
        self._played = 1
        self.go_to(1)
        self._timer.start()

    def step(self) -> None:
        """Shows the next frame; after the last, the first."""
        self.stop()
        self.go_to(self.place + 1 if self.place < len(self._frames) else 1)

    def advance(self) -> None:
        """Shows the animation's next picture; a reader who moves the slider ends it."""
        if not self._played or self.place != self._played:
            return self.stop()
        stride = -(-len(self._frames) // PICTURES)
        self._played = min(len(self._frames), self._played + max(1, stride))
        self.go_to(self._played)
        if self._played >= len(self._frames):
            self.stop()

    def stop(self) -> None:
        """Ends the animation where it is."""
        self._played = 0
        self._timer.stop()

    def go_to(self, place: Any) -> None:
        """Shows the frames up to this place, if it is one."""
        whole = isinstance(place, int) and not isinstance(place, bool)
        if self.enabled and whole and place <= len(self._frames):
            self.place = max(1, place)
            self.announce()
            self._show(self._frames[: self.place])

    def announce(self) -> None:
        """Tells the reader's slider how it stands."""


class PageReplay(Replay):
    """The replay of a chapter's page."""

    def __init__(self, show: Callable[[Sequence[Frame]], None], wire: Wire):
        super().__init__(show)
        self._wire = wire
        wire.on("replay", self.go_to)

    def announce(self) -> None:
        end = max(1, len(self._frames))
        self._wire.show("replay", {"place": self.place, "end": end, "enabled": self.enabled})


class SliderReplay(Replay):
    """The replay of a notebook's cell: a slider in `row`, from the end of the first run on."""

    def __init__(self, show: Callable[[Sequence[Frame]], None]):
        super().__init__(show)
        self.slider = pmui.IntSlider(
            label=LABEL,
            start=0,
            end=1,
            value=0,
            disabled=True,
            sizing_mode="stretch_width",
            margin=(2, 8),
            stylesheets=[TYPE],
        )
        self.slider.param.watch(lambda event: self._moved(event.new), "value")
        self.row = pn.Column(sizing_mode="stretch_width", min_height=58)

    def _moved(self, place: int) -> None:
        if place != self.place:
            self.go_to(place)

    def announce(self) -> None:
        self.slider.disabled = not self.enabled
        if self.enabled:
            self.slider.param.update(end=max(1, len(self._frames)), value=self.place)
            if not self.row.objects:  # only now: a slider costs the server 10 ms
                self.row.append(self.slider)
