"""The stream: items one after the other, and the change that comes half-way."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.online.knobs import Settings
from workbench.chapters.online.timed import timed_table
from workbench.data import tables
from workbench.data.bags.bagset import draw_rows
from workbench.data.tables import TableSet

BIAS = 0.3  # a last column of x, beside rows of length 1
SHIFT = 3  # classes that labels move on by
SLOW = 3  # a slow shift takes the stream's length over this
KNOWN = 100  # items by which the columns of a table are scaled


@dataclass(frozen=True, eq=False)
class Stream:
    """Items in the order of their arrival: x [n, d] of length 1 with a bias, their labels y [n],
    and pictures [n, height, width] of them.

    The change, if any, comes with item number `turn`; from number `again` on the items have been
    there before.
    """

    x: NDArray
    y: NDArray
    pictures: NDArray
    classes: tuple[str, ...]
    turn: int
    again: int

    def __len__(self) -> int:
        return len(self.y)


def open_stream(run: Settings) -> Stream:
    """The stream that these settings ask for, in random order or that of a table's own time.

    When all items have been there they come again. Raises data.DataError.
    """
    timed = timed_table(run.data)
    data = timed or tables.rows_of(run.data)
    order, chance = (np.random.default_rng([run.seed, purpose]) for purpose in (0, 1))
    x, y = np.concatenate([data.x_train, data.x_test]), np.concatenate([data.y_train, data.y_test])
    passes = range(-(-run.steps // len(y)))
    orders = [np.arange(len(y)) if timed else order.permutation(len(y)) for _ in passes]
    line = np.concatenate(orders)[: run.steps]
    half = run.steps // 2
    x, pictures = arrange(data, x[line], line, half if run.drift == "pictures turn" else run.steps)
    y = shift_labels(y[line], len(data.classes), changed_labels(run.drift, run.steps, chance))
    return Stream(
        with_bias(x), y, pictures, data.classes, half, len(data.y_train) + len(data.y_test)
    )


def changed_labels(drift: str, steps: int, chance: np.random.Generator) -> NDArray:
    """Which items [steps] have a shifted label."""
    late = np.arange(steps) - steps // 2
    if drift == "labels shift":
        return late >= 0
    if drift == "labels shift slowly":
        return chance.random(steps) < late / (steps // SLOW)
    return np.zeros(steps, bool)


def shift_labels(y: NDArray, classes: int, changed: NDArray) -> NDArray:
    """Labels y [n], those that `changed` [n] moved on by SHIFT classes, or by one of three."""
    return np.where(changed, (y + (SHIFT % classes or 1)) % classes, y)


def arrange(data: TableSet, x: NDArray, line: NDArray, turn: int) -> tuple[NDArray, NDArray]:
    """Rows [n, d] and pictures [n, height, width] of the items, turned from number `turn` on.

    Pictures that are not square turn by 180 degrees. The columns of a table are scaled by its first
    items, because nothing else is known then, and to turn them is to reverse their order.
    """
    if data.pictures_train is None:
        known = x[:KNOWN]
        x = ((x - known.mean(0)) / np.where(known.std(0) > 1e-6, known.std(0), 1)).clip(-10, 10)
        x[turn:] = x[turn:, ::-1]
        return x, draw_rows(x)
    pictures = np.concatenate([data.pictures_train, data.pictures_test])[line]
    quarters = 1 if pictures.shape[1] == pictures.shape[2] else 2
    pictures[turn:] = np.rot90(pictures[turn:], quarters, (1, 2))
    return tables.shrink(pictures).reshape(len(pictures), -1), pictures


def with_bias(x: NDArray) -> NDArray:
    """Rows [n, d] scaled to length 1, with a last column of BIAS: float64 [n, d + 1]."""
    x = x.astype(float)
    x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)
    return np.concatenate([x, np.full((len(x), 1), BIAS)], 1)
