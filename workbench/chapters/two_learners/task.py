"""A data set as both experiments use it: pictures, and classes that the learners may not see."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from workbench.data import DataError
from workbench.data.labels import cluster, cluster_names
from workbench.science.tensors import Resident, resident


@dataclass(frozen=True, eq=False)
class Task:
    """Pictures and true classes: `x` [n, pixels] and `y` [n] to train on, `y_test` [m] of
    `data.test`. The classes lie on the CPU; `guessed` says that they are clusters."""

    data: Resident
    classes: tuple[str, ...]
    x: Tensor
    y: Tensor
    y_test: Tensor
    guessed: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of a table's columns, which are the pixels of its pictures; () for pictures."""
        report = self.data.images.report
        return report.columns if report is not None and report.kind == "table" else ()

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of what views are cut of: a table has one row, however it is drawn."""
        return (1, len(self.columns)) if self.columns else self.data.shape

    def first(self, items: int) -> "Task":
        """The same task with the first training pictures only."""
        return replace(self, x=self.x[:items], y=self.y[:items])


@lru_cache(maxsize=4)
def load_task(name: str, device: str) -> Task:
    """The data set `name` as a task; without labels, clusters of K-means stand for classes.

    Raises DataError for a set of one class, or of fewer pictures than classes.
    """
    data = resident(name, device)
    images, guessed = data.images, data.images.y_train is None
    y, y_test, classes = images.y_train, images.y_test, images.classes
    if guessed:
        y, y_test = cluster(data.train.cpu().numpy(), data.test.cpu().numpy())
        classes = cluster_names()
    if len(np.unique(y)) < 2:
        raise DataError(f"{images.name} has one class only: give pictures of two or more.")
    if len(y) < len(classes):
        raise DataError(
            f"{images.name} has {len(y)} training pictures of {len(classes)} classes: "
            "give at least one of each."
        )
    y, y_test = (torch.from_numpy(np.array(labels, np.int64)) for labels in (y, y_test))
    return Task(data, classes, data.train, y, y_test, guessed)
