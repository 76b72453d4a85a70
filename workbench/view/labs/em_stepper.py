"""The EM stepper: K-Means and EM in the plane, one click a half-step."""

from types import SimpleNamespace

import panel as pn
import panel_material_ui as pmui

from workbench.chapters.clustering.em_lab import KINDS, STARTS, EmStepper
from workbench.view.labs import Machine, Said
from workbench.view.page.cards import Cards

TITLE = "K-Means and EM, one half-step at a time"


INTRODUCTION = (
    "Click through E- and M-steps, watch the objective never get worse, and find the start from "
    "which it stays stuck."
)


class Panel:
    """The widgets of one stepper, and its two pictures."""

    def __init__(self, dark: bool):
        self.cards, self.said = Cards(dark), Said()
        self.kind = pmui.Select(
            label="Method", options=KINDS, value="kmeans", size="small", width=130
        )
        self.start = pmui.Select(
            label="Start", options=list(STARTS), value="Good", size="small", width=110
        )
        for widget in (self.kind, self.start):
            widget.param.watch(self._again, "value")
        self.next = self._button("E-step", "step", "contained")
        self.stepper = Machine(self, EmStepper)

    def view(self) -> pn.viewable.Viewable:
        run = self._button("Run to the end", "run")
        again = pmui.Button(label="Begin again", variant="text", size="small", on_click=self._again)
        return pn.Column(
            pn.FlexBox(self.kind, self.start, self.next, run, again, align_items="center"),
            self.said,
            self.cards.pane,
            sizing_mode="stretch_width",
        )

    def _button(self, label: str, does: str, variant: str = "outlined") -> pmui.Button:
        return pmui.Button(
            label=label, variant=variant, size="small", on_click=lambda _: self.stepper.call(does)
        )

    def _again(self, _event) -> None:
        self.cards.begin_anew()
        self.stepper.begin(EmStepper, self.kind.value, self.start.value)

    def show(self, stands: SimpleNamespace) -> None:
        """Where the stepper stands."""
        self.next.label = f"{stands.next}-step"
        self.said.say(stands.said)
        self.cards.show(stands.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The stepper, ready to be put on a page."""
    return Panel(dark).view()
