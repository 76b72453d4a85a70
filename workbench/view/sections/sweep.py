"""The sweep of a chapter on its page: the whole slider trained at once, then only looked up."""

import weakref
from collections.abc import Callable

import panel as pn
import panel_material_ui as pmui

from workbench.core.chapter import Chapter
from workbench.core.settings import Knob, Settings, SettingsError
from workbench.results.plan import spread
from workbench.results.sweep import Sweep
from workbench.running.run import RunFailed
from workbench.running.runner import Runner
from workbench.view.page.board import Board
from workbench.view.page.controls import within
from workbench.view.page.session import tie_to_page
from workbench.view.page.timer import Timer
from workbench.view.page.widgets import STATUS, TYPE, Words, alert, button, menu
from workbench.view.sections.scrubbers import NARROW, Scrubbers
from workbench.view.sections.sweep_file import SweepFile
from workbench.view.sections.sweep_pictures import SweepPictures
from workbench.view.sections.sweep_words import describe

TITLE = "Sweep: the whole slider at once"


INTRODUCTION = (
    "Trains many values of one knob, each with several seeds, side by side; the other knobs stay "
    "as they are above. Then move through values and time: nothing is trained any more."
)
REFRESH_MS = 200
VALUES, SEEDS = (2, 17), (1, 10)  # fewest and most in a sweep
TRAIN, STOP = "Train the sweep", "Stop"


def knobs_to_sweep(chapter: Chapter, settings: Settings) -> dict[str, Knob]:
    """The knobs worth sweeping, numbers that matter now: the lesson's own, then the stackable."""
    knobs = {
        name: knob
        for name, knob in chapter.Settings.knobs().items()
        if knob.kind in ("number", "integer")
        and settings.matters(name)
        and name not in ("seed", "steps")
    }
    own = chapter.teaching.knob
    order = sorted(knobs, key=lambda name: (name != own, name not in chapter.stackable))
    return {name: knobs[name] for name in order}


class SweepSection:
    """Widgets, bands and scrubbers of one reader's sweep.

    `settings()` gives the knobs that the sweep starts from.
    """

    def __init__(
        self, chapter: Chapter, settings: Callable[[], Settings], runner: Runner, dark: bool
    ):
        self.chapter = chapter
        self._settings = settings
        self.runner = runner
        self.sweep: Sweep | None = None
        self._left_for_rest = False
        self._timer = Timer(self.refresh, REFRESH_MS)
        self.status = Words(STATUS)
        self.scrubbers = Scrubbers(self.draw)
        self.pictures = SweepPictures(chapter, self.scrubbers, dark)
        self.file = SweepFile(chapter.name, lambda: self.sweep)
        names = {knob.label: name for name, knob in knobs_to_sweep(chapter, settings()).items()}
        first = next(iter(names.values()))
        self.knob = menu("Sweep", options=names, value=first, width=190)
        self.count = pmui.IntSlider(
            stylesheets=[TYPE],
            label="Values",
            start=VALUES[0],
            end=VALUES[1],
            value=9,
            width=NARROW,
        )
        self.seeds = pmui.IntSlider(
            stylesheets=[TYPE], label="Seeds", start=SEEDS[0], end=SEEDS[1], value=5, width=NARROW
        )
        self.go = button(TRAIN, self._go)

    def view(self) -> pn.viewable.Viewable:
        wide = dict(sizing_mode="stretch_width")
        return pn.Column(
            pn.FlexBox(self.knob, self.count, self.seeds, self.go, align_items="center"),
            pn.pane.Bokeh(self.status.model, **wide),
            self.scrubbers.view(),
            self.file.view(),
            self.pictures.cards.pane,
            **wide,
        )

    def _go(self, _event) -> None:
        if self._timer.runs:
            return self._stop()
        settings, name = self._settings(), self.knob.value
        values = spread(self.chapter.Settings.knobs()[name], within(self.count, *VALUES))
        fixed = {k: v for k, v in settings.values_by_name().items() if k not in (name, "seed")}
        self.close()
        try:
            seeds = within(self.seeds, *SEEDS)
            self.sweep = Sweep(self.chapter.name, {name: values}, seeds, self.runner, **fixed)
        except (SettingsError, RunFailed) as error:
            self.status.text = alert(str(error))
            return
        self.pictures.begin_anew()
        self.file.withdraw()
        self._watch()

    def _watch(self) -> None:
        """Shows the sweep, which trains, from now on."""
        settings, name = self._settings(), next(iter(self.sweep.over))
        self.scrubbers.prepare(self.sweep, settings.knobs()[name], getattr(settings, name))
        self.go.label = STOP
        self._timer.start()

    def _unwatch(self) -> None:
        self._timer.stop()
        self.go.label = TRAIN

    def _stop(self) -> None:
        self.close()
        self.refresh()

    def refresh(self) -> None:
        """Says how far it is and draws; ends the timer with the sweep."""
        ended = self.sweep.done == len(self.sweep.runs)
        frames = max((len(run.frames) for run in self.sweep.runs), default=0)
        self.scrubbers.lengthen(frames, ended)
        self.status.text = describe(self.sweep)
        self.draw()
        if ended:
            self.file.offer(any(run.status == "done" for run in self.sweep.runs))
            self._unwatch()

    def draw(self) -> None:
        """Shows what the scrubbers point at."""
        if self.sweep is not None:
            self.pictures.draw(self.sweep)

    def rest(self) -> None:
        """Ends a sweep that nobody sees."""
        if self._timer.runs:
            self._stop()
            self._left_for_rest = True

    def wake(self) -> None:
        """Goes on with it: what was done is kept."""
        if self._left_for_rest:
            self._left_for_rest = False
            self._go(None)

    def close(self) -> None:
        """Leaves every run."""
        self._unwatch()
        if self.sweep is not None:
            self.sweep.close()


def build(board: Board) -> pn.viewable.Viewable:
    """The section for one reader; its runs are left when the page goes."""
    reference = weakref.ref(board)  # a section must not keep the board of a page that is gone
    return tie_to_page(
        SweepSection(board.chapter, lambda: reference().controls.settings, board.runner, board.dark)
    )
