"""Image sets as rows of numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.data import catalog, own
from workbench.data.imageset import DataError, ImageSet
from workbench.data.labels import cluster, cluster_names
from workbench.data.own.columns import LABEL_WAYS
from workbench.data.report import Report
from workbench.data.source import Source
from workbench.data.stamp import Stamp
from workbench.data.tables.tableset import TableSet, assemble, magnitude

SIDE = 16  # larger pictures are averaged down to at most this side: models see at most 256 numbers
CLUSTER_STARTS = 3


def rows_of(name: str | Path) -> TableSet:
    """The image set of this name as rows, or a table of your own as a stream."""
    kind, path, state = catalog.locate(name)
    if kind == "" and path is not None and path.suffix.lower() in own.TABLES:
        return _own_table(path, state)
    return _rows_of(name, path, state)


def source_of_rows(name: str | Path) -> Source:
    """What asks for the files of these rows."""
    return Source(lambda: catalog.locate(name), lambda: _describe(name, *catalog.locate(name)))


@lru_cache(maxsize=16)
def _describe(name: str | Path, kind: str, path: Path | None, state: Stamp) -> Report:
    if kind == "" and path is not None and path.suffix.lower() in own.TABLES:
        return own_table(path).describe()
    return catalog.report(name)  # which holds no pictures in memory, as `rows_of` does


@lru_cache(maxsize=2)
def _rows_of(name: str | Path, path: Path | None, state: Stamp) -> TableSet:
    return from_images(catalog.load(name))


@lru_cache(maxsize=2)
def _own_table(path: Path, state: Stamp) -> TableSet:
    return own_table(path)


def from_images(images: ImageSet) -> TableSet:
    """The pictures as rows, averaged down to at most SIDE x SIDE for the models.

    Without labels the classes are clusters of the pictures (K-means), and the source line
    says so. Raises DataError when there is only one class.
    """
    pictures = [_grey(images.x_train), _grey(images.x_test)]
    rows = [shrink(part).reshape(len(part), -1) for part in pictures]
    labels, classes, source = [images.y_train, images.y_test], images.classes, images.source
    if labels[0] is None:
        labels, classes = cluster(*rows, starts=CLUSTER_STARTS), cluster_names()
        source = f"{source}; classes: {len(classes)} clusters of K-means"
    if len(np.unique(labels[0])) < 2:
        raise DataError(f"{images.name} has one class only: a wrong label needs at least two")
    return TableSet(
        name=images.name,
        title=images.title,
        source=source,
        classes=classes,
        x_train=rows[0],
        y_train=labels[0],
        x_test=rows[1],
        y_test=labels[1],
        shape=pictures[0].shape[1:],
        pictures_train=pictures[0],
        pictures_test=pictures[1],
    )


def _grey(x: NDArray) -> NDArray:
    return x.mean(-1, dtype=np.float32) if x.ndim == 4 else x.copy()


def shrink(x: NDArray, longest: int = SIDE) -> NDArray:
    """x [n, h, w] averaged over whole blocks so that no side is longer than `longest`."""
    for axis in (1, 2):
        block = -(-x.shape[axis] // longest)
        starts = np.arange(0, x.shape[axis], block)
        widths = np.diff(starts, append=x.shape[axis])
        size = widths.reshape([-1 if a == axis else 1 for a in range(3)])
        x = np.add.reduceat(x, starts, axis) / size.astype(np.float32)
    return x


def own_table(path: Path) -> TableSet:
    """A table of numbers of your own with a label. Raises DataError, whatever is wrong with it."""
    with own.naming(path):
        table = own.sort_columns(path, ())
        own.check_shape(table.x.shape)
        if table.label is None:
            raise DataError(
                f"it has no column label, and a stream needs the classes: name it {LABEL_WAYS}"
            )
        if len(np.unique(table.label)) < 2:
            raise DataError("it has one class only: a wrong label needs at least two")
    rows = magnitude(table.x)
    report = table.report
    data = assemble(report.name, own.name_of(path), rows, table.label, report.source)
    scaling = "sign(x) log(1 + |x|), then by mean and deviation of the first batch"
    low, high = float(table.x.min()), float(table.x.max())
    return replace(data, report=report.extended(kind="stream", scaling=scaling, low=low, high=high))
