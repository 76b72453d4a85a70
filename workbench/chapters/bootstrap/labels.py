"""How labels go wrong: a share of them is flipped by a pattern, or careless people vote on them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor

from workbench.data import DataError, cache_by, locate
from workbench.data.labels import cluster, cluster_names
from workbench.science import corruption
from workbench.science.tensors import Resident, resident

NO_LABEL = -1  # in place of a class
CLEAN_ITEMS = 100  # set aside with checked labels, for early stopping


@dataclass(frozen=True, eq=False)
class Task:
    """Pictures and their true classes: `x` [n, pixels] and `y` [n] to train on, `y_test` of the
    test set, and `x_clean`, `y_clean`, a few that keep their labels and are not trained on."""

    data: Resident
    classes: tuple[str, ...]
    x: Tensor
    y: Tensor
    y_test: Tensor
    x_clean: Tensor
    y_clean: Tensor


@cache_by(locate, 4)
def task(name: str, device: str) -> Task:
    """The data set `name` as a task. Raises DataError when it has fewer than two classes."""
    data = resident(name, device)
    y, y_test, classes = data.images.y_train, data.images.y_test, data.images.classes
    if y is None:
        y, y_test = cluster(data.train.cpu().numpy(), data.test.cpu().numpy())
        classes = cluster_names()
    if len(classes) < 2:
        raise DataError(f"{data.images.name} has one class only: give pictures of two or more.")
    aside = min(CLEAN_ITEMS, len(y) // 10)
    y, y_test = (torch.from_numpy(np.array(labels, np.int64)) for labels in (y, y_test))
    return Task(data, classes, data.train[aside:], y[aside:], y_test, data.train[:aside], y[:aside])


class Wrong(NamedTuple):
    """Labels of which a share `noise` is wrong; the pattern says which class a wrong one names.

    A share `unlabelled` of the items, whatever their labels, has none.
    """

    pattern: str
    noise: float
    unlabelled: float = 0.0

    def draw(self, task: Task, generator: Generator) -> Tensor:
        """The label [n] that every training item is given, or `NO_LABEL`."""
        given = corruption.wrong_labels(task.y, self.noise, self.flips(task), generator)
        if count := round(self.unlabelled * len(given)):
            given[torch.randperm(len(given), generator=generator)[:count]] = NO_LABEL
        return given

    def flips(self, task: Task) -> Tensor:
        """How often a wrong label of each class names each other one, [true, wrong]."""
        if self.pattern == "look-alikes":
            return corruption.lookalike_flips(task.x.cpu(), task.y, len(task.classes))
        return corruption.FLIPS[self.pattern](len(task.classes))


class Voted(NamedTuple):
    """Labels by careless people: one vote an item, or the majority of all votes."""

    annotators: int
    careless: float
    majority: bool

    def draw(self, task: Task, generator: Generator) -> Tensor:
        """The label [n] that every training item is given."""
        votes = self.votes(task, generator)
        if self.majority:
            return corruption.majority(votes, len(task.classes))
        return votes.gather(0, (torch.arange(len(task.y)) % self.annotators)[None])[0]

    def votes(self, task: Task, generator: Generator) -> Tensor:
        """Everybody's label of every item, [annotators, n]."""
        habits = corruption.annotators(self.annotators, len(task.classes), self.careless, generator)
        labels = [corruption.wrong_labels(task.y, *h, generator) for h in zip(*habits, strict=True)]
        return torch.stack(labels)
