"""The Board of a chapter's page: native controls, three pictures, and words that fit them."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import panel as pn
from bokeh.models import Column

from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.view import labs
from workbench.view.page.board import BareBoard
from workbench.view.page.native import NativeControls
from workbench.view.page.reading import Reading
from workbench.view.page.replay import PageReplay
from workbench.view.page.scene import Scene
from workbench.view.page.status import Status
from workbench.view.page.wire import Wire, WireText
from workbench.view.pages.readings import Readings
from workbench.view.patches.template_cost import mount
from workbench.view.sections import compare, seat, sweep

SECTIONS: dict[str, ModuleType] = {"sweep": sweep, "compare": compare, "seat": seat}


class PageStatus(Status):
    """What a page says about its run; the numbers, the finding and the diagram stand elsewhere."""

    def __init__(self, wire: Wire, *parts):
        super().__init__(*parts, WireText(wire, "status"), WireText(wire, "call"))
        self.wire = wire
        self.readings = Readings(self.chapter)

    def link(self, name: str, settings: Settings) -> None:
        """Puts the address of these settings into the address bar."""
        self.wire.show("address", f"?chapter={name}&{settings.to_query()}")

    def write(self, run, shown: Sequence[Frame] = ()) -> None:
        super().write(run, shown)
        if run is not None and shown:
            for kind, value in self.readings.of(run.settings, shown[-1]).items():
                self.wire.show(kind, value)

    def numbers(self, shown: Sequence[Frame]) -> str:
        return ""


class PageBoard(BareBoard):
    """A chapter's page. What a reader does comes by the wire, and so does what they see."""

    def __init__(self, name: str, dark: bool = False, **knobs):
        super().__init__(name, dark=dark, **knobs)
        presses = {
            "first": self.actions.press,
            "seed": self.actions.sow,
            "reset": self.actions.reset,
        }
        self.wire.on("press", lambda which: presses.get(str(which), lambda: None)())
        self.wire.on("try", self._try)
        self.places: dict[str, Column] = {}  # of the sections below, by name
        self.wire.on("open", self.open_section)
        self.wire.on("all", lambda wanted: self.gallery.show_all(bool(wanted)))

    def make_parts(self, settings: Settings) -> None:
        self.wire = Wire(pn.state.curdoc)
        self.gallery = Scene(self.chapter, self.dark, self.wire)
        self.status = PageStatus(self.wire, self.runner, self.chapter)
        self.replay = PageReplay(self.draw_frames, self.wire)
        self.reading = Reading(self.chapter, WireText(self.wire, "reading"))
        self.controls = NativeControls(settings, self.move, self.note, self.wire)

    def show_label(self) -> None:
        self.wire.show("first", self.actions.label)

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

    def close(self) -> None:
        super().close()
        self.wire.close()
