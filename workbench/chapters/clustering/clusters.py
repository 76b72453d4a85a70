"""What a method shows of its clusters, and how K-Means and EM try several starts side by side."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from torch import Tensor

from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.points import Setup, points


class Assignment(NamedTuple):
    """The clusters of the first `rows` pictures, at one instant of one run.

    points [rows, d] and gamma [rows, K]; `shape`: means [K, d] and covariances [K, d, d] of the
    components, or None where a method has none. scalars: its objective, by name. pi [K]: the
    weights of the components, or None.
    """

    points: Tensor
    gamma: Tensor
    shape: tuple[Tensor, Tensor] | None
    scalars: dict[str, float]
    pi: Tensor | None = None


@runtime_checkable
class Clusters(Protocol):
    """A method at work on every run: what is asked of it to make a frame."""

    def evaluate(self, run: int, rows: int) -> Assignment:
        """The clusters of the first `rows` pictures."""

    def note(self, run: int) -> str:
        """What the method is doing, in a few words."""


class Alternation(Protocol):
    """One start of K-Means or EM: two half-steps in turn, neither of which can raise the loss."""

    loss: float

    def step(self) -> bool:
        """Makes both half-steps; returns whether they lowered the loss."""

    def evaluate(self, rows: int) -> Assignment:
        """The clusters of the first `rows` points."""


class Restarts:
    """Alternations from several starts, side by side; of each run the lowest loss is shown."""

    def __init__(self, setup: Setup, begin: Callable[[Tensor, Settings, int], Alternation]):
        self.starts = [
            [begin(x, run, run.seed + 1000 * i) for i in range(run.restarts)]
            for x, run in zip(points(setup), setup.runs, strict=True)
        ]
        self.settled = [[0] * len(starts) for starts in self.starts]  # after which iteration
        self.count = 0

    def step(self) -> None:
        """One iteration of every start that has not settled."""
        self.count += 1
        for starts, settled in zip(self.starts, self.settled, strict=True):
            for i, start in enumerate(starts):
                if not settled[i] and not start.step():
                    settled[i] = self.count

    def iterate(self) -> Iterator["Restarts"]:
        """Yields these starts, and again after every iteration, without end."""
        while True:
            yield self
            self.step()

    def note(self, run: int) -> str:
        if all(self.settled[run]):
            return f"all starts settled by iteration {max(self.settled[run])}"
        return "clustering"

    def evaluate(self, run: int, rows: int) -> Assignment:
        losses = [start.loss for start in self.starts[run]]
        return self.starts[run][int(np.argmin(losses))].evaluate(rows)
