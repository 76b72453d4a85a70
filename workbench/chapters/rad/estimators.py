"""Classifiers with `fit` and `predict`, made by name: scikit-learn's and a small torch network.

Labels are 0 .. classes - 1 everywhere. A training set may lack some of the classes, and then
scikit-learn's `predict_proba` lacks their columns: `probabilities` puts them back.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
from torch import Tensor

from workbench.science import nets

TREES = 20  # of the random forest
NEIGHBOURS = 5
MLP_STEPS = {"MLP": (200, 50), "long MLP": (400, 400)}  # of the first fit, and of each later one


class Estimator(Protocol):
    """All that is asked of a model: x [n, d], y [n] -> itself; x [m, d] -> labels [m]."""

    def fit(self, x: NDArray, y: NDArray) -> "Estimator": ...

    def predict(self, x: NDArray) -> NDArray: ...


def make(name: str, classes: int, seed: int) -> Estimator:
    """A fresh estimator of this name. The tree and the forest are grown until leaves are pure."""
    if name in MLP_STEPS:
        return Mlp(classes, seed, *MLP_STEPS[name])
    if name == "decision tree":
        return DecisionTreeClassifier(random_state=seed)
    if name == "random forest":
        return RandomForestClassifier(TREES, random_state=seed)
    return Neighbours(NEIGHBOURS)


class Mlp:
    """A network of two hidden layers of 28 ReLUs, the size in Zhao et al.'s code, with Adam.

    The first `fit` takes `first` steps; each later one goes on from there for `further` more,
    because the set it is given is the old one with some samples added. A short training resists
    wrong labels, a long one learns them by heart.
    """

    BATCH, HIDDEN, RATE = 64, (28, 28), 0.003

    def __init__(self, classes: int, seed: int, first: int = 200, further: int = 50):
        self.classes = classes
        self.first = first
        self.further = further
        self.net: nets.Mlp | None = None
        self.generator = torch.Generator().manual_seed(seed)

    def fit(self, x: NDArray, y: NDArray) -> "Mlp":
        steps = self.further
        if self.net is None:
            steps, sizes = self.first, [x.shape[1], *self.HIDDEN, self.classes]
            self.net = nets.Mlp(sizes, [self.generator])
            self.adam = nets.Adam(self.net.parameters(), self.RATE)
        x, y = _rows(x), torch.nn.functional.one_hot(torch.as_tensor(y), self.classes).float()
        draws = torch.randint(len(x), (steps, 1, self.BATCH), generator=self.generator)
        with torch.no_grad():
            for rows in draws:
                p = self.net(x[rows]).softmax(-1)
                self.net.backward((p - y[rows]) / self.BATCH)  # the gradient of cross-entropy
                self.adam.step()
        return self

    def predict_proba(self, x: NDArray) -> NDArray:
        """Class probabilities [m, classes]."""
        with torch.no_grad():
            return self.net(_rows(x)[None])[0].softmax(-1).numpy()

    def predict(self, x: NDArray) -> NDArray:
        return self.predict_proba(x).argmax(1)


def _rows(x: NDArray) -> Tensor:
    return torch.tensor(np.asarray(x), dtype=torch.float32)  # a copy: data are read-only


class Neighbours:
    """k nearest neighbours by Euclidean distance; with fewer than k samples it takes all.

    A tie of votes goes to the smallest label, as in scikit-learn.
    """

    def __init__(self, k: int):
        self.k = k

    def fit(self, x: NDArray, y: NDArray) -> "Neighbours":
        self.model = KNeighborsClassifier(min(self.k, len(x)), algorithm="brute").fit(x, y)
        self.classes_ = self.model.classes_
        return self

    def predict_proba(self, x: NDArray) -> NDArray:
        return self.model.predict_proba(x)

    def predict(self, x: NDArray) -> NDArray:
        return self.classes_[self.predict_proba(x).argmax(1)]


def probabilities(model: Estimator, x: NDArray, classes: int) -> NDArray:
    """Class probabilities [m, classes] of any estimator; one that only predicts is sure."""
    if not hasattr(model, "predict_proba"):
        return np.eye(classes)[model.predict(x)]
    full = np.zeros((len(x), classes))
    full[:, getattr(model, "classes_", np.arange(classes))] = model.predict_proba(x)
    return full


def ensemble(models: Sequence[Estimator], x: NDArray, classes: int) -> NDArray:
    """The class [n] with the highest mean probability over the models (arXiv 2103.10824).

    The abstract says that both models give the prediction; the exact rule was not to be had, so
    this is ours.
    """
    return np.mean([probabilities(model, x, classes) for model in models], 0).argmax(1)
