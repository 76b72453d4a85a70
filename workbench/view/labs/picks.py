"""The selection lab: a batch sorted by its losses, and a line to draw."""

from types import SimpleNamespace

import panel as pn
import panel_material_ui as pmui

from workbench.chapters.two_learners.lab_knobs import BATCHES, ITEMS, LABELS, NETWORKS
from workbench.view.labs import Machine
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import TYPE, Sentence, button, menu

TITLE = "Draw the line yourself"
LAB = "workbench.chapters.two_learners.picks_lab:PicksLab"

INTRODUCTION = (
    "Some of these labels are wrong. The items are sorted by their losses: where would you draw "
    "the line? Look at the pictures, too. Then let the wrong ones be shown, and try it with "
    "networks that have learnt for long."
)


class Panel:
    """The widgets of one batch."""

    def __init__(self, dark: bool):
        self.cards = Cards(dark)
        self.sentence = Sentence("Two networks are being trained on wrong labels.")
        self.batch = 0
        self.labels = menu("Labels", options=list(LABELS), value=next(iter(LABELS)), width=230)
        self.networks = menu("Networks", options=NETWORKS, value="early", width=160)
        self.count = pmui.IntSlider(
            stylesheets=[TYPE], label="Items you keep", start=1, end=ITEMS, value=ITEMS
        )
        self.show_wrong = button("Show which are wrong", lambda _: self.machine.call("reveal"))
        again = button("Next batch", lambda _: self.next_batch())
        for widget in (self.labels, self.networks):
            widget.param.watch(lambda _: self.begin(), "value")
        self.count.param.watch(lambda event: self.draw(event.new), "value")
        self.count_shown = ITEMS
        self.view = pn.Column(
            pn.FlexBox(self.labels, self.networks, self.show_wrong, again, align_items="center"),
            self.count,
            self.sentence,
            self.cards.pane,
            sizing_mode="stretch_width",
        )
        self.machine = Machine(self, LAB, self.labels.value, self.networks.value, self.batch)

    def next_batch(self) -> None:
        """Other items."""
        self.batch = (self.batch + 1) % BATCHES
        self.begin()

    def begin(self) -> None:
        """The batch and the networks that are chosen, with nothing thrown out."""
        self.machine.begin(self.labels.value, self.networks.value, self.batch)

    def draw(self, count: int) -> None:
        """Moves the line, if the reader has."""
        if count != self.count_shown:
            self.count_shown = count
            self.machine.call("draw", count)

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the lab."""
        self.count_shown = state.count
        self.count.value = state.count
        self.show_wrong.disabled = state.revealed
        self.sentence.say(state.sentence)
        self.cards.show(state.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view
