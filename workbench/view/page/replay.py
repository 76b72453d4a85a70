"""Replay: back over the frames of a run that has ended."""

from collections.abc import Callable, Sequence

import panel as pn
import panel_material_ui as pmui

from workbench.core.frames import Frame


class Replay:
    """A slider over the frames of a run; `show(frames)` shows the frames up to one."""

    def __init__(self, show: Callable[[Sequence[Frame]], None]):
        self._show = show
        self._frames: Sequence[Frame] = ()
        self.slider = pmui.IntSlider(
            label="Replay: frame",
            start=0,
            end=1,
            value=0,
            disabled=True,
            sizing_mode="stretch_width",
            margin=(2, 8),
            description="Go back over the run that has just ended",
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
        self.slider.disabled = True
        self._frames = ()

    def _go_to(self, event) -> None:
        if not self.slider.disabled and event.new <= len(self._frames):
            self._show(self._frames[: max(1, event.new)])
