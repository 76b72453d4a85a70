"""A method gone through stage by stage: a page for every chapter that has a stepper.

The machine has `step()`, and its state has `at` (where it is), `sentence`, `pictures`, and `done`,
after which there is no stage any more.
"""

from types import SimpleNamespace

import panel as pn

from workbench.view.labs import Machine
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import Sentence, button


class Stepper:
    """A button to go on, one to begin again, a line of words, and pictures of the stage."""

    def __init__(self, lab: str, dark: bool = False):
        self.cards = Cards(dark)
        self.sentence = Sentence()
        self.next = button("Next stage", lambda _: self.step())
        self.again = button("Begin again", lambda _: self.machine.begin())
        self.view = pn.Column(
            pn.Row(self.next, self.again),
            self.sentence,
            self.cards.pane,
            sizing_mode="stretch_width",
        )
        self.machine = Machine(self, lab)

    def step(self) -> None:
        """Goes one stage further."""
        self.next.disabled = True  # until it is done: the last stage must not be passed
        self.machine.call("step")

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the machine."""
        self.next.disabled = state.done
        self.sentence.say(state.sentence, first=state.at)
        self.cards.show(state.pictures)
