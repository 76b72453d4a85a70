"""Page sections that a reader works by hand; each is built when it is opened.

A module has TITLE, INTRODUCTION and build(dark), which returns a Panel object. What is computed is
a machine of the chapter (`*_lab.py`), and it is computed in another process.
"""

import importlib
from concurrent.futures import Future
from functools import partial
from types import ModuleType

from workbench.running.errors import KNOWN, WorkerDied
from workbench.running.lab_machines import fresh_state_of, state_of
from workbench.view.page.session import in_process

_FILES = {
    "clustering": ("metric_lab", "em_stepper"),
    "mil": ("bag",),
    "rad": ("rad_stepper", "rad_oracle"),
    "selfsup": ("seam_lab",),
    "ceal": ("ceal_oracle", "ceal_stepper"),
    "pseudo": ("pseudo_round",),
    "two-learners": ("picks",),
    "labelling": ("label_propagation",),
    "gan": ("real_or_not", "forger", "own_points", "hole"),
    "cdbn": ("contrast_step",),
    "prednet": ("prednet_unit",),
    "words": ("pair_gradient",),
}


def find(chapter: str) -> dict[str, ModuleType]:
    """The labs of a chapter by name."""
    return {
        name: importlib.import_module(f"workbench.view.labs.{name}")
        for name in _FILES.get(chapter, ())
    }


class Machine:
    """A machine of `running.lab_machines` on a page, named by "module:class".

    It is computed in another process: `page.show(state)` is called after it was made and after
    every call. A reader who clicks faster than it answers loses no click; only the newest state is
    shown. Errors are shown in `page.sentence`. What is made of a reader's text is `personal`: no
    process keeps it.
    """

    def __init__(self, page, kind: str, *given, personal: bool = False):
        self._page = page
        self._shown = None
        self._state_of = fresh_state_of if personal else state_of
        self.kind = kind
        self.begin(*given)

    def begin(self, *given) -> None:
        """Makes another machine of the kind, or this one anew."""
        self.given = given
        self.calls: tuple[tuple, ...] = ()
        self._compute()

    def call(self, name: str, *given) -> None:
        """Calls a method of the machine."""
        self.calls = (*self.calls, (name, *given))
        self._compute()

    @property
    def busy(self) -> bool:
        """Whether a state is awaited."""
        return self._shown != (self.given, self.calls)

    def _compute(self) -> None:
        asked = self.given, self.calls
        in_process(partial(self._state_of, self.kind, *asked), self._show, asked)

    def _show(self, asked: tuple, done: Future) -> None:
        if asked != (self.given, self.calls):
            return
        self._shown = asked
        try:
            state = done.result()
        except (*KNOWN, WorkerDied) as error:
            return self._page.sentence.say(str(error), role="alert")
        self._page.show(state)
