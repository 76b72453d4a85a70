"""Your own bags: folders of folders of pictures, or a table with a column `bag`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.data import own
from workbench.data.bags import Bags
from workbench.data.bags.bagset import BagSet, draw_rows, padded
from workbench.data.imageset import DataError
from workbench.data.own.columns import BAG_NAMES
from workbench.data.own.folder import PARTS, left_out
from workbench.data.own.table import columns_of
from workbench.data.report import Report

WITNESS = "witness"
WITNESS_WORDS = {"0": False, "1": True, "false": False, "true": True}


def is_own(path: Path) -> bool:
    """Whether this is a folder of two folders of bags, or a .csv whose header names a bag."""
    try:
        if path.is_dir():
            return len(_labelled(path)) == 2
        return path.suffix.lower() == ".csv" and bool(set(BAG_NAMES) & set(columns_of(path)))
    except OSError:
        return False


def _labelled(path: Path) -> list[Path]:
    """Subfolders that hold bags, which are folders of pictures."""
    return [folder for folder in own.subfolders(path) if any(map(own.is_class, folder.iterdir()))]


def read(path: Path) -> BagSet:
    """Your own bags. Raises DataError, whatever is wrong with them.

    A folder: LABEL/BAG/*.png, two labels. A table: columns `bag`, a label, optionally `witness`
    (0 or 1), and numbers. Of the two labels the one that sorts last is the positive one.
    """
    with own.naming(path):
        return _folder(path) if path.is_dir() else _table(path)


def _folder(path: Path) -> BagSet:
    labels = _labelled(path)
    if len(labels) != 2:
        raise DataError(f"it has {len(labels)} folders of folders of pictures: give two labels")
    if {label.name.lower() for label in labels} <= PARTS:
        names = " and ".join(repr(label.name) for label in labels)
        raise DataError(
            f"its labels {names} look like parts and not like labels: give one folder of bags for "
            "each of two labels"
        )
    folders = [
        (label, bag) for label in labels for bag in sorted(label.iterdir()) if own.is_class(bag)
    ]
    files = [(i, file) for i, (_, bag) in enumerate(folders) for file in own.pictures(bag)]
    if not own.MIN_IMAGES <= len(files) <= own.MAX_IMAGES:
        raise DataError(f"it holds {len(files)} pictures in bags: {own.LIMITS}")
    colours, notes = own.read_pictures([file for _, file in files])
    pictures = colours.mean(-1, dtype=np.float32) / np.float32(255)
    bag = np.array([i for i, _ in files])
    y = np.array([label == labels[1] for label, _ in folders])
    report = Report(
        name=path.name,
        kind="bags",
        source=f"your own, {path.name}, pictures of {own.SIDE} x {own.SIDE}",
        label="the name of a bag's folder's folder",
        scaling="in grey, divided by 255",
        low=float(colours.min()),
        high=float(colours.max()),
        left_out=tuple(left_out(path, [*labels, *(bag for _, bag in folders)])),
        notes=tuple(notes),
    )
    x = pictures.reshape(len(pictures), -1)
    names = labels[0].name, labels[1].name
    return _assemble(report, x, pictures, padded(bag, y, None), names)


def _table(path: Path) -> BagSet:
    table = own.sort_columns(path, (*BAG_NAMES, WITNESS))
    if table.label is None:
        raise DataError("it has no column label: give every row the label of its bag")
    column, words = _bag_column(table.texts)
    names, bag = np.unique(words, return_inverse=True)
    classes, label = np.unique(table.label, return_inverse=True)
    y = np.zeros(len(names), int)
    y[bag] = label
    if (unlike := np.flatnonzero(y[bag] != label)).size:
        which = f"the bag {str(names[bag[unlike[0]]])!r} (row {unlike[0] + 1})"
        raise DataError(f"rows of {which} have unlike labels: a label belongs to the bag")
    report = table.report.extended(
        kind="bags",
        label=f"{table.report.label}; bags by column {column!r}",
        scaling="each column by its mean and standard deviation",
        low=float(table.x.min()),
        high=float(table.x.max()),
    )
    x = ((table.x - table.x.mean(0)) / table.x.std(0).clip(1e-6)).astype(np.float32)
    bags = padded(bag, y == 1, _witnesses(table.texts))
    return _assemble(report, x, draw_rows(x), bags, tuple(map(str, classes)))


def _bag_column(texts: Mapping[str, NDArray]) -> tuple[str, NDArray]:
    """The name of the column of bags, and the bag of each row."""
    columns = [name for name in BAG_NAMES if name in texts]
    if len(columns) > 1:
        both = " and ".join(map(repr, columns))
        raise DataError(f"its columns {both} could each name the bag: rename all but one")
    words = np.char.strip(texts[columns[0]])
    if (empty := np.flatnonzero(words == "")).size:
        raise DataError(f"row {empty[0] + 1} names no bag: give every row one")
    return columns[0], words


def _witnesses(texts: Mapping[str, NDArray]) -> NDArray | None:
    """Which rows are witnesses [n], or None where there is no such column."""
    if WITNESS not in texts:
        return None
    words = np.char.lower(np.char.strip(texts[WITNESS]))
    if (other := np.flatnonzero(~np.isin(words, list(WITNESS_WORDS)))).size:
        word = str(words[other[0]])
        what = f"{len(other)} rows, the first is row {other[0] + 1} with {word!r}"
        raise DataError(f"column 'witness' is neither 0 nor 1 in {what}: write 0 or 1")
    return np.array([WITNESS_WORDS[word] for word in words.tolist()])


def _assemble(
    report: Report, x: NDArray, pictures: NDArray, bags: Bags, classes: tuple[str, ...]
) -> BagSet:
    if len(classes) != 2:
        raise DataError(f"its bags have {len(classes)} labels: give two")
    if min(bags.y.sum(), (~bags.y).sum()) < 3:
        raise DataError("it has fewer than three bags of a label: give more")
    return BagSet(
        name=report.name,
        source=report.source,
        x=x,
        pictures=pictures,
        bags=bags,
        classes=(classes[0], classes[1]),
        report=report,
    )
