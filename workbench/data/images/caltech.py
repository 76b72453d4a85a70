"""Caltech-101 in colour, or a part of it: there when its folder is."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.data import own
from workbench.data.imageset import DataError, ImageSet, split

NAME, TITLE, NOTE = "caltech101", "Caltech-101, small and in colour", "objects, about 100 classes"
SHAPE = own.SIDE, own.SIDE
FOLDERS = (Path("caltech101_subset", "101_ObjectCategories"), Path("101_ObjectCategories"))
LEFT_OUT = "BACKGROUND_Google"  # whatever a search engine found
PICTURES_A_CLASS = 40  # pictures of a class: a few classes have hundreds
TEST_SHARE = 0.2


def folder(root: Path) -> Path | None:
    """Where it lies below the data folder, if it does."""
    return next((root / place for place in FOLDERS if (root / place).is_dir()), None)


def read(place: Path) -> ImageSet:
    """The folder as colour images, the middle square of each at 32 x 32; the label is the category.

    Raises DataError when a picture is damaged or there are no two classes.
    """
    classes = [path for path in sorted(place.iterdir()) if own.is_class(path)]
    classes = [path for path in classes if path.name != LEFT_OUT]
    if len(classes) < 2:
        raise DataError(f"{place.name} has no two folders of pictures: copy it again")
    files = [own.pictures(path)[:PICTURES_A_CLASS] for path in classes]
    x = np.stack([own.read_picture(file) for some in files for file in some])
    y = np.repeat(np.arange(len(files)), [len(some) for some in files])
    train, test = split(len(y), TEST_SHARE, y)
    x = x / np.float32(255)
    return ImageSet(
        name=NAME,
        title=TITLE,
        classes=tuple(path.name for path in classes),
        source="Caltech-101, Li, Andreeto, Ranzato & Perona, CC BY 4.0; cropped, 32 x 32",
        x_train=x[train],
        x_test=x[test],
        y_train=y[train],
        y_test=y[test],
    )
