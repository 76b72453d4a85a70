"""TODO."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from workbench.data import DataError
from workbench.science import corruption
from workbench.science.later import Generator, Tensor, torch
from workbench.science.tensors import Resident, resident

CLEAN = 100  # training items with checked labels, set aside for early stopping


@dataclass(frozen=True, eq=False)
class Task:
    """A data set with the true label of everything: `y` [n], `y_test`, and `x_clean`, `y_clean`,
    a few training items that keep their labels and are not trained on."""

    data: Resident
    classes: tuple[str, ...]
    x: Tensor
    y: Tensor
    y_test: Tensor
    x_clean: Tensor
    y_clean: Tensor


@lru_cache(maxsize=4)
def task(name: str, device: str) -> Task:
    """The data set `name` as a task. Raises DataError when it has fewer than two classes."""
    data = resident(name, device)
    images = data.images
    y, y_test, classes = images.y_train, images.y_test, images.classes
    if y is None:
        from sklearn.cluster import KMeans

        clusters = KMeans(5, n_init=1, random_state=0).fit(data.train.cpu().numpy())
        y, y_test = (clusters.predict(x.cpu().numpy()) for x in (data.train, data.test))
        classes = tuple(f"cluster {c + 1}" for c in range(5))
    if len(classes) < 2:
        raise DataError(f"{images.name} has one class only: give pictures of two or more.")
    aside = min(CLEAN, len(y) // 10)
    y, y_test = (torch.from_numpy(np.array(labels, np.int64)) for labels in (y, y_test))
    return Task(data, classes, data.train[aside:], y[aside:], y_test, data.train[:aside], y[:aside])


class Wrong(NamedTuple):
    """Labels of which a share `noise` is wrong."""

    pattern: str
    noise: float

    def draw(self, work: Task, generator: Generator) -> Tensor:
        return corruption.wrong_labels(work.y, self.noise, self.flips(work), generator)

    def flips(self, work: Task) -> Tensor:
        if self.pattern == "look-alikes":
            return corruption.lookalike_flips(work.x.cpu(), work.y, len(work.classes))
        return corruption.FLIPS[self.pattern](len(work.classes))


class Voted(NamedTuple):
    """Labels by careless people: one vote an item, or the majority of all votes."""

    annotators: int
    careless: float
    majority: bool

    def draw(self, work: Task, generator: Generator) -> Tensor:
        votes = self.votes(work, generator)
        if self.majority:
            return corruption.majority(votes, len(work.classes))
        return votes.gather(0, (torch.arange(len(work.y)) % self.annotators)[None])[0]

    def votes(self, work: Task, generator: Generator) -> Tensor:
        """Everybody's label of every item, [annotators, n]."""
        habits = corruption.annotators(self.annotators, len(work.classes), self.careless, generator)
        return torch.stack(
            [
                corruption.wrong_labels(work.y, *habit, generator)
                for habit in zip(*habits, strict=True)
            ]
        )
