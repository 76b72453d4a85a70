"""Pinned runs of a chapter on its page, and two of them paired over seeds."""

import io
import weakref
from html import escape

import panel as pn
import panel_material_ui as pmui

from workbench.core.settings import SettingsError
from workbench.results.compare import PINS, Pair, names, overlay
from workbench.results.run_zip import run_zip
from workbench.running.device import pick_device
from workbench.running.run import Run
from workbench.view.labs import Sentence
from workbench.view.page.board import Board, label
from workbench.view.page.cards import Cards, Words
from workbench.view.page.controls import whole
from workbench.view.page.session import Timer, lasting
from workbench.view.page.widgets import BUTTON, STATUS, button

TITLE = "Compare and take home: pin runs, pair two over seeds, save"


INTRODUCTION = (
    f"Pin the run above, move a knob, pin again: up to {PINS} runs stand beside each other. Is a "
    "difference more than chance? Train two of them with the same seeds and look at the paired "
    "difference. The zip holds settings, numbers, pictures and a script that trains the run again."
)
PERIOD = 300  # ms between two looks
SEEDS = 2, 20  # fewest and most that a pair is trained with
SHOWN = 3  # numbers that are drawn


class CompareSection:
    """Widgets and pictures of one reader's comparison."""

    def __init__(self, board: Board):
        self._board = weakref.ref(board)
        self.chapter = board.chapter
        self.runner = board.runner
        self.pinned: list[Run] = []
        self.called: list[str] = []  # their names
        self.pair: Pair | None = None
        self._resting: list[Run] = []  # what was left when the reader's connection was lost
        self._pair_rests = False
        self._timer = Timer(self.look, PERIOD)
        self.overlays = Cards(board.dark)
        self.differences = Cards(board.dark)
        self.pins = pn.FlexBox(sizing_mode="stretch_width")
        self.pin = button("Pin this run", self._pin)
        self.save = pn.widgets.FileDownload(
            callback=self._zip,
            filename=f"{self.chapter.name}.zip",
            label="Save this run (zip)",
            stylesheets=[BUTTON],
            margin=(3, 4),
        )
        self.said = Sentence("Nothing is pinned yet.")
        small = dict(size="small", width=330, disabled=True)
        self.a = pmui.Select(label="A", options=[], **small)
        self.b = pmui.Select(label="B", options=[], **small)
        self.seeds = pmui.IntSlider(label="Seeds", start=SEEDS[0], end=SEEDS[1], value=5, width=170)
        self.go = button("Train the pairs", self._go, disabled=True)
        self.status = Words(STATUS)

    def view(self) -> pn.viewable.Viewable:
        wide = dict(sizing_mode="stretch_width")
        return pn.Column(
            pn.FlexBox(self.pin, self.save, self.pins, align_items="center"),
            self.said,
            self.overlays.pane,
            pn.FlexBox(self.a, self.b, self.seeds, self.go, align_items="center"),
            pn.pane.Bokeh(self.status.model, **wide),
            self.differences.pane,
            **wide,
        )

    # pins

    def _pin(self, _event) -> None:
        run = self._board().run
        if run in self.pinned:
            return self.said.say("This run is pinned already: move a knob first.")
        if len(self.pinned) == PINS:
            return self.said.say(f"{PINS} runs are pinned; take one away first.", role="alert")
        self.pinned.append(self.runner.open(*run.key, self))
        self._show_pins()

    def _zip(self) -> io.BytesIO:
        """Settings, points, pictures and a script of the run above."""
        run = self._board().run
        return io.BytesIO(run_zip(*run.key, run.frames[:], pick_device()))

    def _unpin(self, run: Run) -> None:
        self.pinned.remove(run)
        self.runner.leave(run, self)
        self._show_pins()

    def _show_pins(self) -> None:
        called = names([run.settings for run in self.pinned]) if self.pinned else []
        mine = weakref.ref(self)
        self.pins.objects = [
            button(f"{name}  ×", lambda _event, run=run: mine()._unpin(run), f"Take {name} away")
            for name, run in zip(called, self.pinned, strict=True)
        ]
        count = len(self.pinned)
        self.said.say(
            f"{count} run{'s are' if count > 1 else ' is'} pinned."
            if count
            else "Nothing is pinned yet."
        )
        # the names are the values: with numbers the browser goes on showing an old name
        self.called = called
        for select, at in ((self.a, 0), (self.b, count - 1)):
            value = called[at] if count else None
            select.param.update(options=called, value=value, disabled=count < 2)
        self.go.disabled = count < 2
        self._timer.start()
        self._draw_overlays()

    def _draw_overlays(self) -> None:
        self.overlays.show(
            {
                scalar: overlay(self.chapter, self.pinned, scalar, title)
                for scalar, title in self._scalars(self.pinned).items()
            }
        )

    def _scalars(self, runs: list[Run]) -> dict[str, str]:
        """What is drawn: the first numbers that the chapter reads out."""
        there = {name for run in runs for frame in run.frames[-1:] for name in frame.scalars}
        reading = self.chapter.reading or dict.fromkeys(sorted(there))
        return {name: label(name) for name in [n for n in reading if n in there][:SHOWN]}

    # pairs

    def _go(self, _event) -> None:
        if self.pair is not None and self.pair.done < len(self.pair.runs):
            return self.pair.close()
        chosen = [select.value for select in (self.a, self.b)]
        if not set(chosen) <= set(self.called):
            return self.said.say("Choose the two runs, A and B, first.", role="alert")
        a, b = (self.pinned[self.called.index(name)].settings for name in chosen)
        try:
            pair = Pair(self.chapter.name, a, b, whole(self.seeds, *SEEDS), self.runner)
        except SettingsError as error:
            return self.said.say(str(error), role="alert")
        if self.pair is not None:
            self.pair.close()
        self.pair = pair
        self.differences.show({})
        self._timer.start()

    # what the timer does

    def look(self) -> None:
        """Draws what has grown; ends the timer when nothing grows any more."""
        self._draw_overlays()
        if self.pair is not None:
            self._draw_pair()
        busy = any(run.live for run in self.pinned + (self.pair.runs if self.pair else []))
        if not busy:
            self._timer.stop()

    def _draw_pair(self) -> None:
        done, total = self.pair.done, len(self.pair.runs)
        failed = next((run.error for run in self.pair.runs if run.error), "")
        self.status.text = (
            f'<progress value="{done}" max="{total}" aria-label="Pairs"></progress>'
            f'<div role="status">{done} of {total} runs are done</div>'
            + (f'<div class="alert" role="alert">{escape(failed)}</div>' if failed else "")
        )
        self.go.label = "Stop" if done < total else "Train the pairs"
        scalars = self._scalars(self.pair.runs)
        curves = {name: self.pair.difference(name, title) for name, title in scalars.items()}
        self.differences.show(curves | {"table": self.pair.table(scalars)})

    # the end

    def rest(self) -> None:
        """Leaves runs that nobody looks at; those that are done stay."""
        self._resting = [run for run in self.pinned if run.live]
        for run in self._resting:
            self.runner.leave(run, self)
        self._pair_rests = self.pair is not None and self.pair.done < len(self.pair.runs)
        if self._pair_rests:
            self.pair.close()

    def wake(self) -> None:
        """Trains again what was left."""
        self.pinned = [
            self.runner.open(*run.key, self) if run in self._resting else run for run in self.pinned
        ]
        if self._pair_rests:
            self.pair = Pair(self.chapter.name, *self.pair.settings, len(self.pair.a), self.runner)
        if self._resting or self._pair_rests:
            self._timer.start()
        self._resting = []
        self._pair_rests = False

    def close(self) -> None:
        """Leaves every run."""
        self._timer.stop()
        for run in self.pinned:
            self.runner.leave(run, self)
        if self.pair is not None:
            self.pair.close()


def build(board: Board) -> pn.viewable.Viewable:
    """The section for one reader; its runs are left when the page goes."""
    return lasting(CompareSection(board))
