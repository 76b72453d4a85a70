"""The settings that a reader has settled on: what the page keeps of them, and the way back."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.running.run import Run
from workbench.view.page.wire import Wire
from workbench.view.tasks.mailbox import Refused

KIND = "ran"  # of the messages to the page
LONGEST = 3000  # letters of an address
NOT_KNOBS = ("chapter", "theme", "follow", "task", "embed")


class History:
    """Tells the page of each run that has come to its end, with what has changed since the last.

    `covered(settings)` says whether the numbers of a run may not be told yet.
    """

    def __init__(self, chapter: Chapter, wire: Wire, covered: Callable[[Settings], bool]):
        self.chapter = chapter
        self._wire = wire
        self._covered = covered
        self._last: Settings | None = None

    def note(self, run: Run) -> None:
        """Tells the page of this run, unless it was the last."""
        if run.status != "done" or run.settings == self._last:
            return
        before, self._last = self._last, run.settings
        ran = {
            "query": run.settings.to_query(),
            "changed": changed(before, run.settings),
            "numbers": [] if self._covered(run.settings) else self._numbers(run.frames),
        }
        self._wire.show(KIND, ran)

    def _numbers(self, frames: Sequence[Frame]) -> list[list[str]]:
        """The numbers of the page's head at the end: what each is called, and its text."""
        end = frames[-1].scalars
        names = [name for name in self.chapter.teaching.numbers if name in end]
        called = {name: self.chapter.quantity(name) for name in names}
        return [[quantity.label, quantity.write(end[name])] for name, quantity in called.items()]


def changed(before: Settings | None, after: Settings) -> str:
    """The knobs that have been moved, in words: "Beta 1 → 4"."""
    if before is None:
        return "as the page opened"
    moved = [
        name for name, value in before.values_by_name().items() if getattr(after, name) != value
    ]
    return ", ".join(f"{after.knobs()[name].label} {_move(name, before, after)}" for name in moved)


def _move(name: str, before: Settings, after: Settings) -> str:
    knob = after.knobs()[name]
    if knob.kind == "text":
        return "rewritten"
    values = getattr(before, name), getattr(after, name)
    return " → ".join(map(str if knob.kind == "data" else knob.reads, values))


def read_address(chapter: Chapter, query: object) -> tuple[Settings, str]:
    """The settings of an address of this chapter, and the task that was open. Raises Refused."""
    if not isinstance(query, str) or len(query) > LONGEST:
        raise Refused("This address could not be read.")
    given: dict[str, Any] = dict(parse_qsl(query.lstrip("?")))
    if given.get("chapter", chapter.name) != chapter.name:
        raise Refused("This address is of another chapter.")
    knobs = {name: value for name, value in given.items() if name not in NOT_KNOBS}
    settings, notes = chapter.Settings.from_query(knobs)
    if notes:
        raise Refused(notes[0])
    return settings, given.get("task", "")
