"""Your own bags: folders of folders of pictures, or a table with a column `bag`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.data import own
from workbench.data.bags import Bags
from workbench.data.bags.bagset import BagSet, draw_rows, padded
from workbench.data.imageset import DataError


def is_own(path: Path) -> bool:
    """Whether this is a folder of two folders of bags, or a .csv whose header names a bag."""
    try:
        if path.is_dir():
            return len(_labelled(path)) == 2
        if path.suffix.lower() != ".csv":
            return False
        with path.open(encoding="utf-8", errors="replace") as file:
            return "bag" in [name.strip() for name in file.readline(100_000).split(",")]
    except OSError:
        return False


def _labelled(path: Path) -> list[Path]:
    """Subfolders that hold bags, which are folders of pictures."""
    folders = (c for c in sorted(path.iterdir()) if c.is_dir() and not c.is_symlink())
    return [folder for folder in folders if any(map(own.is_class, folder.iterdir()))]


def read(path: Path) -> BagSet:
    """Your own bags. Raises DataError, whatever is wrong with them.

    A folder: LABEL/BAG/*.png, two labels. A table: columns `bag`, `label`, optionally `witness`
    (0 or 1), and numbers. Of the two labels the one that sorts last is the positive one.
    """
    try:
        return _folder(path) if path.is_dir() else _table(path)
    except DataError as problem:
        raise type(problem)(f"{path.name}: {problem}") from None
    except Exception as problem:  # parsers of foreign files raise nearly anything
        reason = " ".join(str(problem).replace(str(path), path.name).split())[:120]
        raise DataError(f"{path.name} is damaged or of another format ({reason})") from None


def _folder(path: Path) -> BagSet:
    labels = _labelled(path)
    folders = [
        (label, bag) for label in labels for bag in sorted(label.iterdir()) if own.is_class(bag)
    ]
    files = [(i, file) for i, (_, bag) in enumerate(folders) for file in own.pictures(bag)]
    if not own.MIN_IMAGES <= len(files) <= own.MAX_IMAGES:
        raise DataError(f"it holds {len(files)} pictures in bags: {own.LIMITS}")
    colours = np.stack([own.read_picture(file) for _, file in files])
    pictures = colours.mean(-1, dtype=np.float32) / np.float32(255)
    bag = np.array([i for i, _ in files])
    y = np.array([label == labels[1] for label, _ in folders])
    x = pictures.reshape(len(pictures), -1)
    return _assemble(path, x, pictures, padded(bag, y, None), tuple(label.name for label in labels))


def _table(path: Path) -> BagSet:
    import pandas

    own.check_size(path.stat().st_size)
    frame = pandas.read_csv(path, nrows=own.MAX_IMAGES)
    frame.columns = frame.columns.str.strip()
    if "label" not in frame:
        raise DataError("it has no column label: give every row the label of its bag")
    frame = frame.dropna()
    names, bag = np.unique(frame.pop("bag").astype(str), return_inverse=True)
    classes, label = np.unique(frame.pop("label").astype(str), return_inverse=True)
    truth = frame.pop("witness").to_numpy(float) > 0 if "witness" in frame else None
    x = frame.to_numpy(np.float64)
    if not np.isfinite(x).all():
        raise DataError("it holds values that are no finite numbers: remove or replace them")
    y = np.zeros(len(names), int)
    y[bag] = label
    if (y[bag] != label).any():
        raise DataError("rows of one bag have unlike labels: a label belongs to the bag")
    x = ((x - x.mean(0)) / x.std(0).clip(1e-6)).astype(np.float32)
    return _assemble(path, x, draw_rows(x), padded(bag, y == 1, truth), tuple(classes))


def _assemble(
    path: Path, x: NDArray, pictures: NDArray, bags: Bags, classes: tuple[str, ...]
) -> BagSet:
    if len(classes) != 2:
        raise DataError(f"its bags have {len(classes)} labels: give two")
    if min(bags.y.sum(), (~bags.y).sum()) < 3:
        raise DataError("it has fewer than three bags of a label: give more")
    return BagSet(
        name=own.name_of(path),
        source=f"your own, {path.name}",
        x=x,
        pictures=pictures,
        bags=bags,
        classes=(classes[0], classes[1]),
    )
