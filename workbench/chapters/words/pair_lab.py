"""One pair of words and three noise words: the loss and its gradient by hand, number by number."""

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from workbench.core.pictures import Scatter, Table

CENTRE, COMPANY = "bread", "eats"
NOISE = ("the", "under", "often")
FIRST = {  # vectors in the plane, as they may be in the middle of training
    "bread": (0.8, 0.6),
    "eats": (0.5, -0.4),
    "the": (1.0, 0.2),
    "under": (-0.6, 0.9),
    "often": (0.3, 1.1),
}
RATE = 0.5
STAGES = (
    "the vectors",
    "dot products",
    "answers",
    "errors",
    "the gradient of the centre",
    "the gradients of the others",
    "one step down",
)


def sigmoid(x: NDArray) -> NDArray:
    """1 / (1 + exp(-x))."""
    return 1 / (1 + np.exp(-x))


class PairLab:
    """One step of skip-gram with negative sampling in seven stages; `step()` goes to the next.

    v [2] is the centre's vector, u [4, 2] are those of its company and of the noise words, and
    target [4] is 1 for the company and 0 for noise.
    """

    def __init__(self):
        self.stage = 0
        self.words = (COMPANY, *NOISE)
        self.v = np.array(FIRST[CENTRE])
        self.u = np.array([FIRST[word] for word in self.words])
        self.target = np.array([1.0, 0.0, 0.0, 0.0])

    def step(self) -> None:
        """Goes one stage further."""
        self.stage = min(self.stage + 1, len(STAGES) - 1)

    @property
    def answers(self) -> NDArray:
        """sigma(u v) [4]: how sure the predictor is that each is a word of the text here."""
        return sigmoid(self.u @ self.v)

    @property
    def errors(self) -> NDArray:
        """dL/d(u v) [4]: the answer less what it should be."""
        return self.answers - self.target

    @property
    def of_centre(self) -> NDArray:
        """dL/dv [2]: each error times that word's vector, summed."""
        return self.errors @ self.u

    @property
    def of_others(self) -> NDArray:
        """dL/du [4, 2]: each error times the centre's vector."""
        return self.errors[:, None] * self.v

    def stepped(self) -> tuple[NDArray, NDArray]:
        """v and u after one step of gradient descent."""
        return self.v - RATE * self.of_centre, self.u - RATE * self.of_others

    def loss(self, v: NDArray, u: NDArray) -> float:
        """L of these vectors in nats."""
        right = np.where(self.target == 1, sigmoid(u @ v), sigmoid(-u @ v))
        return float(-np.log(right).sum())

    def sentence(self) -> str:
        """What the stage does, in numbers."""
        dots, answers, errors = self.u @ self.v, self.answers, self.errors
        gradient = self.of_centre
        after = self.loss(*self.stepped())
        return (
            f"{CENTRE} stands beside {COMPANY} in the text; {', '.join(NOISE)} are drawn as noise. "
            "Work out the dot product of each with the centre.",
            f"u({COMPANY}) . v = {self.u[0, 0]:.2f} x {self.v[0]:.2f} + {self.u[0, 1]:.2f} x "
            f"{self.v[1]:.2f} = {dots[0]:.3f}. What does sigma make of it?",
            f"sigma({dots[0]:.3f}) = {answers[0]:.3f}: so sure is the predictor that {COMPANY} "
            "belongs here. Which answers should be 1, and which 0?",
            f"Of the pair the error is {answers[0]:.3f} - 1 = {errors[0]:.3f}, of {NOISE[0]} it is "
            f"{errors[1]:.3f} - 0. Which word moves the centre most?",
            "Each error times that word's vector, summed: dL/dv = "
            f"({gradient[0]:.3f}, {gradient[1]:.3f}). Does it lead away from the company?",
            f"Each other vector gets its error times the centre's: dL/du({COMPANY}) = "
            f"{errors[0]:.3f} x v. Company has a negative error, so it moves towards v.",
            f"A step of rate {RATE:g} down the gradient: the loss falls from "
            f"{self.loss(self.v, self.u):.3f} to {after:.3f} nats.",
        )[self.stage]

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        return SimpleNamespace(
            at=f"Stage {self.stage + 1} of {len(STAGES)}: {STAGES[self.stage]}.",
            sentence=self.sentence(),
            done=self.stage == len(STAGES) - 1,
            pictures={"table": self.table(), "plane": self.plane()},
        )

    def table(self) -> Table:
        """What is known up to this stage; the rest waits."""
        known = (1, 2, 3, 4, 5)
        columns = (
            ("dot product", [f"{x:.3f}" for x in self.u @ self.v]),
            ("sigma", [f"{x:.3f}" for x in self.answers]),
            ("error", [f"{x:+.3f}" for x in self.errors]),
            ("error x u", [_pair(x) for x in self.errors[:, None] * self.u]),
            ("error x v", [_pair(x) for x in self.of_others]),
        )
        shown = [
            values if self.stage >= stage else ["?"] * len(values)
            for stage, (_, values) in zip(known, columns, strict=True)
        ]
        kinds = ["company, 1", *["noise, 0"] * len(NOISE)]
        return Table(
            "Term by term",
            ("word", "is, and should be", "u", *(name for name, _ in columns)),
            tuple(zip(self.words, kinds, map(_pair, self.u), *shown, strict=True)),
            caption=f"The centre is {CENTRE}, v = {_pair(self.v)}. The sum of the column error x u "
            "is the gradient of v, the column error x v are the gradients of u.",
        )

    def plane(self) -> Scatter:
        """The five vectors; at the last stage after the step."""
        v, u = self.stepped() if self.stage == len(STAGES) - 1 else (self.v, self.u)
        return Scatter(
            "The vectors",
            np.vstack([v, u]),
            np.array([0, 1, 2, 2, 2]),
            ("centre v", "company u", "noise u"),
            "first number",
            "second number",
            caption="The centre moves towards its company and away from noise that says yes.",
            names=(CENTRE, *self.words),
            equal=True,
        )


def _pair(numbers: NDArray) -> str:
    return f"({numbers[0]:.2f}, {numbers[1]:.2f})"
