"""Cards for the pages on which RAD is gone through by hand."""

import panel as pn
from bokeh.models import Column, Div

from workbench.frames import Picture
from workbench.view.board import GRID, TEXT, Card


class Cards:
    """A grid of pictures that is patched in place when it is shown others under the same names."""

    def __init__(self, dark: bool):
        self.dark, self.cards = dark, {}
        self.grid = Column(stylesheets=[GRID], sizing_mode="stretch_width")
        self.pane = pn.pane.Bokeh(self.grid, sizing_mode="stretch_width")

    def show(self, pictures: dict[str, Picture]) -> None:
        """Shows these pictures and no others."""
        for name, picture in pictures.items():
            if name in self.cards:
                self.cards[name].update(picture, self.dark, None)
                self.cards[name].speak(picture)
            else:
                self.cards[name] = Card(picture, self.dark, None)
        self.cards = {name: self.cards[name] for name in pictures}
        models = [card.model for card in self.cards.values()]
        if models != self.grid.children:
            self.grid.children = models


def words() -> tuple[Div, pn.pane.Bokeh]:
    """A line of text that changes, announced to those who cannot see it, and its pane."""
    line = Div(stylesheets=[TEXT], sizing_mode="stretch_width")
    return line, pn.pane.Bokeh(line, sizing_mode="stretch_width")
