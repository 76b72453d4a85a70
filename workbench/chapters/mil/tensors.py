"""The bags of a stack of runs as tensors on one device."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.mil.bags import Task
from workbench.data.bags import Bags


class Stack(NamedTuple):
    """Bags of one set for each run: items [runs, bags, K] are rows of the instances, mask
    [runs, bags, K] tells instances from padding, y [runs, bags] is 1 for a positive bag."""

    items: Tensor
    mask: Tensor
    y: Tensor

    def pick(self, rows: Tensor) -> "Stack":
        """The bags `rows` [runs, n], counted through from run to run."""
        return Stack(*(take(part.flatten(0, 1), rows) for part in self))


class Data(NamedTuple):
    """What runs learn from: instances x [n, inputs], which runs of one stack share, and the
    training bags of each. `shape` is the height and width of an instance (None: no picture)."""

    x: Tensor
    bags: Stack
    shape: tuple[int, int] | None


def load(tasks: Sequence[Task], device: str = "cpu") -> Data:
    """What runs with these tasks learn from, on the device."""
    x = torch.from_numpy(tasks[0].x).to(device)
    return Data(x, stack([task.train for task in tasks], device), tasks[0].shape)


def stack(bags: Sequence[Bags], device: str) -> Stack:
    """One set of bags for each run on the device."""
    parts = (np.stack([getattr(b, part) for b in bags]) for part in Stack._fields)
    items, mask, y = (torch.from_numpy(part).to(device) for part in parts)
    return Stack(items, mask, y.float())


def take(table: Tensor, rows: Tensor) -> Tensor:
    """``table[rows]``, in half the time."""
    return table.index_select(0, rows.flatten()).view(*rows.shape, *table.shape[1:])
