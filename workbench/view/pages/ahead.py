"""What a chapter's page shows of its knobs before their widgets are there, as plain HTML."""

from typing import NamedTuple

from workbench.core.settings import Knob
from workbench.view.page.controls import Controls

# the other kinds are sliders
LOOKS = {"choice": "menu", "data": "menu", "switch": "switch", "text": "editor"}


class KnobAhead(NamedTuple):
    """A knob as text in the place that its widget will take."""

    look: str
    label: str
    value: str


def knobs_ahead(controls: Controls) -> list[KnobAhead]:
    """The knobs that matter now, with their values."""
    knobs, settings = controls.settings.knobs(), controls.settings
    shown = [name for name, knob in knobs.items() if settings.matters(name) and not knob.advanced]
    return [
        KnobAhead(
            LOOKS.get(knobs[name].kind, "slider"),
            knobs[name].label,
            _text(knobs[name], controls.widgets[name], getattr(settings, name)),
        )
        for name in shown
    ]


def _text(knob: Knob, widget, value) -> str:
    if knob.kind == "switch":
        return ""
    if knob.kind == "text":
        return widget.value
    if knob.kind == "data":
        return next(title for title, name in widget.options.items() if name == value)
    if knob.kind == "number" and not knob.stops:
        return f"{value:.2f}"  # as the slider writes it
    return value if knob.kind == "choice" else knob.reads(value)
