"""The pool: a data set of which only the expert knows the classes."""

from dataclasses import dataclass

import numpy as np
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.ceal import backbone
from workbench.data import DataError, ImageSet, cache_by, locate
from workbench.data.labels import cluster, cluster_names
from workbench.science import formulas
from workbench.science.tensors import Resident, resident

ITEMS_MAPPED = 2000  # the map's principal components are those of so many items


@dataclass(frozen=True, eq=False)
class Pool:
    """A data set to be labelled, as a network is given it: pixels or features.

    x [n, d] and x_test [m, d] lie on the device; y [n] and y_test [m] are their true classes;
    plane [n, 2] is x along its first two principal components; `pictured` says that x are pixels.
    """

    data: Resident
    classes: tuple[str, ...]
    x: Tensor
    y: NDArray
    x_test: Tensor
    y_test: NDArray
    plane: NDArray
    pictured: bool = True

    def __len__(self) -> int:
        return len(self.y)


def class_names(images: ImageSet) -> tuple[str, ...]:
    """What the items of a set can be called."""
    if images.y_train is None:
        return cluster_names()
    return images.classes


@cache_by(locate, 4)
def load_pool(name: str, device: str = "cpu", pretrained: bool = False) -> Pool:
    """The data set `name` as a pool; without labels, clusters of K-means stand for classes.

    With `pretrained`, x are the features that a frozen ResNet-18 gives the pictures. Raises
    DataError when the set cannot be read or has one class only, and when the weights are absent.
    """
    data = resident(name, device)
    images = data.images
    y, y_test = images.y_train, images.y_test
    if y is None:
        y, y_test = cluster(data.train.cpu().numpy(), data.test.cpu().numpy())
    if len(np.unique(y)) < 2:
        raise DataError(f"{images.name} has one class only: give pictures of two or more.")
    x, x_test = backbone.features(images, device) if pretrained else (data.train, data.test)
    y, y_test = y.astype(np.int64), y_test.astype(np.int64)
    names = class_names(images)
    return Pool(data, names, x, y, x_test, y_test, _project(x), pictured=not pretrained)


def _project(x: Tensor) -> NDArray:
    """x [n, d] along its first two principal components [n, 2]; zeros where d is 1."""
    mean, components, _ = formulas.pca(x[:ITEMS_MAPPED].cpu(), min(2, x.shape[1]))
    return F.pad(formulas.pca_code(x.cpu(), mean, components), (0, 2))[:, :2].numpy()
