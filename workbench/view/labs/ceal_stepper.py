"""CEAL stage by stage: predict, ask, pseudo-label, fine-tune, forget."""

import panel as pn

from workbench import rounds
from workbench.frames import Picture
from workbench.labs.labelling import STAGES, Stepper
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
        self.stepper = Stepper()
        self._show()

    def step(self) -> None:
        self.stepper.step()
        self._show()

    def _show(self) -> None:
        stepper = self.stepper
        self.next.disabled = stepper.t == ROUNDS - 1 and stepper.stage == "forget"
        self.said.say(stepper.said(), first=f"Round {stepper.t + 1}, {stepper.stage}.")
        self.cards.show(pictures(stepper))


def pictures(stepper: Stepper) -> dict[str, Picture]:
    """What there is to see at this stage."""
    work, one, at = stepper.work, stepper.round, STAGES.index(stepper.stage)
    shown = {"margins": rounds.margins(one)}
    if at >= STAGES.index("ask"):
        shown["questions"] = rounds.questions(work, one)
    if at in (STAGES.index("pseudo-label"), STAGES.index("fine-tune")):
        shown["pseudo"] = rounds.pseudo_labels(work, one)
    return shown | {"map": rounds.plane(work, one, 0), "accuracy": stepper.curve()}


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The page's content, for one reader."""
    return Page(dark).view
