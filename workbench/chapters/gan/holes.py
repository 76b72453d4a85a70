"""Holes that a reader cuts into pictures: cells of a coarse grid, numbered row by row."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SIDE = 8  # rows and columns of cells that a hole is made of; of the digits each is a pixel
FINE = 8  # places that are looked at along a stroke of a cell's length
Cells = tuple[int, ...]


def rectangle(rows: tuple[int, int], columns: tuple[int, int]) -> Cells:
    """The cells from one row and column to another, counted from 1; either may come first."""
    (top, low), (left, right) = sorted(rows), sorted(columns)
    lines = range(top - 1, low)
    return tuple(SIDE * row + column for row in lines for column in range(left - 1, right))


def crossed(xs: Sequence[float], ys: Sequence[float]) -> set[int]:
    """The cells that a stroke through these places runs over; places beyond the grid count not."""
    places = np.stack([xs, ys], 1).astype(float)
    parts = [places[:1]]
    for start, end in zip(places, places[1:], strict=False):
        count = int(np.ceil(FINE * np.abs(end - start).max())) + 1
        parts.append(np.linspace(start, end, count))
    column, row = np.floor(np.concatenate(parts)).astype(int).T
    inside = (column >= 0) & (column < SIDE) & (row >= 0) & (row < SIDE)
    return set((SIDE * row + column)[inside].tolist())


def spread(cells: Cells, shape: tuple[int, int]) -> NDArray[np.float32]:
    """The hole over pictures of this shape [height, width]: 1 where a pixel is missing."""
    grid = np.zeros((SIDE, SIDE), np.float32)
    grid.flat[list(cells)] = 1
    rows, columns = (np.arange(size) * SIDE // size for size in shape)
    return grid[rows][:, columns]
