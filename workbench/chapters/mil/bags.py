"""What a run of chapter mil learns from: bags made of pictures, or bags that exist."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.data import catalog as sets
from workbench.data.bags import Bags, Instances, Recipe, draw, instances
from workbench.data.bags import real as realbags
from workbench.data.tables import shrink

TESTED = 256  # test bags, half of them positive


@dataclass(frozen=True, eq=False)
class Task:
    """Bags to train and to test on, of instances x [n, d]; `seen` [n, height, width] is what a
    reader sees, `classes` the words for a negative and a positive bag, `recipe` how the bags were
    made (None: they exist), `rate` the share of witnesses among all instances and `shape` the
    height and width of x (None: it is no picture)."""

    x: NDArray
    seen: NDArray
    train: Bags
    test: Bags
    classes: tuple[str, str]
    recipe: Recipe | None = None
    rate: float = 0.0
    shape: tuple[int, int] | None = None

    @property
    def known(self) -> bool:
        """Whether anybody knows the witnesses."""
        return self.test.truth is not None


def task(settings) -> Task:
    """The bags that the knobs of the chapter ask for. Raises DataError."""
    found = open_bags(settings)
    return made(settings) if found is None else given(settings, found)


def open_bags(settings) -> realbags.BagSet | None:
    """The bags that exist, or None when they are to be made of pictures. Raises DataError."""
    if settings.source != "pictures":
        return realbags.load(settings.source)
    kind, path, _ = sets.locate(settings.data)
    return realbags.of_path(path) if kind == "" and path and realbags.is_own(path) else None


def source(settings) -> str:
    """Fingerprint of the instances."""
    found = open_bags(settings)
    return sets.fingerprint(settings.data) if found is None else found.fingerprint()


def made(settings) -> Task:
    """Bags of pictures: train bags of the training items, test bags of the test items."""
    pool = _pictures(settings.data, *sets.locate(settings.data)[1:])
    names = "rule witness size spread share exact".split()
    recipe = Recipe(*(getattr(settings, name) for name in names))
    rng, rng_test = (np.random.default_rng([settings.seed, part]) for part in (1, 2))
    count = settings.bags
    wanted = np.arange(count) < (min(settings.positives, count - 1) or count // 2)
    train = draw(pool.y[: pool.split], recipe, wanted if settings.balanced else count, rng)
    test = draw(pool.y[pool.split :], recipe, np.arange(TESTED) % 2 == 0, rng_test)
    test = test._replace(items=np.where(test.mask, test.items + pool.split, 0))
    first = settings.witness % len(pool.classes)
    classes = f"no {pool.classes[first]}", f"with {pool.classes[first]}"
    if settings.rule != "one":
        classes = "negative", "positive"
    rate, shape = float(np.mean(pool.y == first)), shrink(pool.seen[:1]).shape[1:]
    return Task(pool.x, pool.seen, train, test, classes, recipe, rate, shape)


@lru_cache(maxsize=4)
def _pictures(name: str, path: Path | None, stamp: tuple[int, ...]) -> Instances:
    return instances(sets.load(name))


def given(settings, found: realbags.BagSet) -> Task:
    """Bags that exist: the official split, or a third of each label for the test, by the seed.

    Of the training bags as many are kept as asked for, with their share of positive ones unless
    their number is set.
    """
    y = found.bags.y
    order = np.random.default_rng([settings.seed, 1]).permutation(len(y))
    test = found.test
    if test is None:
        test = np.zeros(len(y), bool)
        for label in (False, True):
            test[order[y[order] == label][::3]] = True
    rows = order[~test[order]]
    positive, negative = rows[y[rows]], rows[~y[rows]]
    wanted = settings.positives or max(1, settings.bags * len(positive) // len(rows))
    positive = positive[:wanted]
    negative = negative[: max(1, settings.bags - len(positive))]
    kept = np.concatenate([positive, negative])
    return Task(
        found.x,
        found.seen,
        found.bags.take(kept),
        found.bags.take(np.flatnonzero(test)),
        found.classes,
    )
