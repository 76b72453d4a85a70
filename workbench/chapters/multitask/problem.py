"""The two tasks: pictures whose class is asked for, and something else to learn from them."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Generator, Tensor

from workbench.chapters.multitask.knobs import OTHER_TASK, Settings
from workbench.data import DataError
from workbench.data.labels import cluster, cluster_names
from workbench.science.tensors import Resident, resident

LOOPS = (1, 0, 0, 0, 0, 0, 1, 0, 2, 1)  # closed loops in the digits 0 to 9
RANDOM_LABELS = 10
SEED = 7  # of what belongs to the data: turns and random labels


@dataclass(frozen=True, eq=False)
class Problem:
    """The main task, `x` [n, pixels] with classes `y` [n], and the other one, `x_other` [m, pixels]
    with `y_other` [m]; the same of test items. `names` and `other_names` are their labels in words.
    """

    data: Resident
    names: tuple[str, ...]
    x: Tensor
    y: Tensor
    y_test: Tensor
    other_names: tuple[str, ...]
    x_other: Tensor
    y_other: Tensor
    x_other_test: Tensor
    y_other_test: Tensor


def problem(run: Settings, device: str = "cpu") -> Problem:
    """The two tasks that these settings ask for. Raises DataError for pictures of one class."""
    source = run.source if run.matters("source") else OTHER_TASK
    return _problem(run.data, run.task if source == OTHER_TASK else "", source, device)


@lru_cache(maxsize=4)
def _problem(name: str, task: str, source: str, device: str) -> Problem:
    data = resident(name, device)
    y, y_test, names = classes_of(data)
    if len(names) < 2:
        raise DataError(f"{data.images.name} has one class only: give pictures of two or more.")
    if task:
        parts = zip((data.train, data.test), (y, y_test), strict=True)
        sides = [other_task(task, *part, data, 10 * SEED + i) for i, part in enumerate(parts)]
        other_names = words(task, names)
    else:
        sides, other_names = other_set(source, data, device)
    (x_other, y_other), (x_other_test, y_other_test) = sides
    rest = [torch.from_numpy(np.array(v, np.int64)) for v in (y, y_test, y_other, y_other_test)]
    y, y_test, y_other, y_other_test = rest
    return Problem(
        data,
        names,
        data.train,
        y,
        y_test,
        other_names,
        x_other,
        y_other,
        x_other_test,
        y_other_test,
    )


def classes_of(data: Resident) -> tuple[NDArray, NDArray, tuple[str, ...]]:
    """The class of each training and test item, and their names; clusters where nobody knows."""
    if data.images.y_train is None:
        return *cluster(data.train.cpu().numpy(), data.test.cpu().numpy()), cluster_names()
    return data.images.y_train, data.images.y_test, data.images.classes


def other_task(
    task: str, x: Tensor, y: NDArray, data: Resident, seed: int
) -> tuple[Tensor, NDArray]:
    """Pictures and labels of the other task, made of pictures x [n, pixels] of classes y [n]."""
    rng = np.random.default_rng(seed)
    if task == "rotation":
        return turned(x, data.shape, rng)
    if task == "ink":
        ink = x.mean(1).cpu().numpy()
        return x, (ink > np.median(data.train.mean(1).cpu().numpy())).astype(int)
    classes = int(max(data.images.y_train.max() if data.images.y_train is not None else 9, y.max()))
    labels = {
        "loops": lambda: np.array(LOOPS)[y % 10],
        "at least half": lambda: (2 * y > classes).astype(int),
        "parity": lambda: y % 2,
        "random": lambda: rng.integers(0, RANDOM_LABELS, len(y)),
    }
    return x, labels[task]()


def words(task: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """What the labels of a task are called."""
    return {
        "loops": ("no loop", "one loop", "two loops"),
        "at least half": ("lower half", "upper half"),
        "parity": ("even", "odd"),
        "rotation": ("0°", "90°", "180°", "270°"),
        "ink": ("less ink", "more ink"),
        "random": tuple(f"label {i}" for i in range(RANDOM_LABELS)),
    }[task]


def turned(x: Tensor, shape: tuple[int, int], rng: np.random.Generator) -> tuple[Tensor, NDArray]:
    """Every picture [n, pixels] turned by some quarters; by none or two where it is not square."""
    height, width = shape
    quarters = rng.integers(0, 4, len(x))
    if height != width:
        quarters = 2 * (quarters % 2)
    out = x.clone().view(-1, height, width)
    for q in np.unique(quarters):
        rows = torch.from_numpy(np.flatnonzero(quarters == q)).to(x.device)
        out[rows] = out[rows].rot90(int(q), (1, 2))
    return out.flatten(1), quarters


def other_set(source: str, data: Resident, device: str) -> tuple[list, tuple[str, ...]]:
    """The classes of another set of pictures, brought to the size of these."""
    other = resident(source, device)
    y, y_test, names = classes_of(other)

    def resized(x: Tensor) -> Tensor:
        pictures = x.view(-1, 1, *other.shape)
        return F.interpolate(pictures, data.shape, mode="area").flatten(1)

    return [(resized(other.train), y), (resized(other.test), y_test)], names


def shuffle(y: Tensor, share: float, generator: Generator) -> Tensor:
    """A copy of labels y [n] of which this share, drawn at random, is shuffled."""
    order = torch.randperm(len(y), generator=generator)
    rows = order[: round(share * len(y))]
    labels = y.clone()
    labels[rows] = y[rows[torch.randperm(len(rows), generator=generator)]]
    return labels


def few_labelled(y: Tensor, count: int, generator: Generator) -> Tensor:
    """Rows [count] whose class is known, the same number of each class to within one."""
    order = torch.randperm(len(y), generator=generator)
    turn = torch.empty(len(y))
    for c in y.unique():
        own = order[y[order] == c]
        turn[own] = torch.arange(len(own)) + torch.rand((), generator=generator)
    return turn.argsort(stable=True)[: min(count, len(y))]
