"""Sliders over what a sweep has trained: one for the value, one for the seed, one for the time."""

from collections.abc import Callable, Sequence

import panel as pn
import panel_material_ui as pmui

from workbench.core.frames import Frame
from workbench.core.settings import Knob
from workbench.results.sweep import Sweep
from workbench.running.run import Run
from workbench.view.page.controls import within
from workbench.view.page.widgets import TYPE
from workbench.view.patches.slider_moves import prompt_moves

WIDE, NARROW = 230, 170  # pixels


class Scrubbers:
    """They point at a run of a sweep and at one of its frames; each move calls `moved()`."""

    def __init__(self, moved: Callable[[], None]):
        self.value = pmui.DiscreteSlider(
            stylesheets=[TYPE], label="Value", options=[0, 1], value=0, disabled=True, width=WIDE
        )
        self.seed = pmui.IntSlider(
            stylesheets=[TYPE],
            label="Seed shown",
            start=0,
            end=1,
            value=0,
            disabled=True,
            width=NARROW,
        )
        self.time = pmui.IntSlider(
            stylesheets=[TYPE], label="Frame", start=1, end=40, value=40, disabled=True, width=WIDE
        )
        for slider in self.sliders:
            prompt_moves(slider).param.watch(lambda _event: moved(), "value")

    @property
    def sliders(self) -> tuple:
        return self.value, self.seed, self.time

    def view(self) -> pn.viewable.Viewable:
        return pn.FlexBox(*self.sliders)

    def prepare(self, sweep: Sweep, knob: Knob, near: float) -> None:
        """Gets ready for a sweep of the knob; begins at the value nearest to `near`."""
        values = sweep.over[knob.name]
        start = min(values, key=lambda value: abs(value - near))
        options = {f"{value:g}": value for value in values}
        self.value.param.update(label=knob.label, options=options, value=start)
        self.seed.param.update(end=max(1, len(sweep.seeds) - 1), value=0)
        for slider in self.sliders:
            slider.disabled = False
        self.seed.visible = len(sweep.seeds) > 1

    def lengthen(self, frames: int, ended: bool) -> None:
        """Has room for so many frames; a slider that stood at the newest follows."""
        if frames > 1 and self.time.end != frames:
            follows = self.time.value == self.time.end or not ended
            self.time.param.update(end=frames, value=frames if follows else self.time.value)

    def find_run(self, sweep: Sweep) -> Run | None:
        """The run that the sliders point at."""
        knob = next(iter(sweep.over))
        for cell, run in zip(sweep.cells, sweep.runs, strict=True):
            if cell[knob] == self.value.value and cell["seed"] == self.seed.value:
                return run
        return None

    def find_frame(self, frames: Sequence[Frame]) -> Frame:
        """The one of these frames that the sliders point at."""
        return frames[within(self.time, 1, len(frames)) - 1]

    def at_end(self, frames: Sequence[Frame]) -> bool:
        """Whether that is the last one."""
        return self.time.value >= len(frames)
