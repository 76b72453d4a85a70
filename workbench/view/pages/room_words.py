"""What the instructor's page says of the room and of the machine, in words."""

import statistics

import numpy as np
import panel as pn
import psutil

from workbench.chapters import find
from workbench.classroom.room import classroom
from workbench.core.settings import Settings
from workbench.results.plan import in_words
from workbench.view.page.session import served


def short_title(name: str) -> str:
    """A chapter's title as the page's head has it."""
    return find(name).title.partition(":")[0]


def changed_knobs(settings: Settings) -> str:
    """The knobs that are not as they are at first, in words."""
    first, knobs = type(settings)().values_by_name(), settings.knobs()
    values = settings.values_by_name().items()
    changed = [
        f"{knobs[k].label} {in_words(knobs[k], value)}" for k, value in values if value != first[k]
    ]
    return ", ".join(changed) or "default settings"


def pages_reached(in_chapter: int, in_others: int) -> str:
    """How many pages show it now, and how many have a link to it."""
    sentence = f"Shown to {in_chapter} page{'s' * (in_chapter != 1)}"
    if in_others:
        sentence += f"; {in_others} on other chapters ha{'s' if in_others == 1 else 've'} a link"
    return sentence


def is_number(value) -> bool:
    """Whether the value can be drawn."""
    return isinstance(value, int | float) and np.isfinite(value)


def usual_and_longest(took: list[float]) -> tuple[float | str, float | str]:
    """The median and the longest of these seconds."""
    return (round(statistics.median(took), 1), round(max(took), 1)) if took else ("", "")


def places_taken() -> tuple[tuple[str, str], ...]:
    """How many pages are open, of those that the room has places for. Home takes none."""
    if not served():
        return ()
    pages = len(pn.state.curdoc.session_context.server_context.sessions)
    return (("pages of chapters and instructors", f"{pages} of {classroom().places} places"),)


def memory_in_words() -> str:
    """What this process holds now."""
    return f"{psutil.Process().memory_info().rss / 2**20:.0f} MB"
