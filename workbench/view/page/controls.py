"""Controls: a widget for every knob, made from its declaration."""

import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import panel as pn
import panel_material_ui as pmui

from workbench import data
from workbench.core.settings import Knob, Settings, SettingsError
from workbench.data.inventory import Entry
from workbench.view.page.session import served
from workbench.view.page.widgets import TYPE, menu
from workbench.view.patches.slider_moves import prompt_moves, settle

DATA_MENUS = ("data", "stream", "source")  # the knobs that choose data, in any chapter


def data_sets(knob: Knob | None = None) -> list[Entry]:
    """Every known set: of pictures, or of the kind that this knob of data offers.

    A page looks through the data folder at most once a second.
    """
    sets = (knob and knob.sets) or data.entries
    return _looked_up(sets, int(time.monotonic())) if served() else list(sets())


@lru_cache(maxsize=8)
def _looked_up(sets: Callable[[], Sequence[Entry]], _second: int) -> list[Entry]:
    return list(sets())


def make_widget(knob: Knob, value: Any) -> pn.widgets.Widget:
    """The widget of one knob. What it sends is asked for: Settings decides what is valid."""
    common = dict(label=knob.label, sizing_mode="stretch_width", margin=(2, 8))
    material = common | dict(stylesheets=[TYPE])
    if knob.kind == "switch":
        return pmui.Switch(value=value, **material)
    if knob.kind == "text":
        return _text_area(knob, value, material)
    if knob.kind in ("choice", "data"):
        options = choices_of(knob, value)
        return menu(options=options, value=value, **common)
    if knob.stops:
        stops = choices_of(knob, value)
        return prompt_moves(pmui.DiscreteSlider(value=value, options=stops, **material))
    kind = pmui.IntSlider if knob.kind == "integer" else pmui.FloatSlider
    step = knob.step or (1 if knob.kind == "integer" else 0.01)
    return prompt_moves(kind(value=value, start=knob.low, end=knob.high, step=step, **material))


def _text_area(knob: Knob, value: str, common: dict[str, Any]) -> pmui.TextAreaInput:
    """An editor of a few lines: what it holds is taken when it is left, or by Shift and Enter."""
    empty = "Empty: the chapter writes its own."
    size = dict(rows=4, auto_grow=True, max_rows=16, max_length=knob.longest, size="small")
    return pmui.TextAreaInput(value=value, placeholder=empty, **size, **common)


def within(slider: pmui.IntSlider, low: int, high: int) -> int:
    """Where a slider that is no knob stands: the browser may send any number, and move its ends."""
    return min(max(slider.value, low), high)


def choices_of(knob: Knob, value: Any) -> dict[str, Any]:
    """What a slider's stops or a menu say, with this value among them."""
    if knob.kind == "choice":
        return {knob.reads(choice): choice for choice in knob.choices}
    if knob.kind != "data":
        return {knob.reads(stop): stop for stop in sorted({*knob.stops, value})}
    known = {entry.title: entry.name for entry in data_sets(knob) if entry.status != "absent"}
    return known if value in known.values() else known | {value: value}


def missing_data(knob: Knob | None = None) -> str:
    """How to bring the data sets that the menu cannot offer yet, or nothing."""
    absent = [entry for entry in data_sets(knob) if entry.status == "absent"]
    ways = "; ".join(f"{entry.title}: {entry.how}" for entry in absent)
    return f"More data can be brought on the command line. {ways}." if ways else ""


def replaced(settings: Settings, name: str, value: Any) -> Settings:
    """The settings with a value that a reader asks for; the chapter's own text is none of theirs.

    Raises SettingsError for a value that cannot be.
    """
    knob = settings.knobs().get(name)
    text = knob is not None and knob.kind == "text" and isinstance(value, str)
    if text and value.strip() == knob.suggest(settings):
        value = ""
    return settings.replace(**{name: value})


