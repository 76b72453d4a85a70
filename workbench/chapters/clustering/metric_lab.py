"""A partition of the digits that can be changed by hand, and what ACC, NMI and ARI say of it."""

from functools import lru_cache
from types import SimpleNamespace

import numpy as np
import torch

from workbench import data
from workbench.chapters.clustering import kmeans
from workbench.chapters.clustering.lab_knobs import PRESETS
from workbench.core.pictures import HeatMap, Table
from workbench.science import metrics

ROWS = 12  # clusters with a row of their own; the others share one
NAMES = {"acc": "ACC", "nmi": "NMI", "ari": "ARI"}


@lru_cache(maxsize=1)
def digits() -> tuple[np.ndarray, np.ndarray]:
    """All digits [n, 64] and their labels [n]."""
    images = data.load("digits")
    x = np.concatenate([images.x_train, images.x_test]).reshape(-1, 64)
    return x, np.concatenate([images.y_train, images.y_test])


def by_kmeans(labels: np.ndarray) -> np.ndarray:
    """The clusters of K-Means on pixels, the best of ten starts."""
    x = torch.from_numpy(digits()[0]).double()
    return kmeans.assign(x, kmeans.best_centres(x, 10, seed=0, restarts=10))[0].numpy()


CLUSTERINGS = {  # of PRESETS: the labels [n] -> the clusters [n]
    "Perfect": lambda labels: labels.copy(),
    "K-Means": by_kmeans,
    "Random": lambda labels: np.random.default_rng(0).integers(0, 10, len(labels)),
    "One cluster": np.zeros_like,
    "Every digit alone": lambda labels: np.arange(len(labels)),
}


class MetricLab:
    """The digits in clusters, numbered from 0 without gaps; every change is one of the methods.

    A change that cannot be made leaves everything as it is, and `sentence` tells why.
    """

    def __init__(self, preset: str = "K-Means"):
        self.labels = digits()[1]
        self.scores: dict[str, float] = {}
        self.random = np.random.default_rng(0)
        self.preset(preset)

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return int(self.clusters.max()) + 1

    def preset(self, name: str) -> None:
        """Begins anew with one of PRESETS."""
        self._become(CLUSTERINGS[name](self.labels), f"{name}: {PRESETS[name]}")

    def move(self, label: int, source: int, target: int, most: int) -> None:
        """Moves up to `most` digits of this label from one cluster to another."""
        if source == target:
            return self._refuse("Choose two different clusters.")
        rows = np.flatnonzero((self.clusters == source) & (self.labels == label))[:most]
        if not len(rows):
            return self._refuse(f"Cluster {source + 1} has no digit {label}.")
        clusters = self.clusters.copy()
        clusters[rows] = target
        moved = f"{len(rows)} digit{'s' * (len(rows) > 1)} {label}"
        self._become(clusters, f"Moved {moved} from cluster {source + 1} to {target + 1}.")

    def merge(self, first: int, second: int) -> None:
        """Puts two clusters together."""
        if first == second:
            return self._refuse("Choose two different clusters.")
        clusters = np.where(self.clusters == second, first, self.clusters)
        self._become(clusters, f"Merged clusters {first + 1} and {second + 1}.")

    def split(self, cluster: int) -> None:
        """Puts a random half of a cluster into a new one."""
        rows = np.flatnonzero(self.clusters == cluster)
        if len(rows) < 2:
            return self._refuse(f"Cluster {cluster + 1} has a single digit.")
        clusters = self.clusters.copy()
        clusters[self.random.permutation(rows)[: len(rows) // 2]] = self.count
        self._become(clusters, f"Split cluster {cluster + 1} at random.")

    def shuffle(self) -> None:
        """Gives the clusters other numbers."""
        names = self.random.permutation(self.count)
        self._become(names[self.clusters], "Shuffled the names. Nothing else has changed.")

    def _refuse(self, why: str) -> None:
        self.sentence = why

    def _become(self, clusters: np.ndarray, sentence: str) -> None:
        self.clusters = np.unique(clusters, return_inverse=True)[1]
        self.before = self.scores
        self.sentence = sentence
        self.scores = {
            "acc": metrics.clustering_accuracy(self.labels, self.clusters),
            "nmi": metrics.normalised_mutual_information(self.labels, self.clusters),
            "ari": metrics.adjusted_rand_index(self.labels, self.clusters),
        }

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        pictures = {"verdict": self.verdict(), "confusion": self.confusion()}
        return SimpleNamespace(sentence=self.sentence, pictures=pictures)

    def confusion(self) -> HeatMap:
        """Digits of each label in each of the first clusters, and in all others."""
        table = metrics.contingency(self.labels, self.clusters)
        pairs = zip(*metrics.matching(table), strict=True)
        matched = ", ".join(f"{cluster + 1} for {label}" for label, cluster in pairs)
        table = table.T
        values = np.zeros((ROWS + 1, 10))
        values[: min(self.count, ROWS)] = table[:ROWS]
        values[ROWS] = table[ROWS:].sum(0)
        names = (*map(str, range(1, ROWS + 1)), "others")
        return HeatMap(
            "Clusters against labels",
            values,
            names,
            tuple("0123456789"),
            "label",
            "cluster",
            caption=f"{self.count} cluster{'s' * (self.count > 1)} of {len(self.labels)} digits. "
            f"ACC takes cluster {matched}; all else is wrong.",
        )

    def verdict(self) -> Table:
        """The three numbers, and by how much the last change moved them."""
        rows = tuple(
            (
                NAMES[name],
                f"{value:.3f}",
                f"{value - self.before[name]:+.3f}" if self.before else "",
            )
            for name, value in self.scores.items()
        )
        return Table("What they say", ("metric", "now", "change"), rows)
