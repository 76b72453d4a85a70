"""Makes what a chapter keeps for its lesson: trains its tasks and its track, and writes them down.

workbench bake --tasks beta-vae
"""

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.lesson import Curve, Knobs, Lesson, Task
from workbench.core.settings import Settings
from workbench.results import kept_attempts
from workbench.results.attempts import Runs, seeds_of, train_here, train_task
from workbench.results.kept import FOLDER, NUMBERS, PICTURES, Measured
from workbench.running.packing import pack
from workbench.running.store import Store, open_store

MOST_BYTES = 2**20  # of a chapter's two files together
DIGITS = 4  # of a number that is kept

Tell = Callable[[str], None]


class Trainer:
    """Trains each state of a lesson once: five seeds, from the user's store where they are kept.

    seconds: of CPU that the run of seed 0 took, by its settings, if it was trained here and alone.
    """

    def __init__(self, chapter: Chapter, tell: Tell = lambda _: None, store: Store | None = None):
        self.chapter = chapter
        self.tell = tell
        self.store = store
        self.seconds: dict[Settings, float] = {}
        self._frames: dict[Settings, Sequence[Frame]] = {}

    def train(self, chapter: Chapter, runs: Sequence[Settings]) -> Runs:
        """The frames of these runs."""
        missing = [run for run in runs if run not in self._frames]
        for run in missing:
            stored = self.store.get(chapter.name, run) if self.store is not None else None
            if stored is not None:
                self._frames[run] = stored
        missing = [run for run in missing if run not in self._frames]
        if missing:
            self.tell(f"{len(missing)} runs: {self._changed(missing[0])}")
            self._train(missing)
        return [self._frames[run] for run in runs]

    def time(self, run: Settings) -> float:
        """CPU seconds that this run takes alone."""
        if run not in self.seconds:
            begun = time.process_time()
            self._train([run])
            self.seconds[run] = time.process_time() - begun
        return self.seconds[run]

    def _train(self, missing: Sequence[Settings]) -> None:
        for run, frames in zip(missing, train_here(self.chapter, missing), strict=True):
            self._frames[run] = frames
            if self.store is not None:
                self.store.put(self.chapter.name, run, frames)

    def _changed(self, run: Settings) -> str:
        start = self.chapter.Settings().values_by_name()
        changed = {k: v for k, v in run.values_by_name().items() if v != start[k] and k != "seed"}
        return ", ".join(f"{knob} {value}" for knob, value in changed.items()) or "as it comes"


def bake(chapter: Chapter, tell: Tell = lambda _: None, folder: Path | None = None) -> int:
    """Trains what the chapter's lesson needs and writes its files into `folder`, or beside its
    tasks. Returns their bytes. Raises ValueError if they are too many.
    """
    lesson, folder = chapter.teaching, folder or chapter.folder / FOLDER
    trainer = Trainer(chapter, tell, open_store("cpu"))
    warm_up(chapter)
    states = states_shown(chapter)
    tasks = {}
    for task in lesson.tasks:
        tell(f"{chapter.name}/{task.id}")
        seconds = trainer.time(seeds_of(chapter, task.preset)[0])
        measured = replace(train_task(task, chapter, trainer.train), seconds=seconds)
        tasks[task.id] = asked(task) | _plain(measured)
    numbers = {
        "command": f"workbench bake --tasks {chapter.name}",
        "track": track(chapter, trainer),
        "tasks": tasks,
        "pictures": [dict(knobs) for knobs in states],
    }
    seeds = [trainer.train(chapter, seeds_of(chapter, knobs)[:1])[0] for knobs in states]
    frames = [shown(chapter, frames) for frames in seeds]
    written = {NUMBERS: write_plainly(numbers).encode(), PICTURES: pack(frames)}
    tried = kept_attempts.measure(chapter, trainer.train)
    written[kept_attempts.FILE] = write_plainly(tried).encode()
    if (size := sum(map(len, written.values()))) > MOST_BYTES:
        raise ValueError(
            f"{chapter.name} would keep {size} bytes, and {MOST_BYTES} are the most: cover fewer "
            "pictures, or give the track fewer values."
        )
    folder.mkdir(exist_ok=True)
    for name, content in written.items():
        (folder / name).write_bytes(content)
    return size


def warm_up(chapter: Chapter) -> None:
    """Loads what trains, so that the first run to be timed does not pay for it."""
    from workbench.running.worker import frames

    next(frames(chapter.name, [chapter.Settings()], "cpu"))


