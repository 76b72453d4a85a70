"""The finished run of before, which stays in grey behind the run that is shown."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.pictures import Picture
from workbench.core.settings import Settings
from workbench.results.plan import in_words
from workbench.results.stills import kept_pictures
from workbench.running.run import Run
from workbench.view.page.gallery import pictures_of


class Before(NamedTuple):
    """What a picture is compared with: by its name, that of the run before and those for which its
    axes keep room. name: what a legend calls the run before, or ""."""

    name: str = ""
    pictures: Mapping[str, Picture] = MappingProxyType({})
    room: Mapping[str, Sequence[Picture]] = MappingProxyType({})


class Finished(NamedTuple):
    """What stays of a run that has come to its end: its last frame, and curves through all."""

    settings: Settings
    frame: Frame
    pictures: Mapping[str, Picture]


def finished(chapter: Chapter, run: Run | None) -> Finished | None:
    """The run, if it has come to its end."""
    if run is None or run.status != "done" or not run.frames:
        return None
    return Finished(run.settings, run.frames[-1], pictures_of(chapter, run.frames))


def name_before(run: Finished, settings: Settings) -> str:
    """What a legend calls the run before: "before: Beta 1". It names the knobs that differ; "" for
    a run of other data, or of the same settings, which is not to be compared."""
    changed = differing(run.settings, settings)
    if not changed or "data" in changed:
        return ""
    knobs = settings.knobs()
    words = [f"{knobs[name].label} {_text(knobs[name], value)}" for name, value in changed.items()]
    return "before: " + ", ".join(words)


def before(chapter: Chapter, run: Finished | None, settings: Settings) -> Before:
    """What a run of these settings is compared with."""
    name = name_before(run, settings) if run is not None else ""
    room = kept_pictures(chapter, settings)
    return Before(name, run.pictures if run is not None and name else {}, room)


def differing(before: Settings, after: Settings) -> dict[str, Any]:
    """The knobs that have an effect and another value than after, with their values before."""
    return {
        name: value
        for name, value in before.values_by_name().items()
        if value != getattr(after, name) and (before.matters(name) or after.matters(name))
    }


def _text(knob, value: Any) -> str:
    if knob.kind == "text":  # a reader's own, of any length
        return "as it was"
    return in_words(knob, value)
