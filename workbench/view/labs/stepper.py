"""What the labs share that go through a method one stage at a time."""

import panel as pn
import panel_material_ui as pmui

from workbench.view.labs import Said
from workbench.view.page.cards import Cards


class StepperPage:
    """A button to go on, one to begin again, a line of words and pictures of where it stands.

    A lab says what `begin` and `step` do.
    """

    def __init__(self, dark: bool = False):
        self.cards, self.said = Cards(dark), Said()
        self.next = pmui.Button(label="Next stage", on_click=lambda _: self.step())
        self.again = pmui.Button(
            label="Begin again", variant="outlined", on_click=lambda _: self.begin()
        )
        self.view = pn.Column(
            pn.Row(self.next, self.again), self.said, self.cards.pane, sizing_mode="stretch_width"
        )
        self.begin()

    def begin(self) -> None:
        """Puts everything back to the first stage."""
        raise NotImplementedError

    def step(self) -> None:
        """Goes one stage further."""
        raise NotImplementedError
