"""CEAL stage by stage: predict, ask, pseudo-label, fine-tune, forget."""

import panel as pn
import panel_material_ui as pmui

from workbench import rounds
from workbench.frames import Picture
from workbench.labs.labelling import STAGES, Stepper
from workbench.view.cards import Cards
from workbench.view.labs import Said

TITLE = "A round, stage by stage"
INTRODUCTION = (
    "Go through CEAL with margin questions one stage at a time: the network says what it thinks of "
    "the pool, asks, is believed where it is sure, learns, and forgets its own labels."
)
ROUNDS = 8


class Page:
    """A stepper, a button, and pictures of where it stands."""

    def __init__(self, dark: bool = False):
        self.cards, self.said = Cards(dark), Said()
        self.next = pmui.Button(label="Next stage", on_click=lambda _: self.step())
        self.again = pmui.Button(label="Begin again", variant="outlined",
                                 on_click=lambda _: self.begin())  # fmt: skip
        self.view = pn.Column(pn.Row(self.next, self.again), self.said, self.cards.pane,
                              sizing_mode="stretch_width")  # fmt: skip
        self.begin()

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
