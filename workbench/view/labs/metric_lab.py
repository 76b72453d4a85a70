"""The metric lab: change clusters by hand and see ACC, NMI and ARI change."""

from types import SimpleNamespace

import panel as pn
import panel_material_ui as pmui

from workbench.chapters.clustering.lab_knobs import PRESETS
from workbench.view.labs import Machine
from workbench.view.page.cards import Cards
from workbench.view.page.controls import within
from workbench.view.page.widgets import TYPE, Sentence, button, menu

TITLE = "What do ACC, NMI and ARI really say?"
LAB = "workbench.chapters.clustering.metric_lab:MetricLab"

INTRODUCTION = (
    "Move digits between clusters, merge and split them, shuffle their names, and see which of "
    "the three numbers notices."
)
MOST = 200  # digits that are moved at once
CHOICES = {str(i + 1): i for i in range(12)}


class Panel:
    """The widgets of one lab, and its two pictures."""

    def __init__(self, dark: bool):
        self.cards = Cards(dark)
        self.sentence = Sentence()
        self.first = menu("Cluster", options=CHOICES, value=0, width=110)
        self.second = menu("Other cluster", options=CHOICES, value=1, width=130)
        self.label = menu("Digit", options={str(i): i for i in range(10)}, value=0, width=90)
        self.most = pmui.IntSlider(
            stylesheets=[TYPE], label="How many", start=1, end=MOST, value=50, width=180
        )
        self.lab = Machine(self, LAB)

    def view(self) -> pn.viewable.Viewable:
        lab = self.lab
        presets = [self._button(name, lambda name=name: lab.begin(name)) for name in PRESETS]
        changes = [
            self._button(
                "Move digits",
                lambda: lab.call(
                    "move",
                    self.label.value,
                    self.first.value,
                    self.second.value,
                    within(self.most, 1, MOST),
                ),
            ),
            self._button(
                "Merge the two", lambda: lab.call("merge", self.first.value, self.second.value)
            ),
            self._button("Split the first", lambda: lab.call("split", self.first.value)),
            self._button("Shuffle names", lambda: lab.call("shuffle")),
        ]
        return pn.Column(
            pn.FlexBox(*presets),
            pn.FlexBox(self.first, self.second, self.label, self.most),
            pn.FlexBox(*changes),
            self.sentence,
            self.cards.pane,
            sizing_mode="stretch_width",
        )

    def _button(self, label: str, act) -> pn.widgets.Button:
        return button(label, lambda _: act())

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the lab."""
        self.sentence.say(state.sentence)
        self.cards.begin_anew()
        self.cards.show(state.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view()
