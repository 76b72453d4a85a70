"""The sweep of a chapter on its page: the whole slider trained at once, then only looked up."""

import io
import weakref
from collections import Counter
from concurrent.futures import Future
from functools import partial
from html import escape

import panel as pn
import panel_material_ui as pmui

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.pictures import Picture
from workbench.core.settings import Knob, Settings, SettingsError
from workbench.results.plan import spread
from workbench.results.sweep import Sweep
from workbench.results.sweep_page import sweep_html
from workbench.running.run import RunFailed
from workbench.running.runner import Runner
from workbench.view.page.board import Board, label
from workbench.view.page.cards import Cards, Words
from workbench.view.page.controls import prompt, whole
from workbench.view.page.session import Timer, beside, lasting
from workbench.view.page.widgets import BUTTON, STATUS, button

TITLE = "Sweep: the whole slider at once"


INTRODUCTION = (
    "Trains many values of one knob, each with several seeds, side by side; the other knobs stay "
    "as they are above. Then move through values and time: nothing is trained any more."
)
PERIOD = 200  # ms between two looks
VALUES, SEEDS = (2, 17), (1, 10)  # fewest and most in a sweep
BANDS, SHOWN = 3, 3  # how many curves and how many pictures of a run


def knobs(chapter: Chapter, settings: Settings) -> dict[str, Knob]:
    """The knobs worth sweeping: numbers that matter now, the stackable ones first."""
    found = {
        name: knob
        for name, knob in chapter.Settings.knobs().items()
        if knob.kind in ("number", "integer")
        and settings.matters(name)
        and name not in ("seed", "steps")
    }
    return dict(sorted(found.items(), key=lambda item: item[0] not in chapter.stackable))


