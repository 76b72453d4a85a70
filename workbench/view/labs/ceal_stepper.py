"""CEAL stage by stage: predict, ask, pseudo-label, fine-tune, forget."""

from types import SimpleNamespace

import panel as pn

from workbench.chapters.ceal.labelling_lab import Stepper
from workbench.view.labs import Machine
from workbench.view.labs.stepper import StepperPage

TITLE = "A round, stage by stage"


INTRODUCTION = (
    "Go through CEAL with margin questions one stage at a time: the network says what it thinks of "
    "the pool, asks, is believed where it is sure, learns, and forgets its own labels."
)
ROUNDS = 8


class Page(StepperPage):
    """CEAL on digits, a stage a click."""

    def begin(self) -> None:
        self.stepper = Machine(self, Stepper)

    def step(self) -> None:
        self.next.disabled = True  # until it is done: the last one must not be passed
        self.stepper.call("step")

    def show(self, stands: SimpleNamespace) -> None:
        """Where the stepper stands."""
        self.next.disabled = stands.t == ROUNDS - 1 and stands.stage == "forget"
        self.said.say(stands.said, first=f"Round {stands.t + 1}, {stands.stage}.")
        self.cards.show(stands.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The page's content, for one reader."""
    return Page(dark).view
