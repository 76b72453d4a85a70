"""The forger's lab: place coins in a row against the best discriminator."""

from types import SimpleNamespace

import panel as pn

from workbench.chapters.gan.lab_knobs import PLACES, PRESETS
from workbench.view.labs import Machine
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import Sentence, button, menu

TITLE = "Be the generator in one dimension"
LAB = "workbench.chapters.gan.forger_lab:ForgerLab"

INTRODUCTION = (
    "Real coins lie on eight places. Put yours so that the best discriminator cannot tell them "
    "apart, and watch the Jensen-Shannon divergence being worked out."
)


class Panel:
    """The widgets of the lab and its pictures."""

    def __init__(self, dark: bool):
        self.cards = Cards(dark)
        self.sentence = Sentence()
        self.place = menu(
            "Place", options={str(i): i for i in range(1, PLACES + 1)}, value=1, width=90
        )
        self.lab = Machine(self, LAB)
        self.view = pn.Column(
            pn.FlexBox(*(self.preset(name) for name in PRESETS)),
            pn.FlexBox(
                self.place,
                button("Put a coin", lambda _: self.lab.call("put", self.place.value)),
                button("Take a coin", lambda _: self.lab.call("take", self.place.value)),
            ),
            self.sentence,
            self.cards.pane,
            sizing_mode="stretch_width",
        )

    def preset(self, name: str):
        return button(name, lambda _: self.lab.begin(name))

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the lab."""
        self.sentence.say(state.sentence)
        self.cards.show(state.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view
