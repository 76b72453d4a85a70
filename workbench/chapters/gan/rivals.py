"""What a generator of pictures is compared with: Gaussians, a copier, and new real pictures."""

from typing import NamedTuple

import torch
from torch import Tensor

from workbench.data import cache_by, locate
from workbench.science import formulas
from workbench.science.judge import COMPARED, make_judge
from workbench.science.tensors import resident

GAUSSIANS, LEAST_ITEMS = 10, 10  # of a mixture, and training pictures that each should have
MOST_AXES, MOST_FITTED = 40, 5000  # principal components and pictures that a mixture is fitted to
COPY_NOISE = 0.1
AMONG, SEARCHED = 5000, 250  # training pictures, and others whose nearest of them is sought
LEAST_DISTANCE = 1e-6


class Rival(NamedTuple):
    """Pictures [n, pixels], and what the judge finds of them."""

    pictures: Tensor
    numbers: dict[str, float]


@cache_by(locate, 4)
def make_rivals(name: str) -> dict[str, Rival]:
    """What else could have made pictures like those of the data set `name`."""
    data, judge = resident(name), make_judge(name)
    train, generator = data.train, torch.Generator().manual_seed(0)
    copies = train[torch.randperm(len(train), generator=generator)[:COMPARED]]
    noise = torch.randn(copies.shape, generator=generator)
    generated = {
        "held-out real pictures": data.test[:COMPARED],
        "ten Gaussians": draw_mixture(train, GAUSSIANS),
        "one Gaussian": draw_mixture(train, 1),
        "a copier that adds noise": (copies + COPY_NOISE * noise).clamp(0, 1),
    }
    return {
        title: Rival(x, judge.evaluate(x) | {"nearest": nearest(x, train, data.test)})
        for title, x in generated.items()
    }


def draw_mixture(train: Tensor, most: int) -> Tensor:
    """Pictures [COMPARED, pixels] of a mixture of Gaussians with full covariances.

    It is fitted by scikit-learn's EM to the principal components of the training pictures; few
    pictures get fewer Gaussians.
    """
    from sklearn.mixture import GaussianMixture  # seconds of import

    middle, axes, _ = formulas.pca(train[:MOST_FITTED], min(MOST_AXES, train.shape[1]))
    codes = formulas.pca_code(train[:MOST_FITTED], middle, axes).double().numpy()
    count = max(1, min(most, len(codes) // LEAST_ITEMS))
    mixture = GaussianMixture(count, reg_covar=1e-3, max_iter=20, tol=1e-2, random_state=0)
    drawn, _ = mixture.fit(codes).sample(COMPARED)
    return (middle + torch.from_numpy(drawn).float() @ axes).clamp(0, 1)


def nearest(pictures: Tensor, train: Tensor, test: Tensor) -> float:
    """The mean distance to the nearest training picture, that of held-out real pictures being 1.

    Well below 1 the pictures are copies.
    """
    real = distances(test, train).mean().clamp_min(LEAST_DISTANCE)
    return (distances(pictures, train).mean() / real).item()


def distances(pictures: Tensor, train: Tensor) -> Tensor:
    """The distance of some of the pictures to their nearest training picture."""
    return torch.cdist(pictures[:SEARCHED].cpu(), train[:AMONG].cpu()).amin(1)


def nearest_rows(pictures: Tensor, train: Tensor) -> Tensor:
    """The row of the nearest training picture of each picture."""
    return torch.cdist(pictures.cpu(), train[:AMONG].cpu()).argmin(1)
