"""Your own images: a folder of pictures, an .npz of arrays, or a table of numbers.

Files are not trusted: sizes are read and checked before anything is allocated, pickles are
refused, and whatever is wrong or doubtful becomes one sentence that names the file. What was
assumed stands in the set's report.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from workbench.data.imageset import DataError, ImageSet, split
from workbench.data.own.arrays import read_npz
from workbench.data.own.folder import is_class, is_picture, pictures, read_folder, subfolders
from workbench.data.own.limits import (
    LIMITS,
    MAX_CLASSES,
    MAX_IMAGES,
    MIN_IMAGES,
    check_shape,
    check_size,
    naming,
)
from workbench.data.own.picture import SIDE, read_picture, read_pictures
from workbench.data.own.scaling import check_variety, scale, shape_images
from workbench.data.own.table import TABLES, Table, read_table, sort_columns
from workbench.data.report import Report, choose_pictures, count_classes

__all__ = [
    "LIMITS",
    "MAX_IMAGES",
    "MIN_IMAGES",
    "OTHER_FILES",
    "SIDE",
    "TABLES",
    "Table",
    "check_shape",
    "check_size",
    "is_class",
    "is_set",
    "name_of",
    "naming",
    "pictures",
    "read",
    "read_picture",
    "read_pictures",
    "read_table",
    "sort_columns",
    "subfolders",
]

TEST_SHARE = 0.2
UNLABELLED = "It has no labels: chapters that need classes take clusters of K-means instead."
FILMS = (".avi", ".mkv", ".mov", ".mp4", ".webm")
OTHER_FILES = {  # ending: what to do about it
    ".npy": "save it with numpy.savez(..., images=...)",
    ".gif": "chapter prednet reads it as a film: put it into the folder clips, or give its path",
    ".tsv": "write commas and call it .csv",
    ".txt": "write commas and call it .csv; chapter words reads texts",
    ".xls": "save it as .xlsx or 'CSV UTF-8'",
    ".gz": "unpack it",
    ".zip": "unpack it",
    ".tar": "unpack it",
    **dict.fromkeys(FILMS, "save its frames in a folder, or as a .gif, for chapter prednet"),
}


def read(path: Path) -> ImageSet:
    """The set at `path`: a folder, an .npz or a table. Raises DataError, whatever is wrong with it.

    The split is fixed: 80/20 with seed 0, class by class when there are labels.
    """
    with naming(path):
        if path.is_dir():
            return assemble(path, *read_folder(path))
        if path.suffix.lower() == ".npz":
            return assemble(path, *read_npz(path))
        if path.suffix.lower() in TABLES:
            table = sort_columns(path, ())
            return assemble(path, table.x, table.label, table.report)
        ways = OTHER_FILES.get(path.suffix.lower(), "convert it to one of these")
        raise DataError(f"it is no folder, .npz or .csv: {ways}")


def name_of(path: Path) -> str:
    """What a set at this place is called."""
    return path.name if path.is_dir() else path.stem


def assemble(path: Path, images, labels, report: Report) -> ImageSet:
    """Checks, scales and splits raw images (n, ...) and labels (n,) or None."""
    shaped = shape_images(images)
    low, high = float(shaped.min()), float(shaped.max())
    pixels, scaling, doubts = scale(shaped)
    codes, classes = encode(labels, len(pixels))
    train, test = split(len(pixels), TEST_SHARE, codes)
    count, size = f"{len(train)} + {len(test)}", " x ".join(map(str, pixels.shape[1:3]))
    colour = " in colour" * (pixels.ndim == 4)
    drawn = f"rows of {pixels[0].size} numbers, drawn as {size}"
    unlabelled = () if codes is not None else (UNLABELLED,)
    report = report.extended(
        (*check_variety(pixels, report.columns), *doubts, *unlabelled),
        size=f"{count} {drawn if report.kind == 'table' else f'images of {size}{colour}'}",
        scaling=scaling,
        low=low,
        high=high,
        classes=count_classes(codes, classes),
        pictures=choose_pictures(pixels, codes),
    )
    return ImageSet(
        name=re.sub(r"[^A-Za-z0-9_-]", "_", name_of(path))[:40],
        title=name_of(path),
        source=f"{report.source}; {scaling}",
        classes=classes,
        x_train=pixels[train],
        x_test=pixels[test],
        y_train=None if codes is None else codes[train],
        y_test=None if codes is None else codes[test],
        report=report,
    )


def encode(labels: np.ndarray | None, n: int) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Labels as int64 indices (n,) into sorted class names."""
    if labels is None:
        return None, ()
    if labels.shape != (n,):
        raise DataError(f"labels of shape {labels.shape} for {n} images: give one label an image")
    values, codes = np.unique(labels, return_inverse=True)
    if len(values) > MAX_CLASSES:
        raise DataError(f"{len(values)} different labels: give at most {MAX_CLASSES}")
    return codes.astype(np.int64), tuple(str(value) for value in values)


def is_set(path: Path) -> bool:
    """Whether `read` takes this kind of file or folder; files are not opened."""
    try:
        if not path.is_dir():
            return path.suffix.lower() in (".npz", *TABLES) and path.is_file()
        children = list(path.iterdir())
        return any(map(is_picture, children)) or sum(map(is_class, children)) > 1
    except OSError:
        return False
