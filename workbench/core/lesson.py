"""A lesson: what a reader predicts, tries and solves in a chapter, and what its page shows first.

Everything here is a value. Page, notebook, command line and class are made from it, and what is
right is never written here: runs over seeds say it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.core.frames import Frame
from workbench.core.quantity import Quantity

SEEDS = (0, 1, 2, 3, 4)  # that judge a prediction or an attempt
Knobs = Mapping[str, Any]  # values by the names of knobs; the others are as the chapter has them
Measure = Callable[[Sequence[Frame]], float]  # of a run's frames


@dataclass(frozen=True)
class Range:
    """The reader gives the lowest and the highest value that they expect of five seeds.

    low, high, step: of the scale they mark it on. tolerance: what counts as one deviation where the
    seeds agree better than that.
    """

    low: float
    high: float
    step: float
    tolerance: float


@dataclass(frozen=True)
class Direction:
    """The reader says whether the number rises, stays or falls from `Task.before` to the preset.

    A change of the mean by less than `same` is no change.
    """

    same: float


@dataclass(frozen=True)
class Outcome:
    """An answer to choose: it is right if the mean over seeds lies in [low, high)."""

    text: str
    explanation: str
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True)
class Pick:
    """The reader chooses one of two to four outcomes. Exactly one of them comes out."""

    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Curve:
    """The reader draws the number over these values of a knob, or over steps of training.

    knob: "" for steps. low, high: of the axis; tolerance: as in `Range`.
    """

    at: tuple[float, ...]
    low: float
    high: float
    tolerance: float
    knob: str = ""


Prediction = Range | Direction | Pick | Curve


@dataclass(frozen=True)
class Reason:
    """A "because ..." to choose, with a sentence that answers it. A task has one right reason."""

    text: str
    answer: str
    right: bool = False


@dataclass(frozen=True)
class Bound:
    """A number of the last frame that must lie in [low, high]."""

    number: str
    low: float = -math.inf
    high: float = math.inf

    def holds(self, scalars: Mapping[str, float]) -> bool:
        return self.low <= scalars.get(self.number, math.nan) <= self.high


@dataclass(frozen=True)
class Goal:
    """Something to find: knobs with which every bound holds, on at least `least` of five seeds.

    knobs: those that a reader may move, at most three. hints: where to look, which knob, which
    range; none contains the answer. solution: knobs that pass; near_misses: two that must not.
    """

    knobs: tuple[str, ...]
    bounds: tuple[Bound, ...]
    hints: tuple[str, str, str]
    solution: Knobs
    near_misses: tuple[Knobs, Knobs]
    least: int = 5


@dataclass(frozen=True)
class Task:
    """One question to answer before looking, or one goal to reach, or both in this order.

    know: at most 60 words and one formula, without the answer. ask: the question, with its preset
    in words. preset: the knobs that it starts from. measure: a number's name, or a function of the
    frames; then `quantity` says what it is called. before: the knobs of the state that the reader
    knows, whose number `ask` may show as {before}. covered: pictures that stay covered until the
    reader commits or skips. why: the mechanism, and what the paper measured beside ours.
    fails: the setting where it does not hold; tested: the chapter's claims that measure this.
    """

    id: str
    title: str
    ask: str
    preset: Knobs
    measure: str | Measure
    why: str
    fails: str
    tested: tuple[str, ...] = ()
    know: str = ""
    quantity: Quantity | None = None
    predict: Prediction | None = None
    reasons: tuple[Reason, ...] = ()
    before: Knobs | None = None
    covered: tuple[str, ...] = ()
    goal: Goal | None = None

    def of(self, frames: Sequence[Frame]) -> float:
        """The number that the task asks for, of one run's frames."""
        if callable(self.measure):
            return float(self.measure(frames))
        return float(frames[-1].scalars[self.measure])


@dataclass(frozen=True)
class Lesson:
    """What a chapter's page shows first, and its tasks in their order.

    lead: at most two lines. diagram: boxes from left to right; {name} is a live number. main: the
    picture in the middle, with `knob` under it; beside: two supporting pictures. numbers: at most
    three for the head. track: the number that is drawn over the knob's slider, from runs kept in
    the package. finding(settings, scalars): one sentence about what the main picture shows.
    values: of the knob, for the track; "" as knob: no track. reflection: a question to end with.
    """

    lead: str = ""
    diagram: tuple[str, ...] = ()
    main: str = ""
    beside: tuple[str, ...] = ()
    knob: str = ""
    values: tuple[Any, ...] = ()
    track: str = ""
    numbers: tuple[str, ...] = ()
    finding: Callable[[Any, Mapping[str, float]], str] | None = None
    tasks: tuple[Task, ...] = ()
    reflection: str = ""
    front: tuple[str, ...] = field(default=())  # at most three knobs that stand in front

    def task(self, id: str) -> Task:
        """The task of this id. Raises KeyError with the ids that there are."""
        for task in self.tasks:
            if task.id == id:
                return task
        known = ", ".join(task.id for task in self.tasks) or "none"
        raise KeyError(f"There is no task {id!r} here; there are: {known}.")
