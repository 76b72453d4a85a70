"""A judge of generated pictures: what class each of them would have, and how far all are from real
ones.

The judge is no part of what it judges: it is a classifier that was trained on labels, which no
generator sees. Where a set has no labels it learns clusters instead.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.data import cache_by, locate
from workbench.data.labels import cluster, cluster_names
from workbench.science import formulas, metrics, nets
from workbench.science.tensors import Resident, resident

UNITS, STEPS, BATCH, RATE = 128, 400, 64, 0.003
COMPARED = 1000  # training and generated pictures that are compared
AXES = 20  # principal components on which distances are measured
COVERED = 0.02  # share of the samples from which on a class counts as covered


@dataclass(frozen=True, eq=False)
class Judge:
    """What judges pictures [n, pixels] like those of one data set.

    classes: their names, clusters where `clusters` is true; middle [1, pixels] and axes
    [AXES, pixels] are the training set's principal components, real [n, AXES] some training
    pictures along them.
    """

    net: nets.Mlp
    classes: tuple[str, ...]
    clusters: bool
    middle: Tensor
    axes: Tensor
    real: NDArray

    @torch.no_grad()
    def probabilities(self, pictures: Tensor) -> Tensor:
        """How sure the judge is of each class: [n, classes]."""
        return self.net(pictures.cpu()[None])[0].softmax(-1)

    def shares(self, pictures: Tensor) -> NDArray:
        """The share of the pictures that belongs to each class."""
        labels = self.probabilities(pictures).argmax(-1)
        return torch.bincount(labels, minlength=len(self.classes)).numpy() / len(pictures)

    def codes(self, pictures: Tensor) -> NDArray:
        """The pictures along the principal components: [n, AXES]."""
        return ((pictures.cpu() - self.middle) @ self.axes.T).double().numpy()

    def evaluate(self, pictures: Tensor) -> dict[str, float]:
        """How many classes they cover, their Frechet distance to the training set, precision and
        recall."""
        codes = self.codes(pictures)
        precision, recall = metrics.neighbour_precision_recall(self.real, codes)
        return {
            "classes": float((self.shares(pictures) >= COVERED).sum()),
            "frechet": metrics.frechet_distance(self.real, codes),
            "precision": precision,
            "recall": recall,
        }


@cache_by(locate, 4)
def make_judge(name: str) -> Judge:
    """The judge of the data set `name`, trained on its training part. Raises data.DataError."""
    data = resident(name)
    y, classes = data.images.y_train, data.images.classes
    clusters = y is None
    if y is None:
        (y,) = cluster(data.train.numpy())
        classes = cluster_names(int(y.max()) + 1)
    middle, axes, _ = formulas.pca(data.train[:COMPARED], min(AXES, data.pixels))
    net = train_classifier(data, torch.from_numpy(np.array(y, np.int64)), len(classes))
    real = ((data.train[:COMPARED] - middle) @ axes.T).double().numpy()
    return Judge(net, tuple(classes), clusters, middle, axes, real)


@torch.no_grad()
def train_classifier(data: Resident, y: Tensor, classes: int) -> nets.Mlp:
    """A classifier of the training pictures, by cross-entropy."""
    seeds = nets.generators([0])
    net = nets.Mlp([data.pixels, UNITS, classes], seeds)
    adam = nets.Adam(net.parameters(), RATE)
    batches = nets.Batches(len(y), BATCH, seeds, "cpu")
    for _ in range(STEPS):
        (rows,) = batches.draw()
        p = net(data.train[rows][None]).softmax(-1)[0]
        p[torch.arange(len(rows)), y[rows]] -= 1
        net.backward(p[None] / len(rows))
        adam.step()
    return net.only([0])
