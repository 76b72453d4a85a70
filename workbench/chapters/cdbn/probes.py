"""What do features know of the classes? A linear classifier, taught with few labels, is asked.

Its strength of regularisation is chosen for each kind of features by leaving out every labelled
picture in turn, so that none is judged by a strength that suits another.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from workbench.chapters.cdbn.gallery import Gallery
from workbench.chapters.cdbn.knobs import LABELS
from workbench.science import nets

DRAWS = 5  # of the labels
STRENGTHS = 0.01, 0.03, 0.1, 0.3, 1.0  # of the regularisation, in mean squared lengths of a row
CONSTANT = 100.0  # how large the feature is that is always there, in the same unit, squared


class Probes:
    """The labels of each run: DRAWS draws of them, the same for all kinds of features.

    batch [runs, pictures, 1, height, width] are the labelled pictures of all draws and behind them
    the test pictures: a probe asks for the features of these.
    """

    def __init__(self, gallery: Gallery, seeds: list[int], labels: Sequence[int] = LABELS):
        self.labels = labels
        self.truth = gallery.truth
        self.classes = int(torch.cat([gallery.y, gallery.truth]).max()) + 1
        rows = [
            torch.stack([draw_labels(gallery.y.cpu(), max(labels), g) for _ in range(DRAWS)])
            for g in nets.generators([seed + 3000 for seed in seeds])
        ]
        self.rows = torch.stack(rows).to(gallery.y.device)  # [runs, draws, labels]
        self.y = gallery.y[self.rows]
        test = gallery.test.expand(len(seeds), *gallery.test.shape)
        self.batch = torch.cat([gallery.labelled[self.rows.flatten(1)], test], 1)

    def accuracy(self, features: Tensor) -> dict[int, Tensor]:
        """By number of labels, the share of test pictures named rightly [runs, draws].

        features [runs, pictures, ...] of `batch`.
        """
        bought = self.rows[0].numel()
        x = features[:, :bought].flatten(2).unflatten(1, self.rows.shape[1:])
        test = features[:, bought:].flatten(2)[:, None]
        shares = {}
        for count in self.labels:
            answers = teach(x[:, :, :count], self.y[:, :, :count], test, self.classes)
            shares[count] = (answers == self.truth).double().mean(-1)
        return shares


def draw_labels(y: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Rows whose labels are bought: the first n of them are n labels, of the classes in turns.

    At most `count` rows of y [n], and all where there are no more.
    """
    order = torch.randperm(len(y), generator=generator)
    turns = torch.empty(len(y))
    for k in y.unique():
        own = order[y[order] == k]
        turns[own] = torch.arange(len(own)) + torch.rand(len(own), generator=generator)
    return turns.argsort()[:count]


def teach(x: Tensor, y: Tensor, test: Tensor, classes: int) -> Tensor:
    """The classes of test [..., m, d] according to ridge regression on x [..., n, d], y [..., n].

    With K = x x^T and targets Y, one column a class, its answers are test x^T (K + s)^-1 Y. The
    error without picture i is a_i / G_ii with G = (K + s)^-1 and a = G Y (Golub et al. 1979).
    """
    targets = torch.nn.functional.one_hot(y, classes).double()
    middle = x.mean(-2, keepdim=True)
    x, test = (x - middle).double(), (test - middle).double()
    kernel = x @ x.mT
    scale = kernel.diagonal(dim1=-2, dim2=-1).mean(-1)[..., None, None].clamp_min(1e-12)
    values, vectors = torch.linalg.eigh(kernel + CONSTANT * scale)
    turned = vectors.mT @ targets
    candidates = [
        leave_out(values.clamp_min(0) + strength * scale[..., 0], vectors, turned)
        for strength in STRENGTHS
    ]
    errors = torch.stack([error for _, error in candidates])
    weights = torch.stack([weights for weights, _ in candidates])
    best = errors.argmin(0)[None, ..., None, None].expand(1, *weights.shape[1:])
    weights = weights.gather(0, best)[0]
    constant = CONSTANT * scale * weights.sum(-2, keepdim=True)
    return (test @ (x.mT @ weights) + constant).argmax(-1)


def leave_out(values: Tensor, vectors: Tensor, turned: Tensor) -> tuple[Tensor, Tensor]:
    """a = G Y [..., n, classes], and the mean squared error of rows that are left out [...]."""
    weights = vectors @ (turned / values[..., None])
    alone = (vectors.square() / values[..., None, :]).sum(-1, keepdim=True)
    return weights, (weights / alone).square().mean((-2, -1))
