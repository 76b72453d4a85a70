"""TODO."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Noise(NamedTuple):
    """How many labels of a batch are wrong: a share drawn from N(level, sd) for every batch.

    With `relative`, sd is std * level; without, std itself. The paper's text says both "40 +/- 8"
    and "N(40, sqrt(80))" for a batch of 400, which do not agree with each other; its authors' code
    has sd = 0.2 of the batch, 80 samples (absolute).
    """

    level: float
    std: float = 0.2
    relative: bool = True

    def count(self, batch: int, rng: np.random.Generator) -> int:
        """How many of `batch` labels to make wrong: 0 .. batch."""
        share = rng.normal(self.level, self.std * (self.level if self.relative else 1))
        return int(np.clip(np.floor(share * batch + 1e-9), 0, batch))


def mislabel(y: NDArray, count: int, classes: int, rng: np.random.Generator) -> NDArray:
    """A copy of y [n] in which exactly `count` labels are wrong, never to themselves.

    The new label is any other class with equal odds. With the same rng a higher count damages the
    same samples in the same way, and some more.
    """
    rows = np.argsort(rng.random(len(y)), kind="stable")[:count]
    away = rng.integers(1, classes, len(y))
    noisy = y.copy()
    noisy[rows] = (y[rows] + away[rows]) % classes
    return noisy


@dataclass(frozen=True, eq=False)
class Batch:
    """What arrives at once: x [n, d] with the labels that came along [n], and the true ones [n].

    Only an oracle, Opt-Sel and those who measure may look at `truth`. `rows` [n] say which samples
    of the source they are.
    """

    x: NDArray
    given: NDArray
    truth: NDArray
    rows: NDArray

    def __len__(self) -> int:
        return len(self.given)


def stream(
    x: NDArray,
    y: NDArray,
    classes: int,
    initial: int,
    batch: int,
    count: int,
    noise: Noise,
    seed: int,
) -> list[Batch]:
    """A clean batch of `initial` samples, then `count` batches of `batch` with wrong labels.

    A source too short for that gives smaller batches (and at most a third of it for the clean
    one); one too short even for batches of one sample is gone through again. The order of the
    samples depends on the seed alone, so streams that differ in their noise can be compared.
    """
    order, damage = (np.random.default_rng([seed, purpose]) for purpose in (0, 1))
    line = order.permutation(len(x))
    initial = max(1, min(initial, len(x) // 3))
    batch = max(1, min(batch, (len(x) - initial) // count))
    rest = np.resize(line[initial:], batch * count).reshape(count, batch)
    batches = [Batch(x[line[:initial]], y[line[:initial]], y[line[:initial]], line[:initial])]
    for rows in rest:
        wrong = noise.count(batch, damage)
        batches.append(Batch(x[rows], mislabel(y[rows], wrong, classes, damage), y[rows], rows))
    return batches


class Course(NamedTuple):
    """A stream to learn from, its first batch clean, and clean data to be judged by."""

    batches: list[Batch]
    x_test: NDArray
    y_test: NDArray
    classes: tuple[str, ...]
