"""Bags that exist, as a value."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.data.bags import Bags
from workbench.data.imageset import DataError
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

    def fingerprint(self) -> str:
        """12 hexadecimal digits (sha256) of everything in the set."""
        total = hashlib.sha256()
        for array in (self.x, *self.bags):
            if array is not None:
                total.update(f"{array.dtype.str}{array.shape}".encode())
                total.update(np.ascontiguousarray(array))
        return total.hexdigest()[:12]


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
