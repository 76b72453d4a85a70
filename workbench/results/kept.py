"""What a lesson shows before anything is trained here: numbers and pictures kept in the package.

`chapters/NAME/kept/numbers.json` holds numbers of five seeds, `kept/pictures.run` the last frame of
seed 0 with the pictures that the lesson shows. `workbench bake --tasks NAME` writes both.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from workbench.chapters import find
from workbench.core.frames import Frame
from workbench.core.lesson import Pick, Task
from workbench.core.settings import Settings
from workbench.running.packing import unpack

FOLDER, NUMBERS, PICTURES = "kept", "numbers.json", "pictures.run"
WORDS_A_MINUTE = 150
MINUTES_TO_THINK = 1  # before a prediction, and before each attempt at a goal
ATTEMPTS = 3  # that a goal takes, each of five seeds

Row = tuple[float, ...]  # a number of each of five seeds


@dataclass(frozen=True)
class Measured:
    """A task's number: of five seeds at its preset, at `before`, and at each place of its curve.

    seconds: of CPU that one run of the preset has taken where it was measured.
    """

    values: Row
    before: Row = ()
    curve: tuple[Row, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Track:
    """Numbers over the values of a lesson's knob: for each value those of five seeds."""

    knob: str
    values: tuple[Any, ...]
    numbers: Mapping[str, tuple[Row, ...]]


@dataclass(frozen=True)
class Kept:
    """What is kept for one chapter; everything is empty where nothing is."""

    folder: Path
    track: Track | None = None
    tasks: Mapping[str, Measured] = field(default_factory=dict)
    states: tuple[Settings, ...] = ()  # of which a frame is kept, in the order of the frames

    def values(self, task_id: str) -> Measured | None:
        """The numbers of the task with this id, such as "beta-vae/silent"."""
        return self.tasks.get(task_id.rpartition("/")[2])

    def frame(self, settings: Settings) -> Frame | None:
        """The last frame of the run with these settings, with the lesson's pictures only."""
        if settings not in self.states:
            return None
        return self._frames[self.states.index(settings)]

    @cached_property
    def _frames(self) -> list[Frame]:
        return unpack((self.folder / PICTURES).read_bytes())


@cache
def kept(name: str) -> Kept:
    """What is kept for chapter `name`. Raises SettingsError for an unknown chapter."""
    return read(name, find(name).folder / FOLDER)


def read(name: str, folder: Path) -> Kept:
    """What this folder holds for chapter `name`."""
    if not (folder / NUMBERS).exists():
        return Kept(folder)
    settings = find(name).Settings
    numbers = json.loads((folder / NUMBERS).read_text(encoding="utf-8"))
    return Kept(
        folder,
        _track(numbers["track"]) if numbers["track"] else None,
        {task: _measured(values) for task, values in numbers["tasks"].items()},
        tuple(settings(**knobs) for knobs in numbers["pictures"]),
    )


def _track(plain: Mapping[str, Any]) -> Track:
    rows = {name: tuple(map(tuple, each)) for name, each in plain["numbers"].items()}
    return Track(plain["knob"], tuple(plain["values"]), rows)


def _measured(plain: Mapping[str, Any]) -> Measured:
    curve = tuple(map(tuple, plain["curve"]))
    return Measured(tuple(plain["values"]), tuple(plain["before"]), curve, plain["seconds"])


def minutes(task: Task, measured: Measured | None) -> int:
    """How many minutes a task takes a reader, at least one.

    The sum of the time to read its words at 150 a minute, a minute to think before the prediction
    and before each of three attempts at a goal, and the CPU seconds of its runs, as they were
    measured when it was baked: one run to look at, and five seeds for an attempt.
    """
    texts = [task.know, task.ask, task.why, task.fails]
    texts += [text for reason in task.reasons for text in (reason.text, reason.answer)]
    if isinstance(task.predict, Pick):
        texts += [text for each in task.predict.outcomes for text in (each.text, each.explanation)]
    attempts = ATTEMPTS if task.goal else 0
    waiting = (1 + 5 * attempts) * (measured.seconds if measured else 0.0) / 60
    thinking = MINUTES_TO_THINK * ((task.predict is not None) + attempts)
    return max(1, round(reading(*texts) + waiting + thinking))


def reading(*texts: str) -> float:
    """How many minutes it takes to read these texts, at 150 words a minute."""
    return sum(len(text.split()) for text in texts) / WORDS_A_MINUTE
