"""Pinned runs: a button for each, and their numbers in one drawing."""

import weakref
from collections.abc import Callable, Sequence

import panel as pn

from workbench.core.chapter import Chapter
from workbench.results.compare import PINS, names, overlay
from workbench.running.run import Run
from workbench.running.runner import Runner
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import Sentence, button

NUMBERS_DRAWN = 3
NOTHING = "Nothing is pinned yet."


def numbers_to_draw(chapter: Chapter, runs: Sequence[Run]) -> list[str]:
    """The first numbers that the chapter reads out."""
    measured = {name for run in runs for frame in run.frames[-1:] for name in frame.scalars}
    reading = chapter.reading or sorted(measured)
    return [name for name in reading if name in measured][:NUMBERS_DRAWN]


class Pins:
    """The pinned runs of one reader. `changed()` is called when one comes or goes."""

    def __init__(self, chapter: Chapter, runner: Runner, dark: bool, changed: Callable[[], None]):
        self.chapter = chapter
        self.runner = runner
        self._changed = changed
        self.runs: list[Run] = []
        self._left_for_rest: list[Run] = []
        self.overlays = Cards(dark)
        self.buttons = pn.FlexBox(sizing_mode="stretch_width")
        self.sentence = Sentence(NOTHING)

    @property
    def names(self) -> list[str]:
        return names([run.settings for run in self.runs]) if self.runs else []

    def find(self, name: str) -> Run | None:
        """The run that has this name now."""
        return dict(zip(self.names, self.runs, strict=True)).get(name)

    def pin(self, run: Run) -> None:
        """Keeps a run beside those that are pinned, unless there is no place for it."""
        if run in self.runs:
            return self.sentence.say("This run is pinned already: move a knob first.")
        if len(self.runs) == PINS:
            return self.sentence.say(f"{PINS} runs are pinned; take one away first.", role="alert")
        self.runs.append(self.runner.open(*run.key, self))
        self._show()

    def _unpin(self, run: Run) -> None:
        self.runs.remove(run)
        self.runner.leave(run, self)
        self._show()

    def _show(self) -> None:
        self.buttons.objects = list(map(self._button, self.names, self.runs))
        count = len(self.runs)
        verb = "s are" if count > 1 else " is"
        self.sentence.say(f"{count} run{verb} pinned." if count else NOTHING)
        self._changed()
        self.draw()

    def _button(self, name: str, run: Run) -> pn.widgets.Button:
        reference = weakref.ref(self)
        help = f"Take {name} away"
        return button(f"{name}  ×", lambda _event: reference()._unpin(run), help)

    def draw(self) -> None:
        """Draws the numbers of all pinned runs, as far as they are."""
        numbers = numbers_to_draw(self.chapter, self.runs)
        self.overlays.show({scalar: overlay(self.chapter, self.runs, scalar) for scalar in numbers})

    @property
    def live(self) -> bool:
        """Whether more frames may come."""
        return any(run.live for run in self.runs)

    def rest(self) -> None:
        """Leaves runs that nobody sees; those that are done stay."""
        self._left_for_rest = [run for run in self.runs if run.live]
        for run in self._left_for_rest:
            self.runner.leave(run, self)

    def wake(self) -> None:
        """Trains again what was left."""
        left, self._left_for_rest = self._left_for_rest, []
        self.runs = [self.runner.open(*run.key, self) if run in left else run for run in self.runs]

    def close(self) -> None:
        """Leaves every run."""
        for run in self.runs:
            self.runner.leave(run, self)
