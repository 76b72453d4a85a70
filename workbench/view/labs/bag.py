"""A bag on the table: click an instance to take it out, and the network answers."""

from types import SimpleNamespace

import numpy as np
import panel as pn
import panel_material_ui as pmui

from workbench.chapters.mil.lab_knobs import NEGATIVE_BAGS, POOLINGS, POSITIVE_BAGS
from workbench.results.png import data_url
from workbench.view.labs import Machine
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import TYPE, Sentence, button, menu

TITLE = "Take an instance out"
LAB = "workbench.chapters.mil.bag_lab:BagLab"

INTRODUCTION = (
    "Every picture is a button. Click one to take it out of the bag, click again to put it back, "
    "and the trained network answers anew. Find the witnesses before you let them be shown."
)
BAGS = {f"Bag {i + 1}": i for i in range(POSITIVE_BAGS + NEGATIVE_BAGS)}
WIDE, TALL = 84, 122


LOOK = """
.bk-btn {{ width: 84px !important; height: 122px !important; padding: 80px 0 0 !important;
  line-height: 1.15 !important; font-size: 13px !important; white-space: normal !important;
  color: #fff !important; border: 3px solid {edge} !important; border-radius: 6px !important;
  background: #101418 url({picture}) no-repeat top / 78px 78px !important;
  image-rendering: pixelated; }}
.bk-btn:hover {{ border-color: #888 !important; }}
.bk-btn:focus-visible {{ outline: 3px solid #56b4e9 !important; outline-offset: 2px; }}
"""
OUT = ".bk-btn { opacity: 0.4; border-style: dashed !important; }"
PLAIN, WITNESS = "#4a525a", "#e69f00"


class Panel:
    """The widgets of one bag."""

    def __init__(self, dark: bool):
        self.sentence = Sentence("Five small networks are being trained, one for each pooling.")
        self.cards = Cards(dark)
        self.row = pn.FlexBox(sizing_mode="stretch_width")
        self.bag = menu("Bag", options=BAGS, value=0, width=110)
        self.pooling = menu("Pooling", options=POOLINGS, value="attention", width=210)
        self.witnesses = pmui.Checkbox(stylesheets=[TYPE], label="Show the witnesses", value=False)
        self.again = button("Put all back", lambda _: self._choose())
        self.bag.param.watch(lambda _: self._choose(), "value")
        self.pooling.param.watch(lambda _: self._choose(), "value")
        self.witnesses.param.watch(lambda _: self._draw(), "value")
        self.state: SimpleNamespace | None = None  # of the lab
        self.machine = Machine(self, LAB, self.pooling.value, self.bag.value)

    def view(self) -> pn.viewable.Viewable:
        return pn.Column(
            pn.FlexBox(self.bag, self.pooling, self.witnesses, self.again, align_items="center"),
            self.sentence,
            self.row,
            self.cards.pane,
            sizing_mode="stretch_width",
        )

    def _choose(self) -> None:
        self.machine.begin(self.pooling.value, self.bag.value)

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the lab."""
        before, self.state = self.state, state
        if before is None or before.bag != state.bag:
            self._lay()
        else:
            self._draw()

    def _lay(self) -> None:
        """A button for every instance of the bag."""
        tiles = (255 * self.state.tiles + 0.5).astype(np.uint8)
        self.pictures = list(map(data_url, tiles))
        self.buttons = [
            pn.widgets.Button(margin=3, width=WIDE, height=TALL) for _ in range(self.state.size)
        ]
        for place, tile in enumerate(self.buttons):
            tile.on_click(lambda _event, place=place: self._click(place))
        self.cards.begin_anew()
        self._draw()
        self.row.objects = self.buttons

    def _click(self, place: int) -> None:
        if len(self.state.out ^ {place}) < self.state.size:
            self.machine.call("toggle", place)
        else:
            self.sentence.say("A bag needs an instance: put another back first.", role="alert")

    def _draw(self) -> None:
        lab = self.state
        if lab is None:
            return
        for place, tile in enumerate(self.buttons):
            out, shown = place in lab.out, self.witnesses.value and lab.witnesses[place]
            weight = "out" if out else f"{lab.weights[place]:.2f}"
            name = f"{place + 1}: {weight}" + (" witness" if shown else "")
            edge = WITNESS if shown else PLAIN
            sheets = [LOOK.format(picture=self.pictures[place], edge=edge), *([OUT] if out else [])]
            if tile.name != name:
                tile.name = name
            if tile.stylesheets != sheets:
                tile.stylesheets = sheets
        label = "The bag's label is " + ("positive." if lab.positive else "negative.")
        self.sentence.say(lab.sentence, first=label if self.witnesses.value else "")
        self.cards.show(lab.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view()
