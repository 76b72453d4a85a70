"""TODO."""

import numpy as np

from workbench.chapters.clustering import mixtures
from workbench.chapters.clustering.kmeans import KMeans
from workbench.chapters.clustering.planes import View
from workbench.chapters.clustering.stage import Stage

TOLERANCE = 1e-3  # nats a point: EM has settled when an iteration gains less


class Em:
    """EM from every start, side by side, each from the clusters of a K-Means of its own; the
    highest likelihood is shown."""

    def __init__(self, now: Stage, restarts: int):
        first = now.first
        self.points, self.kind, self.ridge = now.points(), first.covariance, first.ridge
        self.mixtures = [
            [
                mixtures.begin(
                    x,
                    mixtures.kmeans(x, first.clusters, run.seed + 1000 * i),
                    self.kind,
                    self.ridge,
                )
                for i in range(restarts)
            ]
            for x, run in zip(self.points, now.runs, strict=True)
        ]
        self.likelihood = [[-np.inf] * restarts for _ in now.runs]
        self.settled = [[0] * restarts for _ in now.runs]
        self.count = 0

    start, note = KMeans.start, KMeans.note

    def step(self, pace: float = 1.0) -> None:
        self.count += 1
        for r, x in enumerate(self.points):
            for i, mixture in enumerate(self.mixtures[r]):
                if not self.settled[r][i]:
                    gamma, likelihood = mixtures.expect(x, mixture)
                    self.mixtures[r][i] = mixtures.maximise(x, gamma, self.kind, self.ridge)
                    if likelihood < self.likelihood[r][i] + TOLERANCE:
                        self.settled[r][i] = self.count
                    self.likelihood[r][i] = likelihood

    def view(self, r: int, rows: int) -> View:
        mixture = self.mixtures[r][int(np.argmax(self.likelihood[r]))]
        gamma, likelihood = mixtures.expect(self.points[r], mixture)
        shape = mixture.mu, mixture.matrices()
        return View(self.points[r][:rows], gamma[:rows], shape, {"log_likelihood": likelihood})
