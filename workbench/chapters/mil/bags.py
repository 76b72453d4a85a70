"""The task of a run: bags made of pictures by a rule, or bags that exist."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.mil.knobs import Settings
from workbench.data import catalog
from workbench.data.bags import Bags, Instances, Recipe, draw, instances, real
from workbench.data.source import Source
from workbench.data.stamp import Stamp
from workbench.data.tables import shrink

LONGEST = {"LeNet-5": 28}  # sides of a picture for an encoder; the others see 16 pixels at most
TESTED = 256  # test bags, half of them positive


@dataclass(frozen=True, eq=False)
class Task:
    """Bags to train and to test on, of instances x [n, d].

    `tiles` [n, height, width] are the instances as a reader sees them, `classes` the words for a
    negative and a positive bag, `recipe` says how the bags were made (None: they exist), `rate` is
    the share of witnesses among all instances and `shape` the height and width of x (None: it is
    no picture).
    """

    x: NDArray
    tiles: NDArray
    train: Bags
    test: Bags
    classes: tuple[str, str]
    recipe: Recipe | None = None
    rate: float = 0.0
    shape: tuple[int, int] | None = None

    @property
    def known(self) -> bool:
        """Whether the witnesses are known."""
        return self.test.truth is not None


def make_task(run: Settings) -> Task:
    """The bags that the knobs ask for. Raises DataError."""
    bag_set = open_bags(run)
    task = draw_bags(run) if bag_set is None else split_bags(run, bag_set)
    if not run.wrong:
        return task
    given = mislabel(task.train.y, run.wrong, np.random.default_rng([run.seed, 3]))
    return replace(task, train=task.train._replace(y=given))


def mislabel(y: NDArray, share: float, rng: np.random.Generator) -> NDArray:
    """Labels y [bags] with this share of each label turned round, to the nearest whole bag.

    A share below one half leaves a bag of either label, wherever there was one.
    """
    given = y.copy()
    for label in (False, True):
        bags = rng.permutation(np.flatnonzero(y == label))
        given[bags[: round(share * len(bags))]] = not label
    return given


def open_bags(run: Settings) -> real.BagSet | None:
    """The bags that exist, or None when they are to be made of pictures. Raises DataError."""
    name = existing(run)
    return None if name is None else real.load(name)


def existing(run: Settings) -> str | Path | None:
    """The name or the place of the bags that exist, or None when pictures are to make them."""
    if run.source != "pictures":
        return run.source
    kind, path, _ = catalog.locate(run.data)
    return path if kind == "" and path and real.is_own(path) else None


def source(run: Settings) -> Source:
    """What asks for the files of the bags, or of the pictures that they are made of."""
    name = existing(run)
    return catalog.source(run.data) if name is None else real.source(name)


def draw_bags(run: Settings) -> Task:
    """Bags of pictures: train bags of the training items, test bags of the test items."""
    longest = LONGEST.get(run.encoder, 16)
    pool = _pictures(run.data, *catalog.locate(run.data)[1:], longest)
    recipe = Recipe(run.rule, run.witness, run.size, run.spread, run.share, run.exact)
    rng, rng_test = (np.random.default_rng([run.seed, part]) for part in (1, 2))
    positive = np.arange(run.bags) < (min(run.positives, run.bags - 1) or run.bags // 2)
    train = draw(pool.y[: pool.split], recipe, positive if run.balanced else run.bags, rng)
    test = draw(pool.y[pool.split :], recipe, np.arange(TESTED) % 2 == 0, rng_test)
    test = test._replace(items=np.where(test.mask, test.items + pool.split, 0))
    witness = run.witness % len(pool.classes)
    classes = "negative", "positive"
    if run.rule == "one":
        classes = f"no {pool.classes[witness]}", f"with {pool.classes[witness]}"
    rate, shape = float(np.mean(pool.y == witness)), shrink(pool.pictures[:1], longest).shape[1:]
    return Task(pool.x, pool.pictures, train, test, classes, recipe, rate, shape)


@lru_cache(maxsize=4)
def _pictures(name: str, path: Path | None, state: Stamp, longest: int) -> Instances:
    return instances(catalog.load(name), longest)


def split_bags(run: Settings, bag_set: real.BagSet) -> Task:
    """Bags that exist: the official split, or a third of each label for the test, by the seed.

    The training bags are as many as asked for, with their share of positive ones unless the number
    of those is set.
    """
    y = bag_set.bags.y
    order = np.random.default_rng([run.seed, 1]).permutation(len(y))
    test = bag_set.test
    if test is None:
        test = np.zeros(len(y), bool)
        for label in (False, True):
            test[order[y[order] == label][::3]] = True
    rows = order[~test[order]]
    positive, negative = rows[y[rows]], rows[~y[rows]]
    count = run.positives or max(1, run.bags * len(positive) // len(rows))
    positive = positive[:count]
    negative = negative[: max(1, run.bags - len(positive))]
    return Task(
        bag_set.x,
        bag_set.pictures,
        bag_set.bags.take(np.concatenate([positive, negative])),
        bag_set.bags.take(np.flatnonzero(test)),
        bag_set.classes,
    )
