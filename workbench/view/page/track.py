"""The slider of a lesson's main knob, for pages/track.html: a drag looks up, letting go trains."""

from typing import Any

from workbench.core.chapter import Chapter
from workbench.results import stills
from workbench.results.slider_scale import scale_of


def docked_knob(chapter: Chapter) -> str:
    """The knob that stands below the main picture, or ""."""
    knob = chapter.Settings.knobs().get(chapter.teaching.knob)
    return knob.name if knob is not None and scale_of(knob) else ""


def track_of(chapter: Chapter, dark: bool) -> dict[str, Any] | None:
    """What the slider needs; None for a chapter whose lesson has no knob in front.

    file: the address of what is kept, or "". The other entries are the slider's scale: stops with
    their texts, or numbers from low to high.
    """
    name, scale = docked_knob(chapter), None
    if name:
        knob = chapter.Settings.knobs()[name]
        scale = scale_of(knob)
    if scale is None:
        return None
    theme = "dark" if dark else "light"
    file = f"kept/{chapter.name}.{theme}.json?v={stills.version(chapter.name)}"
    return {
        "file": file if stills.has_track(chapter) else "",
        "knob": name,
        "label": knob.label,
        "doc": knob.doc,
    } | scale._asdict()
