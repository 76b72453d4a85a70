"""A task that a reader has opened: how far they are, and what may be told at this stage.

`view` is the only place that decides what goes to a page. Answers, reasons' answers, hints, the
solution and the explanation are not in it before their time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.chapter import Chapter
from workbench.core.lesson import Curve, Direction, Pick, Range, Task
from workbench.core.quantity import COUNT, PERCENT, Quantity, write_alike
from workbench.core.score import Verdict, outcome
from workbench.core.settings import Settings
from workbench.results.attempts import Attempt, make_id
from workbench.results.kept import Measured
from workbench.results.sentences import quantity_of, usual
from workbench.view.page import prose

UNKNOWN = "…"  # stands for a number that is being measured


@dataclass
class OpenTask:
    """The state of one task on one page.

    stage: "predict" until the reader has committed or skipped, then "reveal"; a task that asks for
    no prediction is at "try" from the start. given, reason: the reader's answer; none after a skip.
    values: of the seeds that have been measured so far. measured: all that the verdict needs.
    """

    chapter: Chapter
    task: Task
    stage: str
    given: Mapping[str, Any] | None = None
    reason: int | None = None
    before: Sequence[float] = ()
    values: Sequence[float] = ()
    measured: Measured | None = None
    verdict: Verdict | None = None
    trouble: str = ""
    checking: Settings | None = None  # the settings of an attempt whose runs train
    ended: int = 0  # of these runs
    tried: Settings | None = None  # the settings of the last attempt
    attempt: Attempt | None = None
    attempts: int = 0
    hints: int = 0  # that the reader has asked for
    solved: bool = False
    gave_up: bool = False  # and is shown the solution

    @property
    def id(self) -> str:
        return make_id(self.chapter, self.task)

    @property
    def preset(self) -> Settings:
        return self.chapter.Settings(**self.task.preset)

    @property
    def known(self) -> Settings | None:
        """The settings whose numbers the reader may see before the answer."""
        before = self.task.before
        return None if before is None else self.chapter.Settings(**before)

    @property
    def explained(self) -> bool:
        """Whether it is time for the explanation."""
        if self.task.predict is not None:
            return self.stage == "reveal" and (self.measured is not None or bool(self.trouble))
        return self.solved or self.gave_up


def view(task: OpenTask) -> dict[str, Any]:
    """All that the page may know of the task now, as plain values."""
    covers = task.stage == "predict"
    return {
        "id": task.id,
        "title": task.task.title,
        "stage": task.stage,
        "know": prose.html(task.task.know, task.chapter.name),
        "ask": prose.html(_question(task)),
        "input": _input(task),
        "reasons": [prose.html(each.text) for each in task.task.reasons],
        "covered": list(task.task.covered) if covers else [],
        "reveal": None if task.stage != "reveal" else _reveal(task),
        "goal": None if task.task.goal is None or covers else _goal(task),
        "why": prose.html(task.task.why) if task.explained else "",
        "fails": prose.html(task.task.fails) if task.explained else "",
    }


def _question(task: OpenTask) -> str:
    """The question with the number that the reader knows; str.format would read LaTeX's braces."""
    quantity = quantity_of(task.chapter, task.task)
    number = usual(quantity, task.before) if task.before else UNKNOWN
    return task.task.ask.replace("{before}", number)


def _input(task: OpenTask) -> dict[str, Any] | None:
    asked, quantity = task.task.predict, quantity_of(task.chapter, task.task)
    scale = _scale(quantity)
    match asked:
        case Range():
            return scale | dict(kind="range", low=asked.low, high=asked.high, step=asked.step)
        case Direction():
            return dict(kind="direction")
        case Pick():
            return dict(kind="pick", texts=[prose.html(each.text) for each in asked.outcomes])
        case Curve():
            knobs = task.chapter.Settings.knobs()
            over = knobs[asked.knob].label if asked.knob else "Step"
            place = dict(kind="curve", low=asked.low, high=asked.high, at=list(asked.at), over=over)
            return scale | place
    return None


def _scale(quantity: Quantity) -> dict[str, Any]:
    """What the number is called, and by what it is multiplied to be written in its unit."""
    shown = "" if quantity.unit == COUNT else quantity.unit
    return dict(label=quantity.label, unit=shown, factor=100 if quantity.unit == PERCENT else 1)


def _reveal(task: OpenTask) -> dict[str, Any]:
    """The reader's mark beside what the seeds measure, as far as it is known."""
    quantity = quantity_of(task.chapter, task.task)
    complete = task.measured is not None
    return _scale(quantity) | {
        "given": task.given,
        "chosen": task.reason,
        "values": list(task.values),
        "written": write_alike(task.values, quantity.unit),
        "before": list(task.before),
        "curve": [list(row) for row in task.measured.curve] if task.measured else [],
        "complete": complete,
        "verdict": task.verdict.sentence if task.verdict else "",
        "word": task.verdict.word if task.verdict else "",
        "trouble": task.trouble,
        "outcomes": _outcomes(task) if complete else [],
        "reasons": _reasons(task) if task.explained else [],
    }


def _outcomes(task: OpenTask) -> list[dict[str, Any]]:
    """The outcomes of a choice, which of them came out and why."""
    asked = task.task.predict
    if not isinstance(asked, Pick) or task.measured is None:
        return []
    came = outcome(asked, task.measured.values)
    return [
        dict(text=prose.html(each.text), answer=prose.html(each.explanation), right=i == came)
        for i, each in enumerate(asked.outcomes)
    ]


def _reasons(task: OpenTask) -> list[dict[str, Any]]:
    """The reasons with their answers; which of them is right."""
    return [
        dict(text=prose.html(each.text), answer=prose.html(each.answer), right=each.right)
        for each in task.task.reasons
    ]


def _goal(task: OpenTask) -> dict[str, Any]:
    goal, knobs = task.task.goal, task.chapter.Settings.knobs()
    assert goal is not None
    attempt = task.attempt
    return {
        "knobs": [[name, knobs[name].label] for name in goal.knobs],
        "checking": task.checking is not None,
        "ended": task.ended,
        "attempts": task.attempts,
        "passed": attempt.passed if attempt else None,
        "sentence": attempt.sentence if attempt else "",
        "failing": list(attempt.failing) if attempt else [],
        "settings": task.tried.to_query() if task.tried else "",
        "trouble": task.trouble if task.stage == "try" else "",
        "hints": [prose.html(hint) for hint in goal.hints[: task.hints]],
        "hints_left": len(goal.hints) - task.hints,
        "solved": task.solved,
        "solution": _solution(task) if task.solved or task.gave_up else "",
    }


def _solution(task: OpenTask) -> str:
    """The settings of the solution that differ from the preset, in words."""
    goal, knobs = task.task.goal, task.chapter.Settings.knobs()
    assert goal is not None
    values = [f"{knobs[name].label} {knobs[name].reads(v)}" for name, v in goal.solution.items()]
    return ", ".join(values)