class SweepSection:
    """Widgets, bands and scrubbers of one reader's sweep.

    `settings()` gives the knobs that the sweep starts from.
    """

    def __init__(self, chapter: Chapter, settings, runner: Runner, dark: bool):
        self.chapter = chapter
        self._settings = settings
        self.runner = runner
        self.sweep: Sweep | None = None
        self._resting = False  # its reader's connection is lost
        self.cards = Cards(dark)
        self._timer = Timer(self.look, PERIOD)
        self._known: dict[tuple[int | None, int], dict[str, Picture]] = {}  # bands by step and done
        self.status = Words(STATUS)
        self._make_widgets()

    def _make_widgets(self) -> None:
        there = {knob.label: name for name, knob in knobs(self.chapter, self._settings()).items()}
        small = dict(size="small", width=190)
        self.knob = pmui.Select(
            label="Sweep", options=there, value=next(iter(there.values())), **small
        )
        self.count = pmui.IntSlider(
            label="Values", start=VALUES[0], end=VALUES[1], value=9, width=170
        )
        self.seeds = pmui.IntSlider(label="Seeds", start=SEEDS[0], end=SEEDS[1], value=5, width=170)
        self.go = button("Train the sweep", self._go)
        self.value = pmui.DiscreteSlider(
            label="Value", options=[0, 1], value=0, disabled=True, width=230
        )
        self.seed = pmui.IntSlider(
            label="Seed shown", start=0, end=1, value=0, disabled=True, width=170
        )
        self.time = pmui.IntSlider(
            label="Frame", start=1, end=40, value=40, disabled=True, width=230
        )
        for scrubber in (self.value, self.seed, self.time):
            prompt(scrubber).param.watch(lambda _event: self.draw(), "value")
        self.make = button("Make one HTML file of it", self._make, visible=False)
        self.file = pn.widgets.FileDownload(
            filename=f"{self.chapter.name}-sweep.html",
            embed=False,
            visible=False,
            stylesheets=[BUTTON],
            margin=(3, 4),
        )

    def view(self) -> pn.viewable.Viewable:
        wide = dict(sizing_mode="stretch_width")
        return pn.Column(
            pn.FlexBox(self.knob, self.count, self.seeds, self.go, align_items="center"),
            pn.pane.Bokeh(self.status.model, **wide),
            pn.FlexBox(self.value, self.seed, self.time),
            pn.FlexBox(self.make, self.file),
            self.cards.pane,
            **wide,
        )

    # what the reader does

    def _go(self, _event) -> None:
        if self._timer.runs:
            return self._stop()
        settings = self._settings()
        name = self.knob.value
        values = spread(self.chapter.Settings.knobs()[name], whole(self.count, *VALUES))
        seeds = whole(self.seeds, *SEEDS)
        self.close()
        fixed = {k: v for k, v in settings.values_by_name().items() if k not in (name, "seed")}
        try:
            self.sweep = Sweep(self.chapter.name, {name: values}, seeds, self.runner, **fixed)
        except (SettingsError, RunFailed) as error:
            self.status.text = _alert(str(error))
            return
        self.cards.show({})
        self._known = {}
        self.make.visible = self.file.visible = False
        self._ready(self.chapter.Settings.knobs()[name].label, values, getattr(settings, name))
        self.go.label = "Stop"
        self._timer.start()

    def _ready(self, label: str, values: list[float], near: float) -> None:
        """Scrubbers for this sweep; they begin at the value nearest to that of the knob."""
        options = {f"{value:g}": value for value in values}
        start = min(values, key=lambda value: abs(value - near))
        self.value.param.update(label=label, options=options, value=start)
        seeds = len(self.sweep.seeds)
        self.seed.param.update(end=max(1, seeds - 1), value=0)
        for scrubber in (self.value, self.seed, self.time):
            scrubber.disabled = False
        self.seed.visible = seeds > 1

    def _make(self, _event) -> None:
        """Draws all of the sweep into a file, beside the server's other work."""
        self.make.disabled = True
        self.make.label = "Drawing every picture ..."
        beside(partial(sweep_html, self.sweep), self._made)

    def _made(self, done: Future) -> None:
        """Puts the file under the download button."""
        content = done.result()
        self.make.param.update(disabled=False, label="Make one HTML file of it", visible=False)
        self.file.param.update(
            file=io.BytesIO(content), visible=True, label=f"Save it ({len(content) / 1e6:.1f} MB)"
        )

    def _stop(self) -> None:
        self.close()
        self.look()

    # what the timer and the scrubbers do

    def look(self) -> None:
        """Says how far it is and draws; ends the timer with the sweep."""
        done, total = self.sweep.done, len(self.sweep.runs)
        ended = [run.error for run in self.sweep.runs if run.error]
        frames = max((len(run.frames) for run in self.sweep.runs), default=0)
        if frames > 1 and self.time.end != frames:
            follow = self.time.value == self.time.end or done < total
            self.time.param.update(end=frames, value=frames if follow else self.time.value)
        self.status.text = _progress(self.sweep) + (
            _alert(f"{len(ended)} ended early: {ended[0]}") if ended else ""
        )
        self.draw()
        if done == total:
            self.make.visible = any(run.status == "done" for run in self.sweep.runs)
            self._unwatch()

    def draw(self) -> None:
        """Bands at the time of the scrubber, and the pictures of the run it points at."""
        if self.sweep is None:
            return
        self.cards.show(self._bands() | self._pictures())

    def _shown_run(self):
        for cell, run in zip(self.sweep.cells, self.sweep.runs, strict=True):
            if cell[self.knob_swept] == self.value.value and cell["seed"] == self.seed.value:
                return run
        return None

    @property
    def knob_swept(self) -> str:
        return next(iter(self.sweep.over))

    def _bands(self) -> dict[str, Picture]:
        run = self._shown_run()
        frames = run.frames[:] if run is not None else []
        if not frames:
            return {}
        ended = self.sweep.done == len(self.sweep.runs) and self.time.value >= len(frames)
        at = frames[whole(self.time, 1, len(frames)) - 1].step
        step = None if ended else min(at, self.sweep.reached)
        key = step, self.sweep.done
        if key not in self._known:
            self._known[key] = self._bands_at(step, frames[-1])
        return self._known[key]

    def _bands_at(self, step: int | None, frame: Frame) -> dict[str, Picture]:
        reading = self.chapter.reading or frame.scalars
        scalars = [name for name in reading if name in frame.scalars][:BANDS]
        return {f"band {name}": self.sweep.band(name, step, label(name)) for name in scalars}

    def _pictures(self) -> dict[str, Picture]:
        run = self._shown_run()
        if run is None or not run.frames:
            return {}
        frame = run.frames[whole(self.time, 1, len(run.frames)) - 1]
        ordered = [name for name in self.chapter.layout if name in frame.pictures]
        rest = [name for name in frame.pictures if name not in ordered]
        return {name: frame.pictures[name] for name in (ordered + rest)[:SHOWN]}

    # the end

    def _unwatch(self) -> None:
        self._timer.stop()
        self.go.label = "Train the sweep"

    def rest(self) -> None:
        """Ends a sweep that nobody looks at."""
        if self._timer.runs:
            self._stop()
            self._resting = True

    def wake(self) -> None:
        """Goes on with it: what was done is kept."""
        if self._resting:
            self._resting = False
            self._go(None)

    def close(self) -> None:
        """Leaves every run."""
        self._unwatch()
        if self.sweep is not None:
            self.sweep.close()


def _alert(sentence: str) -> str:
    return f'<div class="alert" role="alert">{escape(sentence)}</div>'


def _progress(sweep: Sweep) -> str:
    step = sum(run.frames[-1].step for run in sweep.runs if run.frames[:])
    steps = sum(run.settings.steps for run in sweep.runs)
    return (
        f'<progress value="{step}" max="{steps}" aria-label="Sweep"></progress>'
        f'<div role="status">{escape(_words(sweep))}</div>'
    )


def _words(sweep: Sweep) -> str:
    """How far it is, and why it does not go on."""
    states = Counter(run.status for run in sweep.runs)
    words = f"{states['done']} of {len(sweep.runs)} runs are done"
    if states["abandoned"]:
        return f"Stopped: {words}"
    if not states["waiting"] or states["training"]:
        return words
    if sweep.runner.paused:
        return f"{words}; the instructor has paused training, and this goes on with it"
    others = sweep.runner.sweeps_beside(sweep.runs[0])
    if others:
        return f"{words}; sweeps take turns, and others have {others} runs that wait or train"
    return words


def build(board: Board) -> pn.viewable.Viewable:
    """The section for one reader; its runs are left when the page goes."""
    mine = weakref.ref(board)  # a section must not keep the board of a page that is gone
    return section(board.chapter, lambda: mine().controls.settings, board.runner, board.dark)


def section(chapter: Chapter, settings, runner: Runner, dark: bool) -> pn.viewable.Viewable:
    """The section where there is no board: `settings()` gives the knobs it starts from."""
    return lasting(SweepSection(chapter, settings, runner, dark))
