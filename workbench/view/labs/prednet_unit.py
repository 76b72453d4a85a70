"""One unit of PredNet by hand: remember, expect, compare, and pass on the error."""

from types import SimpleNamespace

import panel as pn

from workbench.chapters.prednet.lab_knobs import SIDE
from workbench.view.labs import Machine
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import Sentence, button, menu

TITLE = "One pixel and one unit, by hand"
LAB = "workbench.chapters.prednet.unit_lab:UnitLab"

INTRODUCTION = (
    "A network that has learnt for a few seconds watches a digit. Take a pixel: what does it "
    "expect there, what comes, and what does it pass on? Work the step out before you look at the "
    "table: gates, memory, R, expectation, and the two halves of the error."
)
UNITS = 8


class Panel:
    """The widgets of the lab, its sentence and its pictures."""

    def __init__(self, dark: bool):
        self.cards = Cards(dark)
        self.sentence = Sentence()
        places = {str(i + 1): i for i in range(SIDE)}
        self.row = menu("Row", options=places, value=0, width=90)
        self.column = menu("Column", options=places, value=0, width=90)
        self.unit = menu("Unit of R", options={str(i + 1): i for i in range(UNITS)}, width=110)
        self.filling = False
        following = button("Next frame", lambda _: self.machine.call("step"))
        again = button("Begin again", lambda _: self.machine.begin())
        for widget in (self.row, self.column, self.unit):
            widget.param.watch(lambda _: self.choose(), "value")
        self.view = pn.Column(
            pn.FlexBox(self.row, self.column, self.unit, following, again, align_items="center"),
            self.sentence,
            self.cards.pane,
            sizing_mode="stretch_width",
        )
        self.machine = Machine(self, LAB)

    def choose(self) -> None:
        """Looks at the pixel and the unit of the menus."""
        if not self.filling:
            self.machine.call("choose", self.row.value, self.column.value, self.unit.value)

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the lab, in its menus, too."""
        self.filling = True
        self.row.value, self.column.value, self.unit.value = state.row, state.column, state.unit
        self.filling = False
        self.sentence.say(state.sentence, first=state.at)
        self.cards.show(state.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view
