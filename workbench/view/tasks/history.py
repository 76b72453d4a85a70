"""The settings that a reader has settled on: what the page keeps of them, and the way back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.view.tasks.mailbox import Refused

if TYPE_CHECKING:
    from workbench.view.tasks.card import TaskCard

KIND = "ran"  # of the messages to the page
LONGEST = 3000  # letters of an address


class History:
    """Tells the page of each run that has come to its end, with what has changed since the last."""

    def __init__(self, card: "TaskCard"):
        self.card = card
        self._last: Settings | None = None

    def note(self, frames: Sequence[Frame]) -> None:
        """Tells the page of the board's run; `frames` are all that it has."""
        board = self.card.board
        run = board.run
        if run is None or run.status != "done" or run.settings == self._last:
            return
        covered = self.card.covers_numbers(run.settings)
        ran = {
            "query": run.settings.to_query(),
            "changed": changed(self._last, run.settings),
            "numbers": [] if covered else _numbers(self.card, frames[-1]),
        }
        self._last = run.settings
        board.wire.show(KIND, ran)


def changed(before: Settings | None, after: Settings) -> str:
    """The knobs that have been moved, in words: "Beta 1 → 4"."""
    if before is None:
        return "as the page opened"
    knobs = after.knobs()
    moves = [
        f"{knobs[name].label} {_write(knobs[name], value)} → {_write(knobs[name], now)}"
        for name, value in before.values_by_name().items()
        if (now := getattr(after, name)) != value
    ]
    return ", ".join(moves)


def _write(knob, value: Any) -> str:
    if knob.kind == "text":
        return "own text" if value else "the chapter's"
    return str(value) if knob.kind in ("choice", "data", "switch") else knob.reads(value)


def _numbers(card: "TaskCard", frame: Frame) -> list[list[str]]:
    """The end's numbers as the page's head has them: name and text."""
    chapter = card.chapter
    names = [name for name in chapter.teaching.numbers if name in frame.scalars]
    return [[q.label, q.write(frame.scalars[name])] for name in names if (q := chapter.quantity(name))]


def go(card: "TaskCard", query: object) -> None:
    """Goes back to settings by their address, with the task that was open there. Raises Refused."""
    if not isinstance(query, str) or len(query) > LONGEST:
        raise Refused("This address could not be read.")
    knobs = dict(parse_qsl(query.lstrip("?")))
    if knobs.pop("chapter", card.chapter.name) != card.chapter.name:
        raise Refused("This address is of another chapter.")
    knobs.pop("theme", None)
    wanted = knobs.pop("task", "")
    settings, notes = card.chapter.Settings.from_query(knobs)
    if notes:
        raise Refused(notes[0])
    tasks = {task.id: task for task in card.chapter.teaching.tasks}
    opened = card.open_task.task.id if card.open_task else ""
    if wanted in tasks and wanted != opened:
        card.start(tasks[wanted], settings)
        return
    if not wanted and opened:
        card.leave_task()
    card.board.set_knobs(settings)