class Controls:
    """The widgets of one chapter, and the settings that they stand for.

    `changed(settings)` is called when the reader settles on other values: on release of a
    slider, not while it moves. `complain(sentence)` is called for a value that cannot be.
    A widget costs the server 10 ms when it is shown, so `main` and `details` hold only those
    that matter now, and `details` stays empty until `open_details()`. `below_data` is shown below
    the menu of data sets.
    """

    def __init__(
        self,
        settings: Settings,
        changed: Callable[[Settings], None],
        complain: Callable[[str], None],
        below_data: pn.viewable.Viewable | None = None,
    ):
        self.settings = settings
        self._changed = changed
        self._complain = complain
        self._below_data = below_data
        self._quiet = False
        self._details_open = False
        self.widgets: dict[str, pn.widgets.Widget] = {}
        self.main = pn.Column(sizing_mode="stretch_width")
        self.details = pn.Column(sizing_mode="stretch_width")
        for name, knob in settings.knobs().items():
            widget = self.widgets[name] = make_widget(knob, getattr(settings, name))
            self._listen(name, widget)
            settle(widget)
        self._show_texts()
        self._show_relevant()

    def _listen(self, name: str, widget) -> None:
        settled = "value_throttled" if "value_throttled" in widget.param else "value"
        # not event.new: see patches.slider_moves
        widget.param.watch(lambda _event: self.choose(name, widget.value), settled)

    def open_details(self) -> None:
        """Shows the widgets of the advanced knobs from now on."""
        self._details_open = True
        self._show_relevant()

    def show(self, settings: Settings) -> None:
        """Sets every widget to these settings without calling anybody."""
        self._quiet = True
        try:
            for name, widget in self.widgets.items():
                self._set(widget, settings.knobs()[name], getattr(settings, name))
        finally:
            self._quiet = False
        self.settings = settings
        self._show_texts()
        self._show_relevant()

    def _set(self, widget, knob: Knob, value: Any) -> None:
        options = getattr(widget, "options", None)
        if isinstance(options, dict) and value not in options.values():
            widget.param.update(options=choices_of(knob, value), value=value)
        elif widget.value != value:
            widget.value = value
        settle(widget)

    def choose(self, name: str, value: Any) -> None:
        """Takes a value that the reader asks for, or complains and goes back."""
        if self._quiet:
            return
        knob = self.settings.knobs()[name]
        try:
            settings = replaced(self.settings, name, value)
        except SettingsError as error:
            self._complain(str(error))
            if knob.kind == "text":  # what was written stays, to be mended
                self.widgets[name].param.update(error_state=True, helper_text=str(error))
            else:
                self.show(self.settings)
            return
        changed, self.settings = settings != self.settings, settings
        if changed or knob.kind == "text":
            self._show_texts(name)
        if changed:
            self._show_relevant()
            self._changed(settings)

    def _show_texts(self, taken: str = "") -> None:
        """Fills the editors: with the reader's text, or with the chapter's own to begin with.

        When a value of the knob `taken` was taken, a text of another that was refused stays.
        """
        self._quiet = True
        for name, knob in self.settings.knobs().items():
            refused = taken not in ("", name) and getattr(self.widgets[name], "error_state", False)
            if knob.kind == "text" and not refused:
                text = getattr(self.settings, name) or knob.suggest(self.settings)
                shown = dict(value=text, value_input=text, error_state=False, helper_text="")
                self.widgets[name].param.update(**shown)
        self._quiet = False

    def _show_relevant(self) -> None:
        shown: dict[str, list] = {"main": [], "details": []}
        for name, knob in self.settings.knobs().items():
            if self.settings.matters(name) and (self._details_open or not knob.advanced):
                shown["details" if knob.advanced else "main"].append(self.widgets[name])
        if self._below_data is not None:
            menus = [self.widgets.get(name) for name in DATA_MENUS]
            places = [i for i, widget in enumerate(shown["main"], 1) if widget in menus]
            shown["main"].insert(max(places, default=0), self._below_data)
        for place, widgets in ((self.main, shown["main"]), (self.details, shown["details"])):
            if place.objects != widgets:
                place.objects = widgets
