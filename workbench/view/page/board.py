"""The Board: one live view of any chapter, for the served page and for a notebook cell.

It has knobs, a run and its pictures. A settled knob opens another run.
"""

import weakref
from collections.abc import Sequence
from functools import cached_property

import panel as pn
from bokeh.models import Column

from workbench.chapters import find
from workbench.core.chapter import Fit
from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.running.players import Here
from workbench.running.run import Run
from workbench.running.runner import Runner
from workbench.running.shared import shared_runner
from workbench.view.page.buttons import Actions, RunButtons
from workbench.view.page.cards import Cards
from workbench.view.page.cell import arrange, finish
from workbench.view.page.controls import Controls
from workbench.view.page.gallery import Gallery
from workbench.view.page.live import LiveRun
from workbench.view.page.reading import Reading
from workbench.view.page.replay import SliderReplay
from workbench.view.page.session import served
from workbench.view.page.status import Status
from workbench.view.page.widgets import BUTTON, CALL, STATUS, WORDY, Words, button


class BareBoard:
    """A live view of a chapter: its run, what draws it and what a reader can do.

    Its parts (`controls`, `gallery`, `status`, `reading`, `replay`) are those of a page or of a
    notebook's cell: `make_parts(settings)` makes them. Raises SettingsError for an unknown chapter,
    knob or value.
    """

    def __init__(self, name: str, runner: Runner | None = None, dark: bool = False, **knobs):
        super().__init__()
        self.chapter = find(name)
        self.dark = dark
        self.seat = None  # on the page of a class, and the section that shows it
        self.seat_section = None
        self.runner = runner or shared_runner("workers" if served() else "here")
        self.make_parts(self.chapter.Settings(**knobs))
        self.live = LiveRun(self.chapter, self.runner, self.gallery, self.status)
        self.live.on_state = self.show_label
        self.live.on_end = self.replay.offer
        self.actions = Actions(
            self.live, self.replay, lambda: self.controls.settings, self.set_knobs, self.note
        )

    def make_parts(self, settings: Settings) -> None:
        """Makes what shows the run and its knobs."""
        raise NotImplementedError

    def show_label(self) -> None:
        """Says what the first button does."""
        raise NotImplementedError

    def draw_frames(self, frames: Sequence[Frame]) -> None:
        """Shows these frames of the run, which has ended."""
        self.live.show(frames)

    @property
    def run(self) -> Run | None:
        """The run that is shown."""
        return self.live.run

    # what the reader does

    def start(self) -> "Board":
        """Trains with the knobs as they are."""
        self.move(self.controls.settings)
        return self

    def move(self, settings: Settings) -> None:
        """Opens the run of these settings and leaves the one before."""
        self.replay.withdraw()
        self.reading.show(settings)
        self.live.move(settings)

    def set_knobs(self, settings: Settings) -> None:
        """Moves all knobs, and opens the run."""
        self.controls.show(settings)
        self.move(self.controls.settings)

    def try_this(self, place: int) -> None:
        """Sets the knobs of the chapter's suggestion at this place."""
        settings, _notes = self.chapter.Settings.from_query(self.chapter.try_this[place][1])
        self.set_knobs(settings)

    def note(self, sentence: str) -> None:
        """Says a sentence until the next move."""
        self.status.notes.append(sentence)
        self.live.write()
        self.live.push()

    # for pages and notebooks

    def poll(self) -> None:
        """Draws the newest frame of the run, if there is a newer one."""
        self.live.poll()

    def rest(self) -> None:
        """Leaves a run that nobody sees."""
        self.live.rest()

    def wake(self) -> None:
        """Trains again what was left."""
        self.live.wake()

    def close(self) -> None:
        """Leaves the run and stops the timers."""
        self.replay.stop()
        self.live.close()


class Board(BareBoard, pn.viewable.Viewer):
    """A live view of chapter `name` in a notebook's cell: `Board("beta-vae", beta=4)`.

    `fit` is a training loop of yours instead of the chapter's `lesson.fit`, as `play` takes it; it
    trains in this process. Raises SettingsError for an unknown chapter, knob or value.
    """

    def __init__(
        self,
        name: str,
        runner: Runner | None = None,
        dark: bool = False,
        fit: Fit | None = None,
        **knobs,
    ):
        if fit is not None:  # a Runner of the board's own, without a store
            runner = Runner([Here(fit=fit)])
            weakref.finalize(self, runner.close)
        super().__init__(name, runner, dark, **knobs)
        self.live.panes = self.gallery.pane, self.words_pane
        buttons = RunButtons(self.actions)
        self.stop = buttons.first
        self.new_seed = buttons.new_seed
        self.reset = buttons.reset

    def make_parts(self, settings: Settings) -> None:
        self.gallery = Gallery(self.chapter, self.dark)
        words, call = Words(STATUS), Words(CALL)
        wide = dict(sizing_mode="stretch_width")
        self.words_pane = pn.pane.Bokeh(Column(call.model, words.model, **wide), **wide)
        self.status = Status(self.runner, self.chapter, words, call)
        self.replay = SliderReplay(self.draw_frames)
        self.reading = Reading(self.chapter)
        self.controls = Controls(settings, self.move, self.note, self.reading.pane)

    @cached_property
    def presets(self) -> list[pn.widgets.Button]:
        """A button for each of the chapter's suggestions."""
        return [
            button(
                text,
                lambda _event, place=place: self.try_this(place),
                stylesheets=[BUTTON, WORDY],
                sizing_mode="stretch_width",
            )
            for place, (text, _query) in enumerate(self.chapter.try_this)
        ]

    @property
    def cards(self) -> Cards:
        """The pictures that are shown."""
        return self.gallery.cards

    def show_label(self) -> None:
        label = self.actions.label
        if pn.state.loaded and self.stop.label != label:
            self.stop.label = label

    def finish(self, timeout: float = 300) -> Frame:
        """Waits for the run, draws its end and returns its last frame. Raises what went wrong."""
        return finish(self, timeout)

    def __panel__(self):
        return arrange(self)
