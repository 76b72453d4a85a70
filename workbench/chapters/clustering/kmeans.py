"""TODO."""

import numpy as np

from workbench.chapters.clustering import mixtures
from workbench.chapters.clustering.planes import View
from workbench.chapters.clustering.stage import Stage
from workbench.science.later import torch


class KMeans:
    """Lloyd's iterations from every start, side by side; the lowest inertia is shown."""

    def __init__(self, now: Stage, restarts: int):
        k = now.first.clusters
        self.points = now.points()
        self.centres = [
            [mixtures.plus_plus(x, k, run.seed + 1000 * i) for i in range(restarts)]
            for x, run in zip(self.points, now.runs, strict=True)
        ]
        self.inertia = [[np.inf] * restarts for _ in now.runs]
        self.settled = [[0] * restarts for _ in now.runs]  # the step after which nothing moved
        self.count = 0
        if now.net is not None:
            for _ in range(10):  # on codes the first frames show clusters, not starts
                self.step()

    def start(self) -> None:
        pass

    def step(self, pace: float = 1.0) -> None:
        self.count += 1
        for r, x in enumerate(self.points):
            for i, centres in enumerate(self.centres[r]):
                if not self.settled[r][i]:
                    labels, inertia = mixtures.assign(x, centres)
                    self.centres[r][i] = mixtures.centre(x, labels, centres)
                    if inertia >= self.inertia[r][i]:
                        self.settled[r][i] = self.count
                    self.inertia[r][i] = inertia

    def note(self, r: int) -> str:
        last = max(self.settled[r])
        return f"all starts settled by iteration {last}" if all(self.settled[r]) else "clustering"

    def view(self, r: int, rows: int) -> View:
        centres = self.centres[r][int(np.argmin(self.inertia[r]))]
        labels, inertia = mixtures.assign(self.points[r], centres)
        gamma = torch.nn.functional.one_hot(labels[:rows], len(centres))
        return View(self.points[r][:rows], gamma.double(), None, {"inertia": inertia})
