"""Page sections that a reader works by hand; each is built when it is opened.

A module has TITLE, INTRODUCTION and build(dark), which returns a Panel object.
"""

import importlib
from collections.abc import Sequence
from html import escape
from types import ModuleType

import panel as pn
from bokeh.models import Row as Side

from workbench.frames import Picture
from workbench.view.draw import Drawing, draw

_FILES = {
    "clustering": ("metric_lab", "em_stepper"),
    "rad": ("rad_stepper", "rad_oracle"),
}


def find(chapter: str) -> dict[str, ModuleType]:
    """The labs of a chapter by name."""
    return {
        name: importlib.import_module(f"workbench.view.labs.{name}")
        for name in _FILES.get(chapter, ())
    }


class Said(pn.pane.HTML):
    """A sentence that is also read aloud when it changes."""

    def __init__(self, text: str):
        super().__init__(sizing_mode="stretch_width")
        self.say(text)

    def say(self, text: str) -> None:
        self.object = f'<p role="status">{escape(text)}</p>'


class Sheet:
    """Pictures side by side in one Bokeh pane, patched in place while their structure stays."""

    def __init__(self, pictures: Sequence[Picture], dark: bool):
        self.dark = dark
        self.drawings: list[Drawing] = [draw(picture, dark) for picture in pictures]
        self.side = Side(
            children=[drawing.model for drawing in self.drawings],
            sizing_mode="stretch_width",
            styles={"flex-wrap": "wrap", "gap": "16px"},
        )
        self.pane = pn.pane.Bokeh(self.side, sizing_mode="stretch_width")

    def show(self, pictures: Sequence[Picture], fresh: bool = False) -> None:
        """Draws the pictures; `fresh` lets their axes begin anew."""
        for i, picture in enumerate(pictures):
            if self.drawings[i].fits(picture):
                if fresh:
                    self.drawings[i].reset()
                self.drawings[i].update(picture)
            else:
                self.drawings[i] = draw(picture, self.dark)
        models = [drawing.model for drawing in self.drawings]
        if models != self.side.children:
            self.side.children = models
        document = pn.state.curdoc
        if document is None or document.session_context is None:  # in a notebook
            pn.io.push_notebook(self.pane)
