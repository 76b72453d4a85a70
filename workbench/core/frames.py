"""Frames: what a run shows at one instant, in plain NumPy.

A chapter yields frames and never draws; a view draws frames and never sees a model.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from workbench.core.pictures import Curves, Line, Picture


@dataclass(frozen=True, eq=False)
class Frame:
    """One instant of a run: after `step` of `steps`, numbers and pictures by name."""

    step: int
    steps: int
    scalars: dict[str, float]
    pictures: dict[str, Picture] = field(default_factory=dict)
    note: str = ""


ACRONYMS = set("acc ap ari auc ece elbo kl mig mse nmi pca psnr rad".split())


def label(scalar: str) -> str:
    """A scalar's name as a reader writes it: train_mse -> train MSE."""
    return " ".join(w.upper() if w in ACRONYMS else w for w in scalar.split("_"))


@dataclass(frozen=True)
class Trace:
    """Curves over training, drawn from scalars: {scalar's name: label of its line}.

    Names in `dashed` are references that a reader compares with (PCA's error, say). With
    `against` the x axis is another scalar instead of the step: a path through a plane.
    """

    title: str
    lines: dict[str, str]
    y_label: str
    log_y: bool = False
    caption: str = ""
    dashed: tuple[str, ...] = ()
    against: str = ""
    x_label: str = "step"
    log_x: bool = False

    def shows(self, frames: Sequence[Frame]) -> bool:
        """Whether there is a line to draw of these frames."""
        names = self.lines.keys()  # the newest frame first: a live picture asks at every frame
        return any(not names.isdisjoint(frame.scalars) for frame in reversed(frames))

    def curves(self, frames: Sequence[Frame]) -> Curves:
        """The trace of these frames; scalars that a frame lacks are skipped."""
        return Curves(
            self.title,
            tuple(line for name in self.lines if len((line := self._line(name, frames)).x)),
            x_label=self.x_label,
            y_label=self.y_label,
            log_x=self.log_x,
            log_y=self.log_y,
            caption=self.caption,
        )

    def _line(self, name: str, frames: Sequence[Frame]) -> Line:
        shown = [f for f in frames if name in f.scalars]
        points = [(f.scalars.get(self.against, f.step), f.scalars[name]) for f in shown]
        x, y = np.array(points, float).reshape(-1, 2).T
        return Line(self.lines[name], x, y, "dashed" if name in self.dashed else "solid")


def schedule(steps: int, frames: int = 40) -> frozenset[int]:
    """The steps after which a frame is shown: dense early, sparse late, always the last.

    It depends on the number of steps alone, never on the clock, so that runs repeat.
    """
    marks: Iterable[int] = (round(steps * (i / frames) ** 2) for i in range(1, frames + 1))
    return frozenset(max(1, mark) for mark in marks)


def last_frames(training: Iterable[list[Frame]]) -> list[Frame]:
    """Trains to the end and returns the last frame of every run."""
    return deque(training, maxlen=1).pop()


def last_numbers(training: Iterable[list[Frame]]) -> list[dict[str, float]]:
    """Trains to the end and returns the last numbers of every run."""
    return [frame.scalars for frame in last_frames(training)]


class Diverged(ArithmeticError):
    """Training left the finite numbers. Its text is one sentence with the step and a hint."""


def check_finite(step: int, scalars: dict[str, float], hint: str) -> None:
    """Raises Diverged when a scalar is NaN or infinite."""
    for name, value in scalars.items():
        if not np.isfinite(value):
            raise Diverged(f"Training diverged at step {step} ({name} is {value}). {hint}")
