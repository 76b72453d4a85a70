"""A sweep as one HTML file: drawn in a thread beside the page, then saved by the reader."""

import io
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

import panel as pn

from workbench.results.sweep import Sweep
from workbench.results.sweep_page import sweep_html
from workbench.view.page.session import in_thread
from workbench.view.page.widgets import BUTTON, button

LABEL = "Make one HTML file of it"


class SweepFile:
    """A button that draws every picture into a file, and one that saves the file.

    `current()` gives the sweep that is shown.
    """

    def __init__(self, name: str, current: Callable[[], Sweep]):
        self._current = current
        self.make = button(LABEL, self._make, visible=False)
        self.save = pn.widgets.FileDownload(
            filename=f"{name}-sweep.html",
            embed=False,
            visible=False,
            stylesheets=[BUTTON],
            margin=(3, 4),
        )

    def view(self) -> pn.viewable.Viewable:
        return pn.FlexBox(self.make, self.save)

    def offer(self, possible: bool) -> None:
        """Shows the first button, or not."""
        self.make.visible = possible

    def withdraw(self) -> None:
        """Hides both: another sweep comes."""
        self.make.visible = self.save.visible = False

    def _make(self, _event) -> None:
        self.make.param.update(disabled=True, label="Drawing every picture ...")
        in_thread(partial(sweep_html, self._current()), self._show)

    def _show(self, done: Future) -> None:
        content = done.result()
        self.make.param.update(disabled=False, label=LABEL, visible=False)
        size = f"{len(content) / 1e6:.1f} MB"
        self.save.param.update(file=io.BytesIO(content), visible=True, label=f"Save it ({size})")
