"""One table as a value, and what every table goes through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.data.imageset import DataError, split
from workbench.data.report import Report, choose_pictures, count_classes
from workbench.data.stamp import digest


@dataclass(frozen=True, eq=False, kw_only=True)
class TableSet:
    """Rows [n, d] float32 with a class each, split once into train and test.

    `shape` (height, width) is how a row is drawn as a small picture. Of pictures `pictures_train`
    and `pictures_test` [n, height, width] in [0, 1] are what a reader sees; otherwise they are
    None, and the row itself is drawn. `source` is one line with origin and licence.
    """

    name: str
    title: str
    source: str
    x_train: NDArray
    y_train: NDArray
    x_test: NDArray
    y_test: NDArray
    classes: tuple[str, ...]
    shape: tuple[int, int]
    pictures_train: NDArray | None = None
    pictures_test: NDArray | None = None
    features: tuple[str, ...] = ()
    report: Report | None = None

    def __post_init__(self):
        for array in self.arrays:
            array.setflags(write=False)

    @property
    def arrays(self) -> list[NDArray]:
        """Every array of the table that is not None."""
        return [value for value in vars(self).values() if isinstance(value, np.ndarray)]

    def describe(self) -> Report:
        """How the table was read; of a known table, what it holds."""
        report = self.report or Report(
            name=self.name,
            kind="stream",
            label="comes with the set",
            scaling="columns over many powers of ten as sign(x) log(1 + |x|)",
            columns=self.features,
        )
        parts = f"{len(self.x_train)} + {len(self.x_test)}"
        y = np.concatenate([self.y_train, self.y_test])
        return report.extended(
            source=self.source,
            size=f"{parts} rows of {self.x_train.shape[1]} numbers",
            classes=count_classes(y, self.classes),
            pictures=None
            if self.pictures_train is None
            else choose_pictures(self.pictures_train, self.y_train),
            fingerprint=digest(self.arrays, self.classes),
        )


def magnitude(x: NDArray) -> NDArray:
    """sign(x) log(1 + |x|) as float32: rates and byte counts span many powers of ten."""
    return (np.sign(x) * np.log1p(np.abs(x))).astype(np.float32)


def near_square(d: int) -> tuple[int, int]:
    """The smallest nearly square grid with room for d numbers."""
    width = int(np.ceil(np.sqrt(d)))
    return -(-d // width), width


def assemble(
    name: str,
    title: str,
    x: NDArray,
    label: NDArray,
    source: str,
    shape: tuple[int, int] | None = None,
) -> TableSet:
    """A table of rows x [n, d] with a label each, split 80/20 class by class."""
    if not np.isfinite(x).all():
        raise DataError(f"{name} holds values that are no finite numbers: fetch the file again")
    classes, y = np.unique(label, return_inverse=True)
    train, test = split(len(x), 0.2, y)
    return TableSet(
        name=name,
        title=title,
        source=source,
        classes=tuple(map(str, classes)),
        x_train=x[train],
        y_train=y[train],
        x_test=x[test],
        y_test=y[test],
        shape=shape or near_square(x.shape[1]),
    )
