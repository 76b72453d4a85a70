"""The few labels that CatGAN is told, and the classes that judge it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.adversarial_codes.knobs import Member, Settings
from workbench.data.labels import cluster, cluster_names
from workbench.science.tensors import Resident


class Classes(NamedTuple):
    """The class of each training picture y [n] and test picture y_test [m], and their names.

    invented: whether they are clusters of K-means, because nobody labelled the pictures.
    """

    names: tuple[str, ...]
    y: Tensor
    y_test: Tensor
    invented: bool


class Labelled(NamedTuple):
    """Pictures with a label: their rows and labels [members, m], and how many categories there
    are to choose from."""

    rows: Tensor
    y: Tensor
    categories: int


@lru_cache(maxsize=4)
def classes_of(data: Resident) -> Classes:
    """The classes of these pictures; clusters where nobody labelled them."""
    images, invented = data.images, data.images.y_train is None
    parts = images.y_train, images.y_test
    names = images.classes
    if invented:
        parts = cluster(data.train.cpu().numpy(), data.test.cpu().numpy())
        names = cluster_names(int(parts[0].max()) + 1)
    y, y_test = (torch.from_numpy(np.array(part, np.int64)) for part in parts)
    return Classes(tuple(names), y, y_test, invented)


def give_labels(
    run: Settings, stack: Sequence[Member], data: Resident, device: str = "cpu"
) -> Labelled:
    """Draws `run.labels` pictures of each class, by each member's seed.

    A class of fewer pictures has all of them labelled.
    """
    if not run.labels:
        nothing = torch.empty(len(stack), 0, dtype=torch.int64, device=device)
        return Labelled(nothing, nothing, run.categories)
    classes = classes_of(data)
    rows = torch.stack([_draw(classes.y, run.labels, member.seed) for member in stack])
    categories = max(2, len(classes.names))
    return Labelled(rows.to(device), classes.y[rows].to(device), categories)


def _draw(y: Tensor, labels: int, seed: int) -> Tensor:
    """`labels` rows of each class."""
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(seed + 9000))
    return torch.cat([order[y[order] == c][:labels] for c in range(int(y.max()) + 1)])
