"""Bags that exist, as a value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.data.bags import Bags
from workbench.data.imageset import DataError
from workbench.data.report import Report, choose_pictures
from workbench.data.stamp import digest
from workbench.data.tables.tableset import near_square

INSTANCES_A_BAG = 400


@dataclass(frozen=True, eq=False, kw_only=True)
class BagSet:
    """Instances in bags: x [n, d] for a model, pictures [n, height, width] in [0, 1] for a reader.

    `test` [bags] marks the official test bags, or is None when a run may split as it likes;
    `classes` are the words for a negative and a positive bag.
    """

    name: str
    source: str
    x: NDArray
    pictures: NDArray
    bags: Bags
    classes: tuple[str, str]
    test: NDArray | None = None
    report: Report | None = None

    def fingerprint(self) -> str:
        """12 hexadecimal digits (sha256) of everything in the set."""
        arrays = (self.x, self.pictures, *self.bags, self.test)
        return digest((array for array in arrays if array is not None), self.classes)

    def describe(self) -> Report:
        """How the set was read; of a known set, what it holds."""
        report = self.report or Report(
            name=self.name,
            kind="bags",
            source=self.source,
            label="comes with the set",
            scaling="as this set is always read",
        )
        sizes = self.bags.mask.sum(1)
        rows = f"{sizes.sum()} instances of {self.x.shape[1]} numbers"
        truth = "known" if self.bags.truth is not None else "not known"
        negative, positive = self.classes
        return report.extended(
            size=f"{len(sizes)} bags of {sizes.min()} to {sizes.max()}, {rows}; witnesses {truth}",
            label=f"{report.label}; a bag is positive when it is {positive!r}",
            classes={negative: int((~self.bags.y).sum()), positive: int(self.bags.y.sum())},
            pictures=choose_pictures(self.pictures),
            fingerprint=self.fingerprint(),
        )


def padded(bag: NDArray, y: NDArray, truth: NDArray | None) -> Bags:
    """Makes bags from the number of the bag of each instance [n], y [bags] and truth [n]."""
    rows = [np.flatnonzero(bag == b) for b in range(len(y))]
    longest = max(map(len, rows))
    if longest > INSTANCES_A_BAG:
        raise DataError(f"a bag has {longest} instances: give at most {INSTANCES_A_BAG}")
    items = np.zeros((len(y), longest), np.int64)
    mask = np.zeros(items.shape, bool)
    for i, row in enumerate(rows):
        items[i, : len(row)], mask[i, : len(row)] = row, True
    return Bags(items, mask, np.asarray(y, bool), None if truth is None else truth[items] & mask)


def draw_rows(x: NDArray) -> NDArray:
    """Standardised rows [n, d] as small grey pictures: 3 standard deviations either way."""
    height, width = near_square(x.shape[1])
    tiles = np.zeros((len(x), height * width), np.float32)
    tiles[:, : x.shape[1]] = (0.5 + x / 6).clip(0, 1)
    return tiles.reshape(-1, height, width)
