"""The stream that RAD learns from: batches whose labels are partly wrong, and clean test data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.rad.knobs import Settings
from workbench.data import tables
from workbench.data.source import Source
from workbench.data.tables import TableSet

TEST_SAMPLES = 1000  # as in Zhao et al.
LARGEST_VALUE = 10  # of a scaled column


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

    Only an oracle, Opt-Sel and whoever measures may look at `truth`. `rows` [n] are the numbers of
    the samples in the source.
    """

    x: NDArray
    given: NDArray
    truth: NDArray
    rows: NDArray

    def __len__(self) -> int:
        return len(self.given)


class Plan(NamedTuple):
    """A clean batch of `initial` samples, then `count` batches of `batch` with wrong labels.

    The order of the samples depends on the seed alone, so streams that differ in their noise can
    be compared.
    """

    initial: int
    batch: int
    count: int
    noise: Noise
    seed: int


def make_stream(x: NDArray, y: NDArray, classes: int, plan: Plan) -> list[Batch]:
    """The batches that the plan makes of a source, the clean one first.

    A source too short for the plan gives smaller batches (and at most a third of it for the clean
    one); one too short even for batches of one sample is gone through again.
    """
    order, damage = (np.random.default_rng([plan.seed, purpose]) for purpose in (0, 1))
    line = order.permutation(len(x))
    initial = max(1, min(plan.initial, len(x) // 3))
    batch = max(1, min(plan.batch, (len(x) - initial) // plan.count))
    first, rest = line[:initial], line[initial:]
    batches = [Batch(x[first], y[first], y[first], first)]
    for rows in np.resize(rest, batch * plan.count).reshape(plan.count, batch):
        wrong = plan.noise.count(batch, damage)
        batches.append(Batch(x[rows], mislabel(y[rows], wrong, classes, damage), y[rows], rows))
    return batches


class Course(NamedTuple):
    """A stream to learn from, its first batch clean, and clean data to be judged by."""

    batches: list[Batch]
    x_test: NDArray
    y_test: NDArray
    classes: tuple[str, ...]


def source(settings: Settings) -> Source:
    """What asks for the files of the stream."""
    if settings.stream == "pictures":
        return tables.source_of_rows(settings.data)
    return tables.source(settings.stream)


def open_stream(settings: Settings) -> tuple[TableSet, Course]:
    """The data, and the stream that these settings make of it. Raises data.DataError.

    Columns of tables are scaled by mean and standard deviation of the first, clean batch: nothing
    else is known to a learner at the start.
    """
    pictures = settings.stream == "pictures"
    data = tables.rows_of(settings.data) if pictures else tables.load(settings.stream)
    noise = Noise(settings.noise, settings.noise_std, settings.spread == "relative")
    plan = Plan(settings.initial, settings.batch, settings.steps, noise, settings.seed)
    classes, x, x_test = len(data.classes), data.x_train, data.x_test
    rows = np.random.default_rng(0).permutation(len(x_test))[:TEST_SAMPLES]
    if data.pictures_train is None:
        scale = _scaling(make_stream(x, data.y_train, classes, plan)[0].x)
        x, x_test = scale(x), scale(x_test)
    batches = make_stream(x, data.y_train, classes, plan)
    return data, Course(batches, x_test[rows], data.y_test[rows], data.classes)


def _scaling(known: NDArray) -> Callable[[NDArray], NDArray]:
    """What takes the mean of these rows to 0 and their standard deviation to 1, by column."""
    mean, std = known.mean(0), known.std(0)
    divisor = np.where(std > 1e-6, std, 1)
    return lambda x: ((x - mean) / divisor).clip(-LARGEST_VALUE, LARGEST_VALUE)
