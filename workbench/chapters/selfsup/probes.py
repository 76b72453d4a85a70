"""Are features worth anything? A linear classifier on frozen features, taught with few labels.

The protocol of self-supervised learning: freeze the encoder, train a logistic regression on what
it says about a few labelled pictures, and test that on pictures nobody trained on.
"""

import warnings
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor

from workbench.chapters.selfsup.colour_data import Album
from workbench.chapters.selfsup.lesson import Encoder

STRENGTH = 10.0  # inverse weight decay of the probe (scikit-learn's C) on rows of length about 1
POOL = 2000  # pictures whose labels may be bought
JUDGED = 300  # test pictures of a probe, and training pictures that may be neighbours
MORE_DRAWS = 5  # of the labels, in the last picture; seeds are that far apart


class Probes:
    """The probes of one run: every encoder is judged with the same draws of labels."""

    def __init__(self, album: Album, seed: int):
        self.light = album.light
        self.labels = album.y[:POOL]
        self.test = album.light_test[:JUDGED]
        self.truth = album.y_test[:JUDGED]
        self.seed = seed

    def accuracy(
        self,
        encoder: Encoder | None,
        counts: Sequence[int],
        draws: int,
        test: NDArray | None = None,
    ) -> NDArray:
        """Test accuracy with so many labels, for every draw of them [counts, draws].

        `test` are the features of the test pictures, if they are known already.
        """
        seeds = range(MORE_DRAWS * self.seed, MORE_DRAWS * self.seed + draws)
        bought = np.stack([draw_labels(self.labels, max(counts), seed) for seed in seeds])
        rows, positions = np.unique(bought, return_inverse=True)
        device = self.light.device
        features = read_features(encoder, self.light[torch.from_numpy(rows).to(device)])
        x, y = features[positions.reshape(bought.shape)], self.labels[bought]
        test = read_features(encoder, self.test) if test is None else test
        with threadpool_limits(1):  # many threads only wait for each other over so little
            return np.array(
                [
                    [probe(x[draw, :n], y[draw, :n], test, self.truth) for draw in range(draws)]
                    for n in counts
                ]
            )


@torch.no_grad()
def read_features(encoder: Encoder | None, x: Tensor) -> NDArray:
    """What a probe reads of light x [n, 1, h, w]: features [n, d]; of no encoder the pixels."""
    if encoder is None:
        return x.flatten(1).cpu().numpy()
    return torch.cat([encoder.features(part) for part in x.split(250)]).cpu().numpy()


def draw_labels(y: NDArray, count: int, seed: int) -> NDArray:
    """Rows [count] whose labels are bought, drawn at random from y [n].

    Every class is asked about as often as possible, in turns, so that ten labels of ten classes
    are one of each. All rows where there are no more than `count`.
    """
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(y))
    turn = np.empty(len(y))
    for k in np.unique(y):
        of_class = rows[y[rows] == k]
        turn[of_class] = np.arange(len(of_class)) + rng.random()
    return np.argsort(turn, kind="stable")[:count]


def probe(x: NDArray, y: NDArray, x_test: NDArray, y_test: NDArray) -> float:
    """Share of test rows that a logistic regression on x [n, d], y [n] gets right.

    Features are centred and scaled by what the labelled rows show; with one class only it always
    says that class.
    """
    if len(np.unique(y)) < 2:
        return float((y_test == y[0]).mean())
    from sklearn.linear_model import LogisticRegression  # a second of import

    mean, std = x.mean(0), x.std(0)
    scale = np.where(std > 1e-6, std, 1) * x.shape[1] ** 0.5
    model = LogisticRegression(C=STRENGTH, tol=1e-3, max_iter=500)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # "many classes", "not yet converged"
        model.fit((x - mean) / scale, y)
        return float((model.predict((x_test - mean) / scale) == y_test).mean())


def nearest(query: NDArray, others: NDArray, count: int) -> NDArray:
    """Numbers [q, count] of the nearest rows of `others` [n, d] to `query` [q, d] by cosine."""

    def unit(rows: NDArray) -> NDArray:
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)

    similarity = unit(query) @ unit(others).T
    return np.argsort(-similarity, axis=1, kind="stable")[:, :count]
