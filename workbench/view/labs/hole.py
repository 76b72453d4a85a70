"""The hole lab: cut a rectangle out of pictures and let the generator fill it."""

from types import SimpleNamespace

import panel as pn

from workbench.chapters.gan.lab_knobs import HOLE, SETS, SIDE
from workbench.view.labs import Machine
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import Sentence, button, menu

TITLE = "Fill a hole"
LAB = "workbench.chapters.gan.hole_lab:HoleLab"

INTRODUCTION = (
    "Cut a rectangle out of held-out pictures. A search over z finds samples that agree with what "
    "is left (semantic in-painting); a context encoder, the nearest training picture and the mean "
    "picture stand beside it."
)
ENDS = {str(i): i for i in range(1, SIDE + 1)}


class Panel:
    """The widgets of the lab and its pictures."""

    def __init__(self, dark: bool):
        self.cards = Cards(dark)
        self.sentence = Sentence()
        self.data = menu("Pictures", options=SETS, value=next(iter(SETS.values())), width=190)
        self.ends = [
            menu(label, options=ENDS, value=value, width=110)
            for label, value in zip(
                ("First row", "Last row", "First column", "Last column"), HOLE, strict=True
            )
        ]
        self.seed = 0
        self.view = pn.Column(
            pn.FlexBox(self.data, *self.ends, button("Fill it", lambda _: self.begin())),
            pn.FlexBox(button("Other fills", lambda _: self.shuffle())),
            self.sentence,
            self.cards.pane,
            sizing_mode="stretch_width",
        )
        self.lab = Machine(self, LAB, *self.given())

    def given(self) -> tuple:
        """What the machine is made of."""
        top, low, left, right = (each.value for each in self.ends)
        return self.data.value, (top, low), (left, right), self.seed

    def shuffle(self) -> None:
        """A search from other z."""
        self.seed += 1
        self.begin()

    def begin(self) -> None:
        """The hole that is chosen."""
        self.lab.begin(*self.given())

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the lab."""
        self.sentence.say(state.sentence)
        self.cards.begin_anew()
        self.cards.show(state.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view
