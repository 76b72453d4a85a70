"""Label propagation by hand: ten comments, your functions' votes, the posterior term by term."""

from types import SimpleNamespace

import panel as pn
import panel_material_ui as pmui

from workbench.chapters.labelling.lab_knobs import COUNT, FUNCTIONS
from workbench.view.labs import Machine
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import TYPE, Sentence, button, menu

TITLE = "From votes to a label, by hand"
LAB = "workbench.chapters.labelling.propagation_lab:PropagationLab"

INTRODUCTION = (
    "Ten comments, and the votes of functions that you may change. Work out the probability of "
    "spam for one of them, factor by factor, before you look at the table. Then count how often "
    "each function is right, and see the labels move. Your text is kept nowhere."
)
LONGEST = 8000  # letters of the functions


class Panel:
    """The widgets of the lab, its sentence and its pictures."""

    def __init__(self, dark: bool):
        self.cards = Cards(dark)
        self.sentence = Sentence()
        self.functions = pmui.TextAreaInput(
            label="Functions, one a line",
            value=FUNCTIONS,
            rows=4,
            auto_grow=True,
            max_rows=14,
            max_length=LONGEST,
            size="small",
            sizing_mode="stretch_width",
            stylesheets=[TYPE],
        )
        comments = {f"Comment {i + 1}": i for i in range(COUNT)}
        self.comment = menu("Comment", options=comments, value=0, width=140)
        self.count = button("Count and weigh again", lambda _: self.machine.call("count"))
        again = button("Begin again", lambda _: self.begin())
        self.functions.param.watch(lambda _: self.begin(), "value")
        self.comment.param.watch(lambda _: self.machine.call("choose", self.comment.value), "value")
        self.view = pn.Column(
            self.functions,
            pn.FlexBox(self.comment, self.count, again, align_items="center"),
            self.sentence,
            self.cards.pane,
            sizing_mode="stretch_width",
        )
        self.machine = Machine(self, LAB, self.functions.value, personal=True)

    def begin(self) -> None:
        """Takes the functions as they are written, and begins with the first beliefs."""
        self.machine.begin(self.functions.value)
        if self.comment.value:
            self.machine.call("choose", self.comment.value)

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the lab."""
        self.sentence.say(state.sentence, first=state.at)
        self.cards.show(state.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view
