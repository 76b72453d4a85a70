"""What the methods cluster: pictures, principal components or codes.

Nothing is held out from clustering, so training and held-out pictures are in one.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.clustering.autoencoder import Autoencoder
from workbench.chapters.clustering.knobs import Settings
from workbench.core.frames import Diverged
from workbench.science import formulas, nets
from workbench.science.tensors import Resident

HINT = "Lower the learning rate."
MANY_PIXELS = 256  # a mixture of pictures with more of them sees ...
MIXTURE_COMPONENTS = 64  # ... so many of their principal components


@lru_cache(maxsize=4)
def all_pictures(data: Resident) -> Tensor:
    """Training and held-out pictures in one: [n, pixels]."""
    return torch.cat([data.train, data.test])


@lru_cache(maxsize=4)
def all_labels(data: Resident) -> np.ndarray | None:
    """The label of each row of `all_pictures`, or None where nobody knows."""
    parts = data.images.y_train, data.images.y_test
    return None if any(y is None for y in parts) else np.concatenate(parts)


@lru_cache(maxsize=8)
def principal_scores(data: Resident, size: int) -> Tensor:
    """The first principal components of all pictures: [n, size], or as many as there are."""
    x = all_pictures(data)
    mean, components, _ = formulas.pca(x[:10_000], size)
    return formulas.pca_code(x, mean, components)


def without_test(data: Resident) -> Resident:
    """The same set without its held-out pictures, for what is tested on these later."""
    return replace(data, test=data.test[:0])


class Setup(NamedTuple):
    """What clustering begins with: runs, pictures x [n, pixels], networks, order and noise.

    `coder` is None where nothing is encoded. Only training needs batches and noise.
    """

    runs: Sequence[Settings]
    data: Resident
    x: Tensor
    coder: Autoencoder | None
    batches: nets.Batches | None = None
    noise: nets.Noise | None = None


def points(setup: Setup) -> list[Tensor]:
    """What the methods see of the pictures, [n, d], for every run: the codes, where there are some.

    In float64, but for K-Means on many pixels, which would take gigabytes. Raises Diverged when
    pre-training has left the finite numbers.
    """
    if setup.coder is not None:
        return codes(setup)
    first, pixels = setup.runs[0], setup.data.pixels
    if first.on_pixels and pixels <= MANY_PIXELS:
        x = setup.x.double()
    elif first.on_pixels and first.kind == "kmeans":
        x = setup.x
    else:
        size = MIXTURE_COMPONENTS if first.on_pixels else min(first.latent, pixels)
        x = principal_scores(setup.data, size).double()
    return [x] * len(setup.runs)


def codes(setup: Setup) -> list[Tensor]:
    """The mean codes of the pictures [n, J] for every run, in float64. Raises Diverged."""
    means = [setup.coder.codes(k, setup.x)[0].double() for k in range(len(setup.runs))]
    if not all(each.isfinite().all() for each in means):
        raise Diverged(f"Training diverged before there were clusters. {HINT}")
    return means
