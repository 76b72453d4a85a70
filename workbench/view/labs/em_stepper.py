"""The EM stepper: K-Means and EM in the plane, one click a half-step."""

import panel as pn
import panel_material_ui as pmui

from workbench.frames import Picture
from workbench.labs.steps import KINDS, STARTS, EmStepper
from workbench.view.cards import Cards
from workbench.view.labs import Said

TITLE = "K-Means and EM, one half-step at a time"
INTRODUCTION = (
    "Click through E- and M-steps, watch the objective never get worse, and find the start from "
    "which it stays stuck."
)


class Panel:
    """The widgets of one stepper, and its two pictures."""

    def __init__(self, dark: bool):
        self.stepper = EmStepper()
        self.cards = Cards(dark)
        self.cards.show(self._pictures())
        self.said = Said(self.stepper.said())
        self.kind = pmui.Select(label="Method", options=KINDS, value="kmeans", size="small",
                                width=130)  # fmt: skip
        self.start = pmui.Select(label="Start", options=list(STARTS), value="Good", size="small",
                                 width=110)  # fmt: skip
        for widget in (self.kind, self.start):
            widget.param.watch(self._again, "value")
        self.next = self._button("E-step", lambda: self.stepper.step(), "contained")

    def view(self) -> pn.viewable.Viewable:
        run = self._button("Run to the end", lambda: self.stepper.run())
        again = pmui.Button(label="Begin again", variant="text", size="small", on_click=self._again)
        return pn.Column(
            pn.FlexBox(self.kind, self.start, self.next, run, again, align_items="center"),
            self.said,
            self.cards.pane,
            sizing_mode="stretch_width",
        )

    def _button(self, label: str, act, variant: str = "outlined") -> pmui.Button:
        def clicked(_event) -> None:
            act()
            self._show()

        return pmui.Button(label=label, variant=variant, size="small", on_click=clicked)

    def _again(self, _event) -> None:
        self.stepper = EmStepper(self.kind.value, self.start.value)
        self._show(fresh=True)

    def _show(self, fresh: bool = False) -> None:
        self.next.label = f"{self.stepper.next}-step"
        self.said.say(self.stepper.said())
        if fresh:
            self.cards.begin_anew()
        self.cards.show(self._pictures())

    def _pictures(self) -> dict[str, Picture]:
        return {"scatter": self.stepper.scatter(), "curve": self.stepper.curve()}


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The stepper, ready to be put on a page."""
    return Panel(dark).view()
