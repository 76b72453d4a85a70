"""The metric lab: change clusters by hand and see ACC, NMI and ARI change."""

from types import SimpleNamespace

import panel as pn
import panel_material_ui as pmui

from workbench.chapters.clustering.metric_lab import PRESETS, MetricLab
from workbench.view.labs import Machine, Said
from workbench.view.page.cards import Cards
from workbench.view.page.controls import whole

TITLE = "What do ACC, NMI and ARI really say?"


INTRODUCTION = (
    "Move digits between clusters, merge and split them, shuffle their names, and see which of "
    "the three numbers notices."
)
MOST = 200  # digits that are moved at once
CHOICES = {str(i + 1): i for i in range(12)}


class Panel:
    """The widgets of one lab, and its two pictures."""

    def __init__(self, dark: bool):
        self.cards, self.said = Cards(dark), Said()
        self.one = pmui.Select(label="Cluster", options=CHOICES, value=0, size="small", width=110)
        self.other = pmui.Select(
            label="Other cluster", options=CHOICES, value=1, size="small", width=130
        )
        self.label = pmui.Select(
            label="Digit", options={str(i): i for i in range(10)}, value=0, size="small", width=90
        )
        self.most = pmui.IntSlider(label="How many", start=1, end=MOST, value=50, width=180)
        self.lab = Machine(self, MetricLab)

    def view(self) -> pn.viewable.Viewable:
        lab = self.lab
        presets = [
            self._button(name, lambda name=name: lab.begin(MetricLab, name), "text")
            for name in PRESETS
        ]
        changes = [
            self._button(
                "Move digits",
                lambda: lab.call(
                    "move",
                    self.label.value,
                    self.one.value,
                    self.other.value,
                    whole(self.most, 1, MOST),
                ),
            ),
            self._button(
                "Merge the two", lambda: lab.call("merge", self.one.value, self.other.value)
            ),
            self._button("Split the first", lambda: lab.call("split", self.one.value)),
            self._button("Shuffle names", lambda: lab.call("shuffle")),
        ]
        return pn.Column(
            pn.FlexBox(*presets),
            pn.FlexBox(self.one, self.other, self.label, self.most),
            pn.FlexBox(*changes),
            self.said,
            self.cards.pane,
            sizing_mode="stretch_width",
        )

    def _button(self, label: str, act, variant: str = "outlined") -> pmui.Button:
        return pmui.Button(label=label, variant=variant, size="small", on_click=lambda _: act())

    def show(self, stands: SimpleNamespace) -> None:
        """Where the lab stands."""
        self.said.say(stands.said)
        self.cards.begin_anew()
        self.cards.show(stands.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view()
