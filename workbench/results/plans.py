"""Plans of a lesson in 20, 50 and 90 minutes, made of what a chapter has.

Minutes are made of what was counted and measured: words read at 150 a minute, a minute of thought
before each answer, and CPU seconds of runs. Only talking cannot be measured: it is TALKING minutes
for each task, at the beginning and at the end.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workbench.core.chapter import Chapter
from workbench.core.lesson import Task
from workbench.results.attempts import make_id
from workbench.results.kept import (
    ATTEMPTS,
    MINUTES_TO_THINK,
    WORDS_A_MINUTE,
    kept,
    minutes,
    reading,
)
from workbench.results.rubric import read_rubric

LENGTHS = (20, 50, 90)  # minutes
TALKING = 2  # minutes: show of hands, why, where it fails
ASKING = 50  # a lesson at least as long as this has all questions of the rubric
NOTEBOOKS = Path(__file__).parent / "notebooks.json"  # by notebooks/build.py


@dataclass(frozen=True)
class Step:
    """A part of a lesson: its minutes, what is done, and the task that it is, if it is one."""

    minutes: int
    text: str
    task: Task | None = None


def plan(chapter: Chapter, length: int) -> list[Step]:
    """A lesson of at most so many minutes: opening, tasks in their order, and how it ends."""
    first, last = opening(chapter), closing(chapter)
    left = length - first.minutes - last.minutes
    further = [*asking(chapter), *notebook(chapter)] if length >= ASKING else []
    tasks = [task_step(chapter, task) for task in chapter.teaching.tasks]
    steps = [first]
    for step in (*tasks, *further):
        if step.minutes <= left:
            steps.append(step)
            left -= step.minutes
    steps.append(last)
    if left > TALKING:
        steps.append(Step(left, f"left: {free_time(chapter)}"))
    return steps


def opening(chapter: Chapter) -> Step:
    """The question with its explanation, and a first run."""
    seconds = max((each.seconds for each in kept(chapter.name).tasks.values()), default=0.0)
    time = reading(chapter.doc, chapter.teaching.lead) + seconds / 60 + TALKING
    return Step(whole(time), "the question, the diagram, the default run of everybody")


def task_step(chapter: Chapter, task: Task) -> Step:
    """A task, and the talk about it."""
    time = minutes(task, kept(chapter.name).values(task.id)) + TALKING
    return Step(time, f"`{make_id(chapter, task)}`, {task.title}", task)


def asking(chapter: Chapter) -> list[Step]:
    """The questions of the chapter's rubric, if it has one."""
    questions = read_rubric(chapter).questions
    time = sum(reading(each.text, each.good, each.half) + MINUTES_TO_THINK for each in questions)
    return [Step(whole(time), "three questions to a good answer (below)")] if questions else []


def notebook(chapter: Chapter) -> list[Step]:
    """The chapter's notebook as long as it took where it was built, and then its exercises."""
    for name, counted in notebooks().items():
        if int(name[:2]) == chapter.number:
            time = counted["words"] / WORDS_A_MINUTE + counted["seconds"] / 60
            time += MINUTES_TO_THINK * counted["predictions"]
            tries = counted["exercises"] * (ATTEMPTS * MINUTES_TO_THINK + TALKING)
            read = Step(whole(time), f"the notebook `{name}` without its exercises")
            return [read, Step(whole(tries), "the exercises of the notebook")]
    return []


def closing(chapter: Chapter) -> Step:
    """The question to end with."""
    time = reading(chapter.teaching.reflection) + MINUTES_TO_THINK + TALKING
    return Step(whole(time), "what was surprising; the question to end with")


@cache
def notebooks() -> dict[str, dict[str, int]]:
    """Words, predictions, exercises and CPU seconds of each notebook, from when it was built."""
    return json.loads(NOTEBOOKS.read_text(encoding="utf-8"))


def free_time(chapter: Chapter) -> str:
    """What to do with minutes that are left."""
    labs = "a lab, " if any(chapter.folder.glob("*_lab.py")) else ""
    return f"free play, {labs}*Test it* on a claim, a sweep of another knob"


def whole(time: float) -> int:
    """At least one minute."""
    return max(1, round(time))


def write_plan(chapter: Chapter, length: int) -> Iterator[str]:
    """A lesson of so many minutes, a line a step."""
    yield f"## In {length} minutes"
    yield ""
    for step in plan(chapter, length):
        yield f"- {step.minutes} min: {step.text}"


def baking(chapter: Chapter) -> str | None:
    """The command that trains all values of the main knob's slider for every page."""
    lesson = chapter.teaching
    if lesson.knob not in chapter.Settings.knobs() or not lesson.values:
        return None
    values = ",".join(map(str, lesson.values))
    return f"workbench bake {chapter.name} --over {lesson.knob}={values} --seeds 5"
