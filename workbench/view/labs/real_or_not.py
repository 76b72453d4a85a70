"""Real or generated: a reader tells twenty pictures apart, beside the discriminator."""

from types import SimpleNamespace

import panel as pn

from workbench.chapters.gan.lab_knobs import SETS, STRENGTHS
from workbench.view.labs import Machine
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import Sentence, button, menu

TITLE = "Be the discriminator"
LAB = "workbench.chapters.gan.turing_lab:TuringLab"

INTRODUCTION = (
    "Twenty pictures, half of them real, half of a generator that is trained while you wait. Your "
    "score stands beside the discriminator's."
)


class Panel:
    """The widgets of the lab and its pictures."""

    def __init__(self, dark: bool):
        self.cards = Cards(dark)
        self.sentence = Sentence()
        self.data = menu("Pictures", options=SETS, value=next(iter(SETS.values())), width=190)
        self.steps = menu(
            "Generator", options=STRENGTHS, value=list(STRENGTHS.values())[-1], width=160
        )
        self.seed = 0
        self.answers = [
            button(word.capitalize(), lambda _, word=word: self.lab.call("answer", word))
            for word in ("real", "generated")
        ]
        for widget in (self.data, self.steps):
            widget.param.watch(lambda _: self.begin(), "value")
        self.view = pn.Column(
            pn.FlexBox(self.data, self.steps, button("Other pictures", lambda _: self.shuffle())),
            self.sentence,
            pn.FlexBox(*self.answers),
            self.cards.pane,
            sizing_mode="stretch_width",
        )
        self.lab = Machine(self, LAB, self.data.value, self.steps.value, self.seed)

    def shuffle(self) -> None:
        """Twenty others of the same generator."""
        self.seed += 1
        self.begin()

    def begin(self) -> None:
        """The pictures that are chosen."""
        self.lab.begin(self.data.value, self.steps.value, self.seed)

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the lab."""
        self.sentence.say(state.sentence)
        for each in self.answers:
            each.disabled = state.done
        self.cards.begin_anew()
        self.cards.show(state.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view
