"""The EM stepper: K-Means and EM in the plane, one click a half-step."""

from types import SimpleNamespace

import panel as pn

from workbench.chapters.clustering.lab_knobs import KINDS, STARTS
from workbench.view.labs import Machine
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import Sentence, button, menu

TITLE = "K-Means and EM, one half-step at a time"
LAB = "workbench.chapters.clustering.em_lab:EmStepper"

INTRODUCTION = (
    "Click through E- and M-steps, watch the objective never get worse, and find the start from "
    "which it stays stuck."
)


class Panel:
    """The widgets of one stepper, and its two pictures."""

    def __init__(self, dark: bool):
        self.cards = Cards(dark)
        self.sentence = Sentence()
        self.kind = menu("Method", options=KINDS, value="kmeans", width=130)
        self.start = menu("Start", options=list(STARTS), value="Good", width=110)
        for widget in (self.kind, self.start):
            widget.param.watch(self._again, "value")
        self.next = self._button("E-step", "step")
        self.stepper = Machine(self, LAB)

    def view(self) -> pn.viewable.Viewable:
        run = self._button("Run to the end", "run")
        again = button("Begin again", self._again)
        return pn.Column(
            pn.FlexBox(self.kind, self.start, self.next, run, again, align_items="center"),
            self.sentence,
            self.cards.pane,
            sizing_mode="stretch_width",
        )

    def _button(self, label: str, method: str) -> pn.widgets.Button:
        return button(label, lambda _: self.stepper.call(method))

    def _again(self, _event) -> None:
        self.cards.begin_anew()
        self.stepper.begin(self.kind.value, self.start.value)

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the stepper."""
        self.next.label = f"{state.next}-step"
        self.sentence.say(state.sentence)
        self.cards.show(state.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The stepper, ready to be put on a page."""
    return Panel(dark).view()
