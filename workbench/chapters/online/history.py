"""What the pictures of a frame need to remember of the items before."""

import numpy as np

from workbench.chapters.online import regret
from workbench.chapters.online.knobs import LEARNERS, Settings
from workbench.chapters.online.lesson import Gradient, Learner, steepest
from workbench.chapters.online.stream import Stream

ROUNDS, LAST_ROUNDS = 30, 150  # of the search for the best fixed weights: at a frame, at the end
COMPARED = ("constant", "falling", "theory")


class History:
    """Which predictions were right, and the regret at every frame."""

    def __init__(self, run: Settings, stream: Stream):
        self.run = run
        self.stream = stream
        self.shown = list(LEARNERS)
        self.hits = {name: np.zeros(len(stream), bool) for name in self.shown}
        self.predicted: dict[str, int] = {}
        self.best = np.zeros((stream.x.shape[1], len(stream.classes)))
        self.steps: list[int] = []
        self.regrets: dict[str, list[float]] = {}
        self.bounds: list[float] = []

    def add(self, t: int, predicted: dict[str, int]) -> None:
        """Remembers what was predicted of item number t."""
        self.predicted = predicted
        for name in self.shown:
            self.hits[name][t - 1] = predicted[name] == self.stream.y[t - 1]

    def accuracy(self, name: str, start: int, end: int) -> float:
        """Share of right predictions of items number start + 1 to end; 0 of none."""
        part = self.hits[name][max(0, start) : end]
        return float(part.mean()) if len(part) else 0.0

    def measure_regret(self, t: int, team: dict[str, Learner]) -> None:
        """Adds the regret of the learners of gradients after item number t."""
        learners = {name: team[name] for name in COMPARED if isinstance(team.get(name), Gradient)}
        if "theory" not in learners:
            return
        stream, radius = self.stream, self.run.radius
        rounds = LAST_ROUNDS if t == len(stream) else ROUNDS
        x, y = stream.x[:t], stream.y[:t]
        self.best, least = regret.best_fixed(x, y, radius, self.best, rounds)
        self.steps.append(t)
        for name, learner in learners.items():
            self.regrets.setdefault(name, []).append(sum(learner.losses[:t]) - least)
        self.bounds.append(float(regret.bound(np.array(t), radius, steepest(x))))