def track(chapter: Chapter, trainer: Trainer) -> dict[str, Any] | None:
    """The numbers over the values of the lesson's knob, five seeds each; None without a knob."""
    lesson = chapter.teaching
    if not lesson.knob:
        return None
    ends = [
        [frames[-1].scalars for frames in trainer.train(chapter, seeds_of(chapter, state))]
        for state in ({lesson.knob: value} for value in lesson.values)
    ]
    rows = {
        name: [[_short(end[name]) for end in seeds] for seeds in ends]
        for name in tracked(lesson)
        if all(name in end for seeds in ends for end in seeds)
    }
    return {"knob": lesson.knob, "values": list(lesson.values), "numbers": rows}


def tracked(lesson: Lesson) -> list[str]:
    """The numbers that the page shows while a reader drags: track, head and diagram."""
    diagram = re.findall(r"\{(\w+)\}", " ".join(lesson.diagram))
    return list(dict.fromkeys([lesson.track, *lesson.numbers, *diagram]))


def asked(task: Task) -> dict[str, Any]:
    """What decides a task's numbers: if it has changed, they must be baked anew."""
    drawn = task.predict
    curve = [drawn.knob, *drawn.at] if isinstance(drawn, Curve) else []
    return {"preset": dict(task.preset), "start": dict(task.before or {}), "at": curve}


def shown(chapter: Chapter, frames: Sequence[Frame]) -> Frame:
    """The last frame of a run with the pictures of the lesson only, its traces among them."""
    lesson, last = chapter.teaching, frames[-1]
    covered = [name for task in lesson.tasks for name in task.covered]
    traces = {trace.title: trace for trace in chapter.traces}
    pictures: dict[str, Any] = {}
    for name in dict.fromkeys([lesson.main, *lesson.beside, *covered]):
        if name in last.pictures:
            pictures[name] = last.pictures[name]
        elif name in traces and traces[name].shows(frames):
            pictures[name] = traces[name].curves(frames)
    return Frame(last.step, last.steps, last.scalars, _small(pictures), last.note)


def write_plainly(numbers: Mapping[str, Any]) -> str:
    """The numbers as JSON that people read: a line for each list of numbers."""
    text = json.dumps(numbers, indent=1, ensure_ascii=False)
    flat = re.compile(r"([\[{])\s+([^\[\]{}]*?)\s+([\]}])")
    return flat.sub(lambda m: m[1] + " ".join(m[2].split()) + m[3], text) + "\n"


def states_shown(chapter: Chapter) -> list[Knobs]:
    """The knobs of all states that a frame is kept of, each once."""
    states = [*_states(chapter.teaching), *_choices(chapter)]
    return list({chapter.Settings(**knobs): knobs for knobs in states}.values())


def _choices(chapter: Chapter) -> Iterable[Knobs]:
    """Every choice of the menus beside the lesson's knob, whose pictures a page shows at once."""
    knobs = chapter.Settings.knobs()
    for name in chapter.teaching.front:
        yield from ({name: choice} for choice in knobs[name].choices)


def _states(lesson: Lesson) -> Iterable[Knobs]:
    """The knobs of the values of the track, and of what the tasks start from."""
    if lesson.knob:
        yield from ({lesson.knob: value} for value in lesson.values)
    for task in lesson.tasks:
        yield task.preset
        if task.before is not None:
            yield task.before


def _plain(measured: Measured) -> dict[str, Any]:
    return {
        "values": _row(measured.values),
        "before": _row(measured.before),
        "curve": [_row(row) for row in measured.curve],
        "seconds": round(measured.seconds, 1),
    }


def _row(values: Sequence[float]) -> list[float]:
    return [_short(value) for value in values]


def _short(value: float) -> float:
    """The number with so many digits as a page may show; whole numbers without a point."""
    rounded = float(f"{value:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() else rounded


def _small(value: Any) -> Any:
    """The value with numbers of half the size, which nobody tells apart in a picture."""
    if isinstance(value, np.ndarray):
        return value.astype(np.float32) if value.dtype == np.float64 else value
    if is_dataclass(value) and not isinstance(value, type):
        inside = {f.name: _small(getattr(value, f.name)) for f in fields(value)}
        return type(value)(**inside)
    if isinstance(value, dict):
        return {name: _small(inner) for name, inner in value.items()}
    return tuple(map(_small, value)) if isinstance(value, tuple) else value
