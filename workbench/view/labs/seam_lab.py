"""The seam lab: how many puzzles can be solved without knowing what is on them?"""

from types import SimpleNamespace

import panel as pn

from workbench.chapters.selfsup.lab_knobs import WAYS
from workbench.view.labs import Machine
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import Sentence, button, menu

TITLE = "A puzzle solved by its edges"
LAB = "workbench.chapters.selfsup.seam_lab:SeamLab"

INTRODUCTION = (
    "A jigsaw is to teach what parts of things look like. But edges that continue, and tiles as "
    "bright as their neighbours, give the order away. Close these doors one by one."
)
SETS = {"Photographs": "photos", "Digits": "digits"}


class Panel:
    """The widgets of the lab and its two pictures."""

    def __init__(self, dark: bool):
        self.cards = Cards(dark)
        self.sentence = Sentence()
        self.data = menu("Pictures", options=SETS, value="photos", width=150)
        self.side = menu("Tiles", options={"2 x 2": 2, "3 x 3": 3}, value=2, width=90)
        self.way = menu("Tiles are", options=list(WAYS), value="Open", width=150)
        self.seed = 0
        again = button("Other puzzles", lambda _: self.shuffle())
        for widget in (self.data, self.side, self.way):
            widget.param.watch(lambda _: self.begin(), "value")
        self.view = pn.Column(
            pn.FlexBox(self.data, self.side, self.way, again),
            self.sentence,
            self.cards.pane,
            sizing_mode="stretch_width",
        )
        self.lab = Machine(self, LAB)

    def shuffle(self) -> None:
        """New orders for the same pictures."""
        self.seed += 1
        self.begin()

    def begin(self) -> None:
        """The puzzles that are chosen."""
        self.lab.begin(self.data.value, self.side.value, self.way.value, self.seed)

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the lab."""
        self.sentence.say(state.sentence)
        self.cards.show(state.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view
