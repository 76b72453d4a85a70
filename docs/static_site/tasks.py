"""A task as a page without a server plays it: the card at first, and what has its time later."""

import base64
import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any

from static_site.links import site_links
from workbench.core.chapter import Chapter
from workbench.core.lesson import Curve, Direction, Pick, Range, Task
from workbench.core.settings import Settings
from workbench.results import kept_attempts
from workbench.results.attempts import judge_prediction
from workbench.results.kept import Measured, kept
from workbench.results.sentences import quantity_of, spread
from workbench.view.page import prose
from workbench.view.tasks.open_task import OpenTask, view

StateNumber = Callable[[Settings], int | None]


def pack(plain: Any) -> str:
    """Plain values as letters that nobody reads by accident; lesson_site.js unpacks them."""
    text = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def at_first(chapter: Chapter, task: Task, number: StateNumber) -> dict[str, Any]:
    """What a page may show of a task before it is answered. number: of a kept state."""
    card = view(_opened(chapter, task, "predict" if task.predict is not None else "try"))
    card["goal"] = None
    trials = kept_attempts.trials(chapter, task)
    if task.goal is not None:
        stage = view(_opened(chapter, task, "reveal" if task.predict is not None else "try"))
        labels = [_label(chapter, task, trial.knobs) for trial in _shuffled(trials)]
        card["goal"] = stage["goal"] | {"hints_left": len(task.goal.hints), "trials": labels}
    before = None if task.before is None else number(chapter.Settings(**task.before))
    return {
        "id": task.id,
        "card": site_links(card),
        "preset": number(chapter.Settings(**task.preset)),
        "before": before,
    }


def afterwards(chapter: Chapter, task: Task, number: StateNumber) -> dict[str, Any]:
    """What a page shows once the task has been answered, or solved, or given up."""
    plain: dict[str, Any] = {"why": prose.html(task.why), "fails": prose.html(task.fails)}
    if task.predict is not None:
        plain |= {"reveal": view(_opened(chapter, task, "reveal"))["reveal"]}
        plain |= {"judged": _judged(chapter, task, _measured(chapter, task))}
    if task.goal is not None:
        opened = _opened(chapter, task, "try")
        opened.gave_up = True
        plain["hints"] = [prose.html(hint) for hint in task.goal.hints]
        plain["solution"] = view(opened)["goal"]["solution"]
        trials = _shuffled(kept_attempts.trials(chapter, task))
        plain["trials"] = [_tried(chapter, task, trial, number) for trial in trials]
    return site_links(plain)


def _opened(chapter: Chapter, task: Task, stage: str) -> OpenTask:
    """The task as it stands on a server's page at this stage, with the numbers that are kept."""
    opened, measured = OpenTask(chapter, task, stage), kept(chapter.name).values(task.id)
    if measured is not None:
        opened.before = measured.before
        if stage == "reveal":
            opened.measured, opened.values = measured, measured.values
    return opened


def _measured(chapter: Chapter, task: Task) -> Measured:
    measured = kept(chapter.name).values(task.id)
    if measured is None:
        raise ValueError(f"Nothing is kept for {chapter.name}/{task.id}: bake its tasks first.")
    return measured


def _judged(chapter: Chapter, task: Task, measured: Measured) -> dict[str, Any]:
    """What judge.js needs: all verdicts where answers are few, else the parts of its sentences."""
    quantity, asked = quantity_of(chapter, task), task.predict
    match asked:
        case Direction():
            answers: Mapping[Any, Any] = {d: {"direction": d} for d in ("up", "same", "down")}
        case Pick(outcomes=outcomes):
            answers = {i: {"choice": i} for i in range(len(outcomes))}
        case Range() | Curve():
            words = spread(quantity, measured.values)
            return {"tolerance": asked.tolerance, "unit": quantity.unit, "spread": words}
    verdicts = {key: judge_prediction(chapter, task, a, measured) for key, a in answers.items()}
    return {"answers": {key: verdict._asdict() for key, verdict in verdicts.items()}}


def _shuffled(trials: list[kept_attempts.Trial]) -> list[kept_attempts.Trial]:
    """Where the trials come in an order that tells nothing: by their knobs."""
    return sorted(trials, key=lambda trial: [str(value) for value in sorted_values(trial.knobs)])


def sorted_values(knobs: Mapping[str, Any]) -> list[Any]:
    return [f"{v:012.4f}" if isinstance(v, int | float) else v for _, v in sorted(knobs.items())]


def _label(chapter: Chapter, task: Task, knobs: Mapping[str, Any]) -> str:
    """The knobs of the goal in words."""
    assert task.goal is not None
    settings, known = chapter.Settings(**{**task.preset, **knobs}), chapter.Settings.knobs()
    values = [(known[name], getattr(settings, name)) for name in task.goal.knobs]
    return ", ".join(f"{knob.label} {knob.reads(value)}" for knob, value in values)


def _tried(
    chapter: Chapter, task: Task, trial: kept_attempts.Trial, number: StateNumber
) -> dict[str, Any]:
    attempt = kept_attempts.judge(chapter, task, trial)
    settings = chapter.Settings(**{**task.preset, **trial.knobs})
    return {
        "passed": attempt.passed,
        "sentence": attempt.sentence,
        "failing": list(attempt.failing),
        "settings": settings.to_query(),
        "state": number(settings),
    }
