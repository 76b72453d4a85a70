"""Controls: a widget for every knob, made from its declaration."""

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param

from workbench import data
from workbench.core.settings import Knob, Settings, SettingsError


def widget(knob: Knob, value: Any) -> pmui.base.MaterialComponent:
    """The widget of one knob. What it sends is a wish: Settings decides what is valid."""
    common = dict(label=knob.label, description=knob.doc, sizing_mode="stretch_width")
    common["margin"] = (2, 8) if knob.kind in ("number", "integer") else (9, 8)
    if knob.kind == "switch":
        return pmui.Switch(value=value, **common)
    if knob.kind == "choice":
        return pmui.Select(value=value, options=list(knob.choices), size="small", **common)
    if knob.kind == "data":
        return pmui.Select(value=value, options=_options(knob, value), size="small", **common)
    if knob.stops:
        return prompt(pmui.DiscreteSlider(value=value, options=_options(knob, value), **common))
    kind = pmui.IntSlider if knob.kind == "integer" else pmui.FloatSlider
    step = knob.step or (1 if knob.kind == "integer" else 0.01)
    return prompt(kind(value=value, start=knob.low, end=knob.high, step=step, **common))


def prompt(slider: pmui.base.MaterialComponent) -> pmui.base.MaterialComponent:
    """Hears of a slider's move at once; Panel 1.9.4 waits 50 ms for another one."""
    slider._priority_changes = ["value", "value_throttled"]
    return slider


def whole(slider: pmui.IntSlider, low: int, high: int) -> int:
    """Where a slider that is no knob stands: the browser may send any number, and move its ends."""
    return min(max(slider.value, low), high)


def _options(knob: Knob, value: Any) -> dict[str, Any]:
    """What a slider's stops or the menu of data sets say, with this value among them."""
    if knob.kind != "data":
        return {knob.reads(stop): stop for stop in sorted({*knob.stops, value})}
    here = data.names()
    titles = {entry.title: entry.name for entry in data.entries() if entry.name in here}
    known = titles | {name: name for name in here if name not in titles.values()}
    return known if value in known.values() else known | {value: value}


def missing_data() -> str:
    """How to bring the data sets that the menu cannot offer yet, or nothing."""
    absent = [entry for entry in data.entries() if entry.status == "absent"]
    ways = "; ".join(f"{entry.title}: {entry.how}" for entry in absent)
    return f"More data can be brought on the command line. {ways}." if ways else ""


class Controls:
    """The widgets of one chapter, and the settings that they stand for.

    `changed(settings)` is called when the reader settles on other values: on release of a
    slider, not while it moves. `complain(sentence)` is called for a value that cannot be.
    A widget costs the server 10 ms when it is shown, so `main` and `details` hold only those
    that matter now, and `details` stays empty until `open_details()`.
    """

    def __init__(
        self,
        settings: Settings,
        changed: Callable[[Settings], None],
        complain: Callable[[str], None],
    ):
        self.settings = settings
        self._changed = changed
        self._complain = complain
        self._quiet = False
        self.widgets = {}
        self._details_open = False
        self.main = pn.Column(sizing_mode="stretch_width")
        self.details = pn.Column(sizing_mode="stretch_width")
        for name, knob in settings.knobs().items():
            made = self.widgets[name] = widget(knob, getattr(settings, name))
            settled = "value_throttled" if "value_throttled" in made.param else "value"
            # not event.new: on release Panel 1.9.4 tells the position of a stop, not its value
            wish = lambda _, name=name, made=made: self._wish(name, made.value)  # noqa: E731
            made.param.watch(wish, settled)
            _settle(made)
        self._show_relevant()

    def open_details(self) -> None:
        """Shows the widgets of the advanced knobs from now on."""
        self._details_open = True
        self._show_relevant()

    def show(self, settings: Settings) -> None:
        """Sets every widget to these settings without calling anybody."""
        self._quiet = True
        try:
            for name, made in self.widgets.items():
                self._set(made, settings.knobs()[name], getattr(settings, name))
        finally:
            self._quiet = False
        self.settings = settings
        self._show_relevant()

    def _set(self, made, knob: Knob, value: Any) -> None:
        options = getattr(made, "options", None)
        if isinstance(options, dict) and value not in options.values():
            made.param.update(options=_options(knob, value), value=value)
        elif made.value != value:
            made.value = value
        _settle(made)

    def _wish(self, name: str, value: Any) -> None:
        if self._quiet:
            return
        try:
            wanted = self.settings.replace(**{name: value})
        except SettingsError as error:
            self._complain(str(error))
            self.show(self.settings)
            return
        if wanted != self.settings:
            self.settings = wanted
            self._show_relevant()
            self._changed(wanted)

    def _show_relevant(self) -> None:
        places = {self.main: [], self.details: []}
        for name, knob in self.settings.knobs().items():
            if self.settings.matters(name) and (self._details_open or not knob.advanced):
                places[self.details if knob.advanced else self.main].append(self.widgets[name])
        for place, made in places.items():
            if place.objects != made:
                place.objects = made


def _settle(made) -> None:
    """Tells a slider that it was released where it is, or a reader's second move to the place of
    the first would be silent."""
    if "value_throttled" in made.param:
        discrete = isinstance(made, pmui.DiscreteSlider)
        with param.edit_constant(made):
            made.value_throttled = made.values.index(made.value) if discrete else made.value
