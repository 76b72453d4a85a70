"""Page sections that a reader works by hand; each is built when it is opened.

A module has TITLE, INTRODUCTION and build(dark), which returns a Panel object.
"""

import importlib
from concurrent.futures import Future
from functools import partial
from html import escape
from types import ModuleType

import panel as pn

from workbench.running.errors import KNOWN, WorkerDied
from workbench.running.lab_machines import look
from workbench.view.page.session import elsewhere

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


class Machine:
    """A machine of `workbench.labs` on a page. It is worked elsewhere: `page.show(stands)` is
    called with what `labs.look` says of it, after it was made and after every call.

    Whoever clicks faster than it answers loses no click; only the newest answer is shown.
    """

    def __init__(self, page, kind: type, *given):
        self._page = page
        self.begin(kind, *given)

    def begin(self, kind: type, *given) -> None:
        """Another machine, or this one anew."""
        self.kind, self.given, self.calls = kind, given, ()
        self._look()

    def call(self, name: str, *given) -> None:
        """Calls a method of the machine."""
        self.calls = (*self.calls, (name, *given))
        self._look()

    def _look(self) -> None:
        asked = self.kind, self.given, self.calls
        elsewhere(partial(look, *asked), self._seen, asked)

    def _seen(self, asked: tuple, done: Future) -> None:
        if asked != (self.kind, self.given, self.calls):
            return
        try:
            stands = done.result()
        except (*KNOWN, WorkerDied) as error:
            return self._page.said.say(str(error), role="alert")
        self._page.show(stands)


class Said(pn.pane.HTML):
    """A line of text that is also read aloud when it changes."""

    def __init__(self, text: str = ""):
        super().__init__(sizing_mode="stretch_width")
        self.say(text)

    def say(self, text: str, first: str = "", role: str = "status") -> None:
        """Says `text`, with `first` in bold before it; the role "alert" interrupts a reader."""
        bold = f"<b>{escape(first)}</b> " if first else ""
        self.object = f'<p role="{role}">{bold}{escape(text)}</p>'
