"""The step lab: contrastive divergence on one digit with one filter, stage by stage."""

from types import SimpleNamespace

import panel as pn

from workbench.chapters.cdbn.lab_knobs import DIGITS, STARTS
from workbench.view.labs import Machine
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import Sentence, button, menu

TITLE = "One step of contrastive divergence by hand"
LAB = "workbench.chapters.cdbn.step_lab:StepLab"

INTRODUCTION = (
    "Up, sample, down, up: go through one step of learning with one digit and one filter. Say "
    "before the last stage which of the nine weights will grow, then go on for some steps and "
    "watch what the filter becomes."
)


class Panel:
    """The widgets of the lab and the pictures of the stage."""

    def __init__(self, dark: bool):
        self.cards = Cards(dark)
        self.sentence = Sentence()
        self.digit = menu("Digit", options=list(DIGITS), value="4", width=90)
        self.start = menu("Filter", options=list(STARTS), value="Noise", width=160)
        for widget in (self.digit, self.start):
            widget.param.watch(lambda _: self.begin(), "value")
        onward = button("Next stage", lambda _: self.lab.call("step"))
        dice = button("Throw the dice again", lambda _: self.lab.call("draw"))
        again = button("Begin again", lambda _: self.begin())
        self.view = pn.Column(
            pn.FlexBox(self.digit, self.start, onward, dice, again, align_items="center"),
            self.sentence,
            self.cards.pane,
            sizing_mode="stretch_width",
        )
        self.lab = Machine(self, LAB, self.digit.value, self.start.value)

    def begin(self) -> None:
        """The digit and the filter that are chosen."""
        self.lab.begin(self.digit.value, self.start.value)

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the lab."""
        self.sentence.say(state.sentence, first=state.at)
        self.cards.show(state.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view
