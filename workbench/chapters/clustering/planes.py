"""The plane in which points are seen, and the outlines of clusters in it."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.clustering.clusters import Assignment
from workbench.chapters.clustering.points import principal_scores
from workbench.science import formulas
from workbench.science.tensors import Resident


class Plane(NamedTuple):
    """How points [n, d] are seen: (points - mean) @ axes, with axes [d, 2], and its labels."""

    mean: Tensor
    axes: Tensor
    labels: tuple[str, str]

    def project(self, points: Tensor, data: Resident) -> np.ndarray:
        """The first pictures' points in the plane; codes of one number lack a second axis."""
        xy = (points - self.mean) @ self.axes
        if points.shape[1] == 1:
            xy[:, 1] = principal_scores(data, 2)[: len(points), 0]
        return xy.cpu().numpy()


def best_plane(points: Tensor, data: Resident) -> Plane:
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
    plane: Plane, assignment: Assignment, xy: np.ndarray, clusters: np.ndarray
) -> tuple[np.ndarray, ...]:
    """K ellipses [33, 2] in the plane: of the components, or else of each cluster's points."""
    if assignment.points.shape[1] == 1:
        return ()
    if assignment.shape is not None:
        mu, matrices = assignment.shape
        middles, spreads = (mu - plane.mean) @ plane.axes, plane.axes.T @ matrices @ plane.axes
        return ellipses(middles.cpu().numpy(), spreads.cpu().numpy())
    k = assignment.gamma.shape[1]
    middles, spreads = np.zeros((k, 2)), np.zeros((k, 2, 2))
    for c in np.unique(clusters):
        members = xy[clusters == c]
        middles[c], spreads[c] = members.mean(0), np.cov(members.T, bias=True)
    return ellipses(middles, spreads)


def ellipses(mu: np.ndarray, matrices: np.ndarray, deviations: float = 2.0) -> tuple:
    """The curves at `deviations` standard deviations of Gaussians in the plane: K of [33, 2].

    mu [K, 2]; matrices [K, 2, 2], positive semidefinite but for rounding.
    """
    turn = np.linspace(0, 2 * np.pi, 33)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    values, vectors = np.linalg.eigh(matrices)
    reach = deviations * np.sqrt(np.clip(values, 0, None))
    return tuple(m + ((v * r) @ circle).T for m, v, r in zip(mu, vectors, reach, strict=True))
