"""Replay: over the frames of a run that has ended, by hand or as an animation."""

from collections.abc import Callable, Sequence

import panel as pn
import panel_material_ui as pmui

from workbench.core.frames import Frame
from workbench.view.page.timer import Timer
from workbench.view.page.widgets import TYPE

LABEL = "Replay: frame"
EXPLANATION = "Goes back over the run that has just ended."
PICTURES, PICTURE_MS = 40, 100  # of an animation: it takes four seconds at most


class Replay:
    """A slider over the frames of a run; `show(frames)` shows the frames up to one."""

    def __init__(self, show: Callable[[Sequence[Frame]], None]):
        self._show = show
        self._frames: Sequence[Frame] = ()
        self._place = 0  # of the frame that the animation shows; 0: none plays
        self._timer = Timer(self.advance, PICTURE_MS)
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
        self.slider.param.watch(self._go_to, "value")
        self.place = pn.Column(sizing_mode="stretch_width", min_height=58)

    def offer(self, frames: Sequence[Frame]) -> None:
        """Lets the reader go over these frames."""
        self.slider.param.update(end=max(1, len(frames)), value=len(frames))
        self.slider.disabled = False
        self._frames = frames
        if not self.place.objects:  # only now: a slider costs the server 10 ms
            self.place.append(self.slider)

    def withdraw(self) -> None:
        """Disables the slider: another run is shown."""
        self.stop()
        self.slider.disabled = True
        self._frames = ()

    def play(self) -> None:
        """Shows the frames from the first to the last, as an animation."""
        self._place = 1
        self.slider.value = 1
        self._timer.start()

    def advance(self) -> None:
        """Shows the animation's next picture; a reader who moves the slider ends it."""
        if not self._place or self.slider.value != self._place:
            return self.stop()
        stride = -(-len(self._frames) // PICTURES)
        self._place = min(len(self._frames), self._place + max(1, stride))
        self.slider.value = self._place
        if self._place >= len(self._frames):
            self.stop()

    def stop(self) -> None:
        """Ends the animation where it is."""
        self._place = 0
        self._timer.stop()

    def _go_to(self, event) -> None:
        if not self.slider.disabled and event.new <= len(self._frames):
            self._show(self._frames[: max(1, event.new)])
