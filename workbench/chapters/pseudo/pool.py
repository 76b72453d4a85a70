"""The pool: items of which a few keep their label, and who knows the others' true classes."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.pseudo.knobs import Settings
from workbench.chapters.pseudo.toys import CLASSES, toy
from workbench.data import DataError
from workbench.data.labels import cluster, cluster_names
from workbench.science import formulas, nets
from workbench.science.tensors import Resident, resident

ITEMS_MAPPED = 2000  # the plane's axes are the principal components of so many items
CLUSTERED = "Nobody labelled these pictures: clusters of K-means stand for classes."
STRANGER, UNKNOWN = -1, -2  # the class of an item whose class has no name, and of one without label
WITHOUT_LABEL = ("unlabelled", "unlabeled")  # what a set of one's own calls items without a label


@dataclass(frozen=True, eq=False)
class Expert:
    """The person who names a few items of each class; `y` [n] are the classes, else below 0."""

    name: str
    y: Tensor
    classes: int

    def label(self, labels: int, seed: int) -> Tensor:
        """The label [n] of every item, -1 where there is none: `labels` of each class have one.

        A class of fewer items has all of its items labelled. Raises DataError when no item would
        be left without a label.
        """
        order = torch.randperm(len(self.y), generator=torch.Generator().manual_seed(seed + 3000))
        rows = [order[self.y[order] == c][:labels] for c in range(self.classes)]
        given = torch.full_like(self.y, -1)
        for c, chosen in enumerate(rows):
            given[chosen] = c
        if (given >= 0).all():
            raise DataError(
                f"{self.name} has no item without a label left at {labels} a class: ask for fewer "
                "labels or give more items."
            )
        return given


@dataclass(frozen=True, eq=False)
class Pool:
    """Items to learn from: x [n, d] and x_test [m, d] on the device, the true classes y [n]
    (STRANGER where nobody named the class, UNKNOWN where nobody knows it) and y_test [m], which
    judge and are never trained on.

    `expert` gives labels; plane [n, 2] is x along `axes` [2, d] from `middle` [1, d]; data is None
    for toys.
    """

    data: Resident | None
    classes: tuple[str, ...]
    x: Tensor
    y: Tensor
    x_test: Tensor
    y_test: Tensor
    expert: Expert
    middle: Tensor
    axes: Tensor
    note: str = ""

    @property
    def plane(self) -> Tensor:
        return (self.x.cpu() - self.middle) @ self.axes.T


def load_pool(run: Settings, device: str = "cpu") -> Pool:
    """The pool of this run. Raises DataError when it cannot be one."""
    if run.items != "pictures":
        return toy_pool(run.items, device)
    return picture_pool(run.data, run.strangers, device)


@lru_cache(maxsize=4)
def toy_pool(name: str, device: str = "cpu") -> Pool:
    """Two classes of points in the plane."""
    x, y, x_test, y_test = (torch.from_numpy(part) for part in toy(name))
    expert = Expert(name, y, 2)
    x, x_test = x.to(device), x_test.to(device)
    return Pool(None, CLASSES, x, y, x_test, y_test, expert, torch.zeros(1, 2), torch.eye(2))


@lru_cache(maxsize=4)
def picture_pool(name: str, strangers: int = 0, device: str = "cpu") -> Pool:
    """The data set `name`, whose last classes nobody names; two classes at least keep their name.

    Without labels, clusters of K-means stand for classes. Items of a class `unlabelled` have no
    label: all of them lie in the pool, and none judges. Raises DataError for a set of one class,
    and where a class has no training item.
    """
    data = resident(name, device)
    images, note, x = data.images, "", data.train
    y, y_test, classes = images.y_train, images.y_test, images.classes
    if y is None:
        y, y_test = cluster(data.train.cpu().numpy(), data.test.cpu().numpy())
        classes, note = cluster_names(int(y.max()) + 1), CLUSTERED
    elif any(map(lacks_label, classes)):
        (y, y_test), classes = forget(classes, y, y_test)
        more = data.test[torch.from_numpy(y_test == UNKNOWN).to(data.test.device)]
        x, y = torch.cat([x, more]), np.concatenate([y, np.full(len(more), UNKNOWN)])
        note = (
            f"{(y == UNKNOWN).sum()} items have no label: they are guessed about and judge nobody"
        )
    if len(classes) < 2:
        raise DataError(f"{images.name} has one class only: give pictures of two or more.")
    absent = sorted(set(range(len(classes))) - set(np.unique(y).tolist()))
    if absent:
        raise DataError(
            f"{images.name} has {(y != UNKNOWN).sum()} training pictures and none of class "
            f"{classes[absent[0]]}: give some of every class."
        )
    if not (y_test != UNKNOWN).any():
        raise DataError(f"{images.name} has no label to test with: label five items at least.")
    named = max(2, len(classes) - strangers)
    y, y_test = (torch.from_numpy(np.array(part, np.int64)) for part in (y, y_test))
    y = torch.where(y < named, y, STRANGER)
    rows = (y_test >= 0) & (y_test < named)
    x_test, y_test = data.test[rows.to(data.test.device)], y_test[rows]
    middle, axes, _ = formulas.pca(x[:ITEMS_MAPPED].cpu(), min(2, data.pixels))
    axes = torch.nn.functional.pad(axes, (0, 0, 0, 2 - len(axes)))
    expert = Expert(images.name, y, named)
    return Pool(data, classes[:named], x, y, x_test, y_test, expert, middle, axes, note)


def lacks_label(name: str) -> bool:
    """Whether a class of this name is none: its items are those that nobody has labelled."""
    return name.strip().lower() in WITHOUT_LABEL


def forget(classes: tuple[str, ...], *labels: NDArray) -> tuple[list[NDArray], tuple[str, ...]]:
    """These labels [n] with UNKNOWN for items of a class that is none, and the classes that are."""
    named = [c for c, name in enumerate(classes) if not lacks_label(name)]
    code = np.full(len(classes), UNKNOWN)
    code[named] = np.arange(len(named))
    return [code[y] for y in labels], tuple(classes[c] for c in named)


def give_labels(pool: Pool, stack) -> Tensor:
    """The labels that each member knows [members, n], -1 where there is none, on the device."""
    given = [pool.expert.label(member.labels, member.seed) for member in stack]
    return torch.stack(given).to(pool.x.device)


def make_networks(pool: Pool, stack, width: int) -> nets.Mlp:
    """A fresh network for each member: one hidden layer, and for the plane a second."""
    d = pool.x.shape[1]
    hidden = [width] if d > 2 else [max(2, width // 4)] * 2
    seeds = nets.generators([member.seed for member in stack])
    return nets.Mlp([d, *hidden, len(pool.classes)], seeds, str(pool.x.device))
