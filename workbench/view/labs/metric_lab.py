"""The metric lab: change clusters by hand and see ACC, NMI and ARI change."""

import panel as pn
import panel_material_ui as pmui

from workbench.frames import Picture
from workbench.labs.metrics import PRESETS, MetricLab
from workbench.view.cards import Cards
from workbench.view.labs import Said

TITLE = "What do ACC, NMI and ARI really say?"
INTRODUCTION = (
    "Move digits between clusters, merge and split them, shuffle their names, and see which of "
    "the three numbers notices."
)
CHOICES = {str(i + 1): i for i in range(12)}


class Panel:
    """The widgets of one lab, and its two pictures."""

    def __init__(self, dark: bool):
        self.lab = MetricLab()
        self.cards = Cards(dark)
        self.cards.show(self._pictures())
        self.said = Said(self.lab.said)
        self.one = pmui.Select(label="Cluster", options=CHOICES, value=0, size="small", width=110)
        self.other = pmui.Select(
            label="Other cluster", options=CHOICES, value=1, size="small", width=130
        )
        self.label = pmui.Select(
            label="Digit", options={str(i): i for i in range(10)}, value=0, size="small", width=90
        )
        self.most = pmui.IntSlider(label="How many", start=1, end=200, value=50, width=180)

    def view(self) -> pn.viewable.Viewable:
        lab = self.lab
        presets = [
            self._button(name, lambda name=name: lab.preset(name), "text") for name in PRESETS
        ]
        changes = [
            self._button("Move digits", lambda: lab.move(
                self.label.value, self.one.value, self.other.value, self.most.value)),
            self._button("Merge the two", lambda: lab.merge(self.one.value, self.other.value)),
            self._button("Split the first", lambda: lab.split(self.one.value)),
            self._button("Shuffle names", lab.shuffle),
        ]  # fmt: skip
        return pn.Column(
            pn.FlexBox(*presets),
            pn.FlexBox(self.one, self.other, self.label, self.most),
            pn.FlexBox(*changes),
            self.said,
            self.cards.pane,
            sizing_mode="stretch_width",
        )

    def _button(self, label: str, act, variant: str = "outlined") -> pmui.Button:
        def clicked(_event) -> None:
            act()
            self.said.say(self.lab.said)
            self.cards.begin_anew()
            self.cards.show(self._pictures())

        return pmui.Button(label=label, variant=variant, size="small", on_click=clicked)

    def _pictures(self) -> dict[str, Picture]:
        return {"verdict": self.lab.verdict(), "confusion": self.lab.confusion()}


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view()
