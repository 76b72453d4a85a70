"""Caltech-101 in colour, small or in twenty categories at 96 x 96: there when its folder is."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from workbench.data import own
from workbench.data.imageset import DataError, ImageSet, split


class Part(NamedTuple):
    """What is read of the folder: each `every`-th category by name, at `side` x `side` pixels."""

    title: str
    note: str
    every: int
    side: int


PARTS = {
    "caltech101": Part(
        "Caltech-101, small and in colour", "objects, about 100 classes", 1, own.SIDE
    ),
    "caltech20": Part(
        "Caltech-101, a fifth of its categories, larger", "objects, about 20 classes", 5, 96
    ),
}
FOLDERS = (Path("caltech101_subset", "101_ObjectCategories"), Path("101_ObjectCategories"))
LEFT_OUT = "BACKGROUND_Google"  # whatever a search engine found
PICTURES_A_CLASS = 40  # pictures of a class: a few classes have hundreds
TEST_SHARE = 0.2


def folder(root: Path) -> Path | None:
    """Where it lies below the data folder, if it does."""
    return next((root / place for place in FOLDERS if (root / place).is_dir()), None)


def read(place: Path, name: str = "caltech101") -> ImageSet:
    """The part `name` of the folder as colour images, the middle square of each; the label is the
    category.

    Raises DataError when a picture is damaged or there are no two classes.
    """
    classes = [path for path in sorted(place.iterdir()) if own.is_class(path)]
    part = PARTS[name]
    classes = [path for path in classes if path.name != LEFT_OUT][:: part.every]
    if len(classes) < 2:
        raise DataError(f"{place.name} has no two folders of pictures: copy it again")
    files = [own.pictures(path)[:PICTURES_A_CLASS] for path in classes]
    x, _ = own.read_pictures([file for some in files for file in some], part.side)
    y = np.repeat(np.arange(len(files)), [len(some) for some in files])
    train, test = split(len(y), TEST_SHARE, y)
    x = x / np.float32(255)
    return ImageSet(
        name=name,
        title=part.title,
        classes=tuple(path.name for path in classes),
        source="Caltech-101, Li, Andreeto, Ranzato & Perona, CC BY 4.0; cropped, "
        f"{part.side} x {part.side}",
        x_train=x[train],
        x_test=x[test],
        y_train=y[train],
        y_test=y[test],
    )
