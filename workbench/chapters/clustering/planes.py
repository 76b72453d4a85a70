"""Clusters to look at: the plane that points are seen in, and pictures of a partition.

Nothing is held out from clustering, so these work on training and held-out pictures in one.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

import numpy as np

from workbench.chapters.clustering import mixtures
from workbench.core.pictures import HeatMap, Scatter
from workbench.science import formulas, metrics
from workbench.science.later import Tensor, torch
from workbench.science.tensors import Resident

ROWS = 15  # of small pictures, one for each cluster; more would be too small to see


@lru_cache(maxsize=4)
def everything(data: Resident) -> Tensor:
    """Training and held-out pictures in one: [n, pixels]. Nothing is held out from clustering."""
    return torch.cat([data.train, data.test])


@lru_cache(maxsize=4)
def everyones_labels(data: Resident) -> np.ndarray | None:
    """The label of each row of `everything`, or None where nobody knows."""
    parts = data.images.y_train, data.images.y_test
    return None if any(y is None for y in parts) else np.concatenate(parts)


@lru_cache(maxsize=8)
def principal_scores(data: Resident, size: int) -> Tensor:
    """The first principal components of all pictures: [n, size], or as many as there are."""
    x = everything(data)
    mean, components, _ = formulas.pca(x[:10_000], size)
    return formulas.pca_code(x, mean, components)


class View(NamedTuple):
    """One run's clusters at one instant, for the first `rows` pictures.

    points [rows, d] and gamma [rows, K]; `shape`: means [K, d] and covariances [K, d, d] of the
    components, or None where a method has none. scalars: its objective, by name.
    """

    points: Tensor
    gamma: Tensor
    shape: tuple[Tensor, Tensor] | None
    scalars: dict[str, float]


class Plane(NamedTuple):
    """How points [n, d] are seen: (points - mean) @ axes, with axes [d, 2], and its labels."""

    mean: Tensor
    axes: Tensor
    labels: tuple[str, str]

    def see(self, points: Tensor, data: Resident) -> np.ndarray:
        """The first pictures' points in the plane; codes of one number lack a second axis."""
        xy = (points - self.mean) @ self.axes
        if points.shape[1] == 1:
            xy[:, 1] = principal_scores(data, 2)[: len(points), 0]
        return xy.cpu().numpy()


def plane(points: Tensor, data: Resident) -> Plane:
    """Two axes of largest variance, turned towards those of the pixels so that codes, whose own
    axes are arbitrary, do not jump from frame to frame; codes of two numbers as they are."""
    d, mean = points.shape[1], points.new_zeros(points.shape[1])
    if d <= 2:
        labels = ("z1", "z2") if d == 2 else ("z1", "first axis of the pixels")
        return Plane(mean, torch.eye(2).to(points)[:d], labels)
    mean, components, _ = formulas.pca(points, 2)
    pixels = points.new_zeros(len(points), 2)
    scores = principal_scores(data, 2)[: len(points)]
    pixels[:, : scores.shape[1]] = scores  # a picture of one pixel has one
    u, _, v = torch.linalg.svd(components @ (points - mean).T @ pixels)
    return Plane(mean[0], components.T @ u @ v, ("first axis", "second axis"))


def outlines(
    look: Plane, view: View, xy: np.ndarray, clusters: np.ndarray, k: int
) -> tuple[np.ndarray, ...]:
    """K ellipses [33, 2] in the plane: of the components, or else of each cluster's points."""
    if view.points.shape[1] == 1:
        return ()
    if view.shape is not None:
        mu, matrices = view.shape
        seen = look.axes.T @ matrices @ look.axes
        return mixtures.ellipses(((mu - look.mean) @ look.axes).cpu().numpy(), seen.cpu().numpy())
    middles, spreads = np.zeros((k, 2)), np.zeros((k, 2, 2))
    for c in np.unique(clusters):
        mine = xy[clusters == c]
        middles[c], spreads[c] = mine.mean(0), np.cov(mine.T, bias=True)
    return mixtures.ellipses(middles, spreads)


def matched(table: np.ndarray, classes: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """The clusters in the order of the labels that they are counted as, and what to call them.

    table [labels, clusters]. The clusters that no label is left for come last.
    """
    labels, found = metrics.matching(table)
    spare = np.setdiff1d(np.arange(table.shape[1]), found)
    names = [f"as {classes[label]}" for label in labels]
    names += [f"spare {i + 1}" for i in range(len(spare))]
    return np.concatenate([found, spare]).astype(int), tuple(names)


def grid(pictures: Tensor, names: tuple[str, ...]) -> tuple[Tensor, tuple[str, ...]]:
    """Pictures [K, across, pixels] of K clusters as rows of tiles [rows, columns, pixels], and what
    to call the rows. Of more than ROWS clusters two share a row, with a black tile between them."""
    k, across, pixels = pictures.shape
    if k <= ROWS:
        return pictures, names
    each, pairs = across // 2, zip_longest(names[::2], names[1::2])
    tiles = pictures.new_zeros((k + 1) // 2, 2 * each + 1, pixels)
    tiles[:, :each] = pictures[::2, :each]
    tiles[: k // 2, each + 1 :] = pictures[1::2, :each]
    return tiles, tuple(" | ".join(filter(None, pair)) for pair in pairs)


def confusion(table: np.ndarray, names: tuple[str, ...], classes: tuple[str, ...]) -> HeatMap:
    """table [clusters, labels] in matched order: what ACC counts as right is the diagonal."""
    return HeatMap(
        "Clusters against labels",
        table.astype(float),
        names,
        classes,
        "label",
        "cluster, counted",
        caption="Pictures. ACC is the share on the diagonal, after the best one-to-one matching.",
    )


def target(q: Tensor) -> Scatter:
    """DEC's q_ij of a few pictures against the p_ij that they are pulled to."""
    p, few = formulas.target_distribution(q), slice(60)
    pairs = torch.stack([q[few].flatten(), p[few].flatten()], 1)
    return Scatter(
        "Q against P",
        pairs.cpu().numpy(),
        x_label="q",
        y_label="p",
        caption="A mark is one of 60 pictures and one cluster. Above the diagonal the target asks "
        "for more, below for less: what is likely becomes likelier.",
    )
