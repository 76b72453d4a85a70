"""Page sections that a reader works by hand; each is built when it is opened.

A module has TITLE, INTRODUCTION and build(dark), which returns a Panel object.
"""

import importlib
from html import escape
from types import ModuleType

import panel as pn

_FILES = {
    "clustering": ("metric_lab", "em_stepper"),
    "mil": ("bag",),
    "rad": ("rad_stepper", "rad_oracle"),
    "selfsup": ("seam_lab",),
    "ceal": ("ceal_oracle", "ceal_stepper"),
}


def find(chapter: str) -> dict[str, ModuleType]:
    """The labs of a chapter by name."""
    return {
        name: importlib.import_module(f"workbench.view.labs.{name}")
        for name in _FILES.get(chapter, ())
    }


class Said(pn.pane.HTML):
    """A line of text that is also read aloud when it changes."""

    def __init__(self, text: str = ""):
        super().__init__(sizing_mode="stretch_width")
        self.say(text)

    def say(self, text: str, first: str = "", role: str = "status") -> None:
        """Says `text`, with `first` in bold before it; the role "alert" interrupts a reader."""
        bold = f"<b>{escape(first)}</b> " if first else ""
        self.object = f'<p role="{role}">{bold}{escape(text)}</p>'
