"""The pictures of a frame: clusters in the plane, against the labels, and by their members."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.clustering.clusters import Assignment
from workbench.chapters.clustering.planes import Plane, outlines
from workbench.chapters.clustering.points import all_labels, all_pictures
from workbench.core.pictures import Bars, HeatMap, Images, Picture, Scatter
from workbench.science import formulas, metrics
from workbench.science.tensors import Resident

POINTS_DRAWN = 600
PICTURES_ACROSS = 10
ROWS = 15  # of small pictures, one for each cluster; more would be too small to see
PICTURES_AIMED = 60  # whose q and p are drawn


class Order(NamedTuple):
    """The clusters [K] in the order in which they are shown, and what to call them."""

    clusters: np.ndarray
    names: tuple[str, ...]


def frame_pictures(
    data: Resident, assignment: Assignment, plane: Plane, drawn: Tensor | None
) -> dict[str, Picture]:
    """The pictures that several methods have, by name. Without labels there is no confusion.

    drawn [K, PICTURES_ACROSS, pixels]: pictures that the method itself draws of each cluster.
    """
    clusters, k = assignment.gamma.argmax(1).cpu().numpy(), assignment.gamma.shape[1]
    order = shown_order(data, clusters, k)
    pictures: dict[str, Picture] = {"codes": codes(data, assignment, plane, clusters)}
    if all_labels(data) is not None:
        table = label_table(data, clusters, k)[:, order.clusters].T
        pictures["confusion"] = confusion(table, order.names, data.images.classes)
    pictures["members"] = typical_members(data, assignment, order)
    pictures["sizes"] = sizes(clusters, order)
    if assignment.pi is not None:
        pictures["weights"] = weights(assignment.pi, order)
    if drawn is not None:
        pictures["samples"] = samples(data, drawn, order)
    return pictures


def shown_order(data: Resident, clusters: np.ndarray, k: int) -> Order:
    """The k clusters in the order of the labels that they are counted as, if there are labels."""
    if all_labels(data) is None:
        return Order(np.arange(k), tuple(str(c + 1) for c in range(k)))
    return matched(label_table(data, clusters, k), data.images.classes)


def label_table(data: Resident, clusters: np.ndarray, k: int) -> np.ndarray:
    """How many of the first pictures have a label and lie in a cluster: [labels, k]."""
    labels = all_labels(data)[: len(clusters)]
    return metrics.contingency(labels, clusters, (len(data.images.classes), k))


def matched(table: np.ndarray, classes: Sequence[str]) -> Order:
    """The clusters of a table [labels, clusters] by the labels that they are counted as.

    The clusters that no label is left for come last.
    """
    labels, partners = metrics.matching(table)
    spare = np.setdiff1d(np.arange(table.shape[1]), partners)
    names = [f"for {classes[label]}" for label in labels]
    names += [f"spare {i + 1}" for i in range(len(spare))]
    return Order(np.concatenate([partners, spare]).astype(int), tuple(names))


def codes(data: Resident, assignment: Assignment, plane: Plane, clusters: np.ndarray) -> Scatter:
    """Points in the plane: in the colours of their labels, or else of their clusters."""
    xy, labels = plane.project(assignment.points, data), all_labels(data)
    names = tuple(str(c + 1) for c in range(assignment.gamma.shape[1]))
    outlined = "cluster's points" if assignment.shape is None else "component"
    colours = "" if labels is None else "Colours are labels, which training never saw. "
    return Scatter(
        "Points and clusters",
        xy[:POINTS_DRAWN],
        (clusters if labels is None else labels)[:POINTS_DRAWN],
        names if labels is None else data.images.classes,
        *plane.labels,
        equal=assignment.points.shape[1] > 1,
        outlines=outlines(plane, assignment, xy, clusters),
        caption=f"{colours}Outlines: two standard deviations of each {outlined}.",
    )


def confusion(table: np.ndarray, names: tuple[str, ...], classes: tuple[str, ...]) -> HeatMap:
    """table [clusters, labels] in matched order: what ACC counts as right is the diagonal."""
    return HeatMap(
        "Clusters against labels",
        table.astype(float),
        names,
        classes,
        "label",
        "cluster",
        caption="Number of pictures. ACC is the share on the diagonal, after the best one-to-one "
        "matching.",
    )


def typical_members(data: Resident, assignment: Assignment, order: Order) -> Images:
    """The pictures of each cluster whose points lie nearest the middle of them all."""
    clusters, x = assignment.gamma.argmax(1), all_pictures(data)
    rows = x.new_zeros(len(order.clusters), PICTURES_ACROSS, x.shape[1])
    for row, c in zip(rows, order.clusters.tolist(), strict=True):
        members = (clusters == c).nonzero().flatten()
        points = assignment.points[members]
        far = (points - points.mean(0)).square().sum(1)
        nearest = members[far.argsort(stable=True)[:PICTURES_ACROSS]]
        row[: len(nearest)] = x[nearest]
    return Images(
        "Typical pictures of each cluster",
        *tiles(data, rows, order.names),
        caption="The members nearest the middle. Black: there are no more.",
    )


def sizes(clusters: np.ndarray, order: Order) -> Bars:
    """How many pictures each cluster has."""
    return Bars(
        "Size of the clusters",
        order.names,
        np.bincount(clusters, minlength=len(order.clusters))[order.clusters].astype(float),
        "cluster",
        "pictures",
        caption="A cluster without pictures is dead.",
    )


def weights(pi: Tensor, order: Order) -> Bars:
    """The share of pictures that the mixture expects of each component: pi [K]."""
    return Bars(
        "Weights of the components",
        order.names,
        pi.cpu().numpy()[order.clusters],
        "component",
        "weight",
        caption="The mixture's pi, which sums to 1: how many pictures it expects of each "
        "component before it has seen one. VaDE learns it with the networks, DAC and EM count it.",
        y_unit="%",
    )


def samples(data: Resident, drawn: Tensor, order: Order) -> Images:
    """Pictures [K, PICTURES_ACROSS, pixels] that VaDE or DAC draws of each cluster."""
    return Images(
        "Drawn from each cluster",
        *tiles(data, drawn[torch.from_numpy(order.clusters)], order.names),
        caption="Codes drawn from one component of the mixture at a time, with the same "
        "noise throughout, and decoded.",
    )


def target(q: Tensor) -> Scatter:
    """DEC's q_ij of a few pictures against the p_ij that they are pulled to."""
    p, few = formulas.target_distribution(q), slice(PICTURES_AIMED)
    pairs = torch.stack([q[few].flatten(), p[few].flatten()], 1)
    return Scatter(
        "Q against P",
        pairs.cpu().numpy(),
        x_label="q, 0 to 1",
        y_label="p, 0 to 1",
        equal=True,
        caption=f"A mark is one of {PICTURES_AIMED} pictures and one cluster. Above the diagonal "
        "the target asks for more, below for less: what is likely becomes likelier.",
    )


def tiles(
    data: Resident, pictures: Tensor, names: tuple[str, ...]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Pictures [K, across, pixels] as `Images` takes them, and the names of its rows."""
    rows, names = grid(pictures, names)
    return data.tiles(rows.flatten(0, 1), rows.shape[1]), names


def grid(pictures: Tensor, names: tuple[str, ...]) -> tuple[Tensor, tuple[str, ...]]:
    """Pictures [K, across, pixels] of K clusters as rows of tiles [rows, columns, pixels], and what
    to call the rows. Of more than ROWS clusters two share a row, with a black tile between them."""
    k, across, pixels = pictures.shape
    if k <= ROWS:
        return pictures, names
    each, pairs = across // 2, zip_longest(names[::2], names[1::2])
    rows = pictures.new_zeros((k + 1) // 2, 2 * each + 1, pixels)
    rows[:, :each] = pictures[::2, :each]
    rows[: k // 2, each + 1 :] = pictures[1::2, :each]
    return rows, tuple(" | ".join(filter(None, pair)) for pair in pairs)
