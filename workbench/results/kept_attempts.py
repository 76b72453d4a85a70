"""Attempts at a goal whose five seeds are kept: where nothing can be trained, a reader chooses one.

`chapters/NAME/kept/attempts.json` holds, for each task with a goal, the numbers that its bounds
speak of, for the settings it starts from, its solution and its near misses. `workbench bake --tasks
NAME` writes it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.lesson import SEEDS, Goal, Knobs, Task
from workbench.results.attempts import Attempt, Train, judge_attempt, seeds_of
from workbench.results.kept import FOLDER, Track, kept

FILE = "attempts.json"
DIGITS = 6  # of a number: more than a bound has


class Trial(NamedTuple):
    """Knobs that a reader may try, beside the task's own, and the last numbers of five seeds."""

    knobs: Knobs
    ends: tuple[Mapping[str, float], ...]


def measure(chapter: Chapter, train: Train) -> dict[str, Any]:
    """The numbers of all trials of the chapter's goals, as the file has them."""
    return {
        task.id: [
            {"knobs": dict(knobs), "ends": _ends(chapter, task, knobs, train)}
            for knobs in ({}, task.goal.solution, *task.goal.near_misses)
        ]
        for task in chapter.teaching.tasks
        if task.goal is not None
    }


def _ends(chapter: Chapter, task: Task, knobs: Knobs, train: Train) -> list[dict[str, float]]:
    assert task.goal is not None
    numbers = [bound.number for bound in task.goal.bounds]
    runs = train(chapter, seeds_of(chapter, {**task.preset, **knobs}))
    ends = [frames[-1].scalars for frames in runs]
    return [{n: float(f"{end[n]:.{DIGITS}g}") for n in numbers if n in end} for end in ends]


def trials(chapter: Chapter, task: Task) -> list[Trial]:
    """What is kept for this task: all values of the track where it moves that knob alone."""
    if task.goal is None:
        return []
    on_track = _on_track(chapter, task, task.goal)
    if on_track:
        return on_track
    path = chapter.folder / FOLDER / FILE
    if not path.exists():
        return []
    entries = json.loads(path.read_text(encoding="utf-8")).get(task.id, [])
    return [Trial(entry["knobs"], tuple(entry["ends"])) for entry in entries]


def _on_track(chapter: Chapter, task: Task, goal: Goal) -> list[Trial]:
    track, settings = kept(chapter.name).track, chapter.Settings
    if track is None or goal.knobs != (track.knob,):
        return []
    if settings(**task.preset).replace(**{track.knob: track.values[0]}) != settings(
        **{track.knob: track.values[0]}
    ):
        return []
    names = [bound.number for bound in goal.bounds]
    if not set(names) <= set(track.numbers):
        return []
    return [
        Trial({track.knob: value}, tuple(_at(track, names, place, seed) for seed in SEEDS))
        for place, value in enumerate(track.values)
    ]


def _at(track: Track, names: Sequence[str], place: int, seed: int) -> dict[str, float]:
    """The numbers of this seed at this place of the track."""
    return {name: track.numbers[name][place][seed] for name in names}


def judge(chapter: Chapter, task: Task, trial: Trial) -> Attempt:
    """What becomes of this trial."""
    runs = [[Frame(1, 1, dict(end))] for end in trial.ends]
    settings = seeds_of(chapter, {**task.preset, **trial.knobs})[0]
    return judge_attempt(chapter, task, settings, runs)
