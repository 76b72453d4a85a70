"""K-Means and EM in the plane, one half-step at a time, with their objective."""

from types import SimpleNamespace

import numpy as np
import torch

from workbench.chapters.clustering import em, kmeans, planes
from workbench.chapters.clustering.lab_knobs import STARTS
from workbench.core.pictures import Curves, Line, Scatter

BLOBS = np.array([[-4.0, 0.0], [-1.2, 0.6], [5.0, 0.0]])
SPREAD = np.array([[0.6, 0.9], [0.5, 0.5], [1.0, 0.8]])


POINTS = 80  # in each blob
SETTLED = 1e-9  # a change of the objective that is none
NOBODY = 3  # the group of a point that belongs to no cluster yet


def points() -> np.ndarray:
    """The points of the lab [n, 2]: three blobs, two of them near each other."""
    rng = np.random.default_rng(3)
    blobs = [rng.normal(b, s, (POINTS, 2)) for b, s in zip(BLOBS, SPREAD, strict=True)]
    return np.concatenate(blobs)


class EmStepper:
    """An alternation that the reader drives: `step()` is one half-step.

    kind: "kmeans" minimises the inertia J, hard assignments; "mixture" maximises the bound
    F = sum_ik gamma_ik (log pi_k N(x_i | mu_k, S_k) - log gamma_ik) / n, which an E-step lifts up
    to the log-likelihood and an M-step lifts with the parameters (Neal & Hinton 1998).
    `objective` lists its value after every half-step; `next` is "E" or "M".
    """

    def __init__(self, kind: str = "kmeans", start: str = "Good"):
        self.kind = kind
        self.x = torch.from_numpy(points())
        self.centres = torch.tensor(STARTS[start], dtype=torch.float64)
        self.mixture = em.Mixture(
            "full",
            torch.full((3,), 1 / 3).double().log(),
            self.centres,
            torch.eye(2).double().repeat(3, 1, 1),
        )
        self.gamma = torch.full((len(self.x), 3), 1 / 3, dtype=torch.float64)
        self.next = "E"
        self.objective: list[float] = []

    def step(self) -> None:
        """The next half-step."""
        if self.next == "E":
            self._expect()
        else:
            self._maximise()
        self.next = "M" if self.next == "E" else "E"
        self.objective.append(self.measure())

    def run(self, most: int = 400) -> None:
        """Half-steps until a whole step changes nothing."""
        for _ in range(most):
            self.step()
            if self.settled:
                return

    @property
    def settled(self) -> bool:
        """Whether the last E-step and M-step changed the objective by less than 1e-9."""
        return len(self.objective) > 2 and abs(self.objective[-1] - self.objective[-3]) < SETTLED

    def _expect(self) -> None:
        if self.kind == "kmeans":
            labels, _ = kmeans.assign(self.x, self.centres)
            self.gamma = torch.nn.functional.one_hot(labels, 3).double()
        else:
            self.gamma, _ = em.expect(self.x, self.mixture)

    def _maximise(self) -> None:
        if self.kind == "kmeans":
            self.centres = kmeans.centre(self.x, self.gamma.argmax(1), self.centres)
        else:
            self.mixture = em.maximise(self.x, self.gamma, "full", ridge=1e-9)

    def measure(self) -> float:
        """J, a mean squared distance, or F, in nats a point."""
        if self.kind == "kmeans":
            own = self.centres[self.gamma.argmax(1)]
            return (self.x - own).square().sum(1).mean().item()
        joint = em.log_joint(self.x, self.mixture)
        terms = self.gamma * (joint - self.gamma.clamp_min(1e-300).log())
        return terms.sum(1).mean().item()

    def sentence(self) -> str:
        """What has just happened, and what comes next, in one sentence."""
        if not self.objective:
            return "Three centres are set; no point belongs to one yet. Next: the E-step."
        done = "M-step" if self.next == "E" else "E-step"
        value = f"{'J' if self.kind == 'kmeans' else 'F'} = {self.objective[-1]:.4f}"
        if self.settled:
            return f"Settled: nothing moves any more, {value}."
        coming = {
            "E": "the E-step asks whose each point is",
            "M": "the M-step moves the centres to their points",
        }[self.next]
        return f"After the {done} {value}. Next {coming}."

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        pictures = {"scatter": self.scatter(), "curve": self.curve()}
        return SimpleNamespace(next=self.next, sentence=self.sentence(), pictures=pictures)

    def scatter(self) -> Scatter:
        """The points by their likeliest cluster, with a ring at each centre or an ellipse of two
        standard deviations."""
        group = self.gamma.argmax(1).numpy() if self.objective else np.full(len(self.x), NOBODY)
        mu = (self.centres if self.kind == "kmeans" else self.mixture.mu).numpy()
        if self.kind == "kmeans":
            matrices = np.tile(0.02 * np.eye(2), (3, 1, 1))
        else:
            matrices = self.mixture.matrices().numpy()
        return Scatter(
            "Points and clusters",
            self.x.numpy(),
            group,
            ("1", "2", "3", "no cluster yet"),
            "x",
            "y",
            outlines=planes.ellipses(mu, matrices),
            equal=True,
            caption="Rings are centres; ellipses are two standard deviations.",
        )

    def curve(self) -> Curves:
        """The objective after every half-step."""
        count = np.arange(1.0, len(self.objective) + 1)
        label = "J (lower is better)" if self.kind == "kmeans" else "F (higher is better)"
        return Curves(
            "Objective",
            (Line(label, count, np.array(self.objective)),),
            "half-step",
            label,
            caption="It never gets worse, whichever half-step it was.",
        )
