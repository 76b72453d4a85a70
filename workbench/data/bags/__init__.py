"""Bags of instances: drawn from any labelled pictures by a rule, and the form they all have."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.data.imageset import DataError, ImageSet
from workbench.data.labels import cluster, cluster_names
from workbench.data.tables.pictures import CLUSTER_STARTS, shrink

RULES = ("one", "count", "two")
LEAST = {"one": 1, "count": 2, "two": 2}  # witnesses that a positive bag must have


class Bags(NamedTuple):
    """Padded bags: items [bags, K] are rows of the instances, mask [bags, K] tells them from
    padding, y [bags] is True for a positive bag, truth [bags, K] for a witness (None: unknown)."""

    items: NDArray
    mask: NDArray
    y: NDArray
    truth: NDArray | None

    def take(self, rows: NDArray) -> Bags:
        return Bags(*(None if part is None else part[rows] for part in self))


class Instances(NamedTuple):
    """What bags are made of, the first `split` of them for training bags.

    x [n, d] float32 are for a model, pictures [n, height, width] in [0, 1] for a reader; y [n] is
    the class of each.
    """

    x: NDArray
    pictures: NDArray
    y: NDArray
    classes: tuple[str, ...]
    split: int


class Recipe(NamedTuple):
    """How bags are made.

    rule: a bag is positive with "one" witness or more, with a "count" of two or more, or with
    "two" kinds of witness in it, the class and the one after it. Sizes are N(size, spread * size),
    cut at two standard deviations. A positive bag has a `share` of witnesses, at least as many as
    the rule asks for. With `exact` off each instance is one with that probability: with the class's
    own share, bags at random that happen to be positive, as in the loader of Ilse et al. 2018.
    """

    rule: str
    witness: int
    size: int
    spread: float
    share: float
    exact: bool = True

    @property
    def longest(self) -> int:
        return int(np.ceil(self.size * (1 + 2 * self.spread)))


def instances(images: ImageSet, longest: int = 16) -> Instances:
    """The pictures as instances, averaged down to at most `longest` pixels a side for the model.

    Without labels the classes are clusters (K-means). Raises DataError when there is one class.
    """
    parts = images.x_train, images.x_test
    pictures = np.concatenate([x.mean(-1, dtype=np.float32) if x.ndim == 4 else x for x in parts])
    x, classes = shrink(pictures, longest).reshape(len(pictures), -1), images.classes
    if images.y_train is None:
        halves = cluster(*np.split(x, [len(parts[0])]), starts=CLUSTER_STARTS)
        y, classes = np.concatenate(halves), cluster_names()
    else:
        y = np.concatenate([images.y_train, images.y_test])
    if len(classes) < 2:
        raise DataError(f"{images.name} has one class only: a witness needs another to hide among")
    return Instances(x, pictures, y, classes, len(parts[0]))


def draw(y: NDArray, recipe: Recipe, positive: NDArray | int, rng: np.random.Generator) -> Bags:
    """Bags of the instances with classes y [n]; items are drawn with replacement.

    positive [bags] says which bags are to be positive; a number of bags instead leaves it to
    chance: instances at random, labels by the rule. Raises DataError when a class is missing.
    """
    count = positive if isinstance(positive, int) else len(positive)
    mask = _sizes(recipe, count, rng)[:, None] > np.arange(recipe.longest)
    kind = kinds_of(y, recipe)
    if isinstance(positive, int):
        items = rng.integers(len(y), size=mask.shape)
        kinds = np.where(mask, kind[items], 0)
        return Bags(np.where(mask, items, 0), mask, judge(kinds, recipe.rule), kinds > 0)
    kinds = _place_witnesses(mask, _wanted(mask.sum(1), positive, recipe, rng), rng)
    items = np.zeros(mask.shape, np.int64)
    for k in np.unique(kinds[mask]):
        pool = np.flatnonzero(kind == k)
        if not len(pool):
            what = ("other than the witnesses", "of the witness class", "of the second kind")[k]
            raise DataError(f"there is no instance {what}: choose another witness class or rule")
        items = np.where(kinds == k, pool[rng.integers(len(pool), size=mask.shape)], items)
    return Bags(np.where(mask, items, 0), mask, np.array(positive, bool), kinds > 0)


def kinds_of(y: NDArray, recipe: Recipe) -> NDArray:
    """1 for the witness class, 2 for the second kind under the rule "two", 0 for the others."""
    classes = max(2, int(y.max()) + 1)
    first = recipe.witness % classes
    second = (first + 1) % classes
    return np.where(y == first, 1, np.where((y == second) & (recipe.rule == "two"), 2, 0))


def judge(kinds: NDArray, rule: str) -> NDArray:
    """The labels [bags] that a rule gives to bags of these kinds [bags, K]."""
    first = (kinds == 1).sum(-1)
    if rule == "two":
        return (first > 0) & (kinds == 2).any(-1)
    return first >= LEAST[rule]


def _sizes(recipe: Recipe, count: int, rng: np.random.Generator) -> NDArray:
    sizes = recipe.size * (1 + recipe.spread * rng.standard_normal(count).clip(-2, 2))
    return sizes.round().astype(int).clip(LEAST[recipe.rule], recipe.longest)


def _wanted(sizes: NDArray, positive: NDArray, recipe: Recipe, rng) -> NDArray:
    """How many witnesses of the first and of the second kind each bag is to have, [bags, 2].

    Negative bags tempt where a rule allows it: one witness where two are counted, and one kind of
    the two.
    """
    many = np.maximum(LEAST[recipe.rule], (recipe.share * sizes).round().astype(int))
    if not recipe.exact:
        many = rng.binomial(sizes, recipe.share)
        while (few := many < LEAST[recipe.rule]).any():  # not positive: drawn again
            many[few] = rng.binomial(sizes[few], recipe.share)
    coin = rng.random(len(sizes)) < 0.5
    if recipe.rule == "two":
        second = np.where(positive, many // 2, np.where(coin, many, 0))
        return np.stack([many - second, second], 1)
    tempted = coin & (recipe.rule == "count")
    return np.stack([np.where(positive, many, tempted), np.zeros_like(many)], 1)


def _place_witnesses(mask: NDArray, wanted: NDArray, rng) -> NDArray:
    """Kinds [bags, K] with the witnesses anywhere among the instances."""
    chance = np.where(mask, rng.random(mask.shape), 2.0)
    rank = chance.argsort(1).argsort(1)
    first, both = wanted[:, :1], wanted.sum(1, keepdims=True)
    return np.where(rank < first, 1, np.where(rank < both, 2, 0)) * mask
