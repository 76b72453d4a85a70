"""The Board of a chapter's page: native controls, three pictures, and words that fit them."""

from collections.abc import Callable, Sequence
from html import escape
from types import ModuleType
from typing import Any

import panel as pn
from bokeh.models import Column

from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.running.runner import Runner
from workbench.view import labs
from workbench.view.page.before import Before, Finished, before, finished
from workbench.view.page.board import BareBoard
from workbench.view.page.figures import Figures
from workbench.view.page.native import NativeControls
from workbench.view.page.reading import Reading
from workbench.view.page.replay import PageReplay
from workbench.view.page.scene import Scene
from workbench.view.page.session import together
from workbench.view.page.speech import speech
from workbench.view.page.status import Status, place_in_queue
from workbench.view.page.wire import Wire, WireText
from workbench.view.pages.readings import COVERED, Readings
from workbench.view.patches.template_cost import mount
from workbench.view.sections import compare, seat, sweep
from workbench.view.sections.claims import ClaimsSection
from workbench.view.tasks.card import TaskCard
from workbench.view.tasks.history import History

SECTIONS: dict[str, ModuleType] = {"sweep": sweep, "compare": compare, "seat": seat}


class PageStatus(Status):
    """What a page says about its run; the numbers, the finding and the diagram stand elsewhere."""

    def __init__(self, wire: Wire, *parts):
        super().__init__(*parts, WireText(wire, "status"), WireText(wire, "call"))
        self.wire = wire
        self.readings = Readings(self.chapter)
        self.task = ""  # the id of the task that is open
        self.embedded = False  # in a frame of another page
        # whether the numbers of a run with these settings would answer it
        self.numbers_covered: Callable[[Settings], bool] = lambda _settings: False

    def link(self, name: str, settings: Settings) -> None:
        """Puts the address of these settings into the address bar."""
        task = f"&task={self.task}" if self.task else ""
        embed = "&embed=1" if self.embedded else ""
        self.wire.show("address", f"?chapter={name}&{settings.to_query()}{task}{embed}")

    def write(self, run, shown: Sequence[Frame] = ()) -> None:
        super().write(run, shown)
        messages: dict[str, Any] = {}
        if run is not None and shown:
            covered = self.numbers_covered(run.settings)
            messages = COVERED if covered else self.readings.of(run.settings, shown[-1])
        for kind, value in messages.items():
            self.wire.show(kind, value)
        self.wire.show("speech", self._speech(run, shown, messages))

    def write_before(self, run: Finished) -> None:
        """Says the numbers of the run before, whose pictures are shown."""
        covered = self.numbers_covered(run.settings)
        messages = COVERED if covered else self.readings.of(run.settings, run.frame)
        for kind, value in messages.items():
            self.wire.show(kind, value)

    def _speech(self, run, shown: Sequence[Frame], messages: dict[str, Any]) -> str:
        """What is said aloud; nothing of a run that is played again."""
        replayed = run is not None and 0 < len(shown) < len(run.frames)
        waits = run is not None and run.status == "waiting"
        texts = messages.get("all", {})
        return speech(
            None if replayed else run,
            place_in_queue(run, self.runner) if waits else "",
            self.notes,
            messages.get("finding", "") or self.readings.listed(texts),
        )

    def numbers(self, shown: Sequence[Frame]) -> str:
        return ""

    def remark(self, sentence: str) -> str:
        """A note without a role: among words that change with every frame it would be read with
        every frame, and it is said aloud once instead."""
        return f'<div class="note">{escape(sentence)}</div>'


class PageBoard(BareBoard):
    """A chapter's page. What a reader does comes by the wire, and so does what they see."""

    def __init__(self, name: str, runner: Runner | None = None, dark: bool = False, **knobs):
        self.finished: Finished | None = None  # the last run that came to its end
        self.before = Before()
        super().__init__(name, runner, dark, **knobs)
        presses = {
            "first": self.actions.press,
            "seed": self.actions.sow,
            "reset": self.actions.reset,
            "step": self.replay.step,
            "before": self.look_back,
            "now": self.live.look_ahead,
        }
        self.card = TaskCard(self)
        self.history = History(self.chapter, self.wire, self.card.covers_numbers)
        self.live.on_end = self._end
        self.wire.on("press", lambda which: presses.get(str(which), lambda: None)())
        self.wire.on("try", self._try)
        self.places: dict[str, Column] = {}  # of the sections below, by name
        self.wire.on("open", self.open_section)
        self.claims = ClaimsSection(self.chapter, self.wire)
        self.figures = Figures(self.chapter, self.wire, self.gallery.pictures, self._settings_shown)
        self.wire.on("all", lambda wanted: self.gallery.show_all(bool(wanted)))

    def make_parts(self, settings: Settings) -> None:
        self.wire = Wire(pn.state.curdoc)
        self.gallery = Scene(self.chapter, self.dark, self.wire)
        self.status = PageStatus(self.wire, self.runner, self.chapter)
        self.replay = PageReplay(self.draw_frames, self.wire)
        self.reading = Reading(self.chapter, WireText(self.wire, "reading"))
        self.controls = NativeControls(settings, self.move, self.note, self.wire)

    def move(self, settings: Settings) -> None:
        self.finished = finished(self.chapter, self.run) or self.finished
        with together():
            self.before = before(self.chapter, self.finished, settings)
            self.gallery.compare(self.before)
            self.wire.show("before", self.before.name)
            super().move(settings)

    def look_back(self) -> None:
        """Shows the run before in the place of this one, with its numbers."""
        run = self.finished
        if run is not None and self.before.name:
            self.live.look_back(lambda: self._draw_before(run))
            self.show_label()

    def _draw_before(self, run: Finished) -> None:
        self.gallery.draw_before(run)
        self.status.write_before(run)

    def show_label(self) -> None:
        self.wire.show("first", self.actions.label)
        self.wire.show("back", self.live.looks_back)

    def _settings_shown(self) -> Settings:
        """Of the run whose pictures are shown."""
        back = self.live.looks_back and self.finished is not None
        return self.finished.settings if back else self.controls.settings

    def open_section(self, name: Any) -> None:
        """Makes a section that the reader has opened for the first time."""
        place = self.places.get(name) if isinstance(name, str) else None
        if place is not None and not place.children:
            mount(place, self._section(name))

    def _section(self, name: str) -> pn.viewable.Viewable:
        """A lab stands for itself; the other sections belong to the board."""
        if name in SECTIONS:
            return SECTIONS[name].build(self)
        return labs.find(self.chapter.name)[name].build(self.dark)

    def _try(self, place: Any) -> None:
        """Sets the knobs of the suggestion at this place, if there is one."""
        if isinstance(place, int) and 0 <= place < len(self.chapter.try_this):
            self.try_this(place)

    def _end(self, frames: Sequence[Frame]) -> None:
        """The run has come to an end."""
        self.replay.offer(frames)
        if self.run is not None:
            self.history.note(self.run)

    def rest(self) -> None:
        super().rest()
        self.card.rest()
        self.claims.rest()

    def wake(self) -> None:
        super().wake()
        self.card.wake()
        self.claims.wake()

    def close(self) -> None:
        self.card.close()
        super().close()
        self.claims.close()
        self.wire.close()
