"""Your own images: a folder of pictures, an .npz of arrays, or a .csv of numbers.

Files are not trusted: sizes are read and checked before anything is allocated, pickles are
refused, and whatever is wrong becomes one sentence that names the file.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np

from workbench.data.imageset import DataError, ImageSet, split
from workbench.data.own.arrays import read_npz
from workbench.data.own.folder import (
    SIDE,
    is_class,
    is_picture,
    pictures,
    read_folder,
    read_picture,
)
from workbench.data.own.limits import (
    LIMITS,
    MAX_CLASSES,
    MAX_IMAGES,
    MIN_IMAGES,
    check_shape,
    check_size,
)
from workbench.data.own.table import read_csv

__all__ = [
    "LIMITS",
    "MAX_IMAGES",
    "MIN_IMAGES",
    "SIDE",
    "check_size",
    "is_class",
    "is_set",
    "name_of",
    "pictures",
    "read",
    "read_csv",
    "read_picture",
]

TEST_SHARE = 0.2


def read(path: Path) -> ImageSet:
    """The set at `path`: a folder, an .npz or a .csv. Raises DataError, whatever is wrong with it.

    The split is fixed: 80/20 with seed 0, class by class when there are labels.
    """
    try:
        if path.is_dir():
            images, labels, source = read_folder(path)
        elif path.suffix.lower() == ".npz":
            images, labels, source = read_npz(path)
        elif path.suffix.lower() == ".csv":
            images, labels, source = read_csv(path)
        else:
            raise DataError("it is no folder, .npz or .csv: convert it to one of these")
        return assemble(path, images, labels, source)
    except DataError as problem:
        raise type(problem)(f"{path.name}: {problem}") from None
    except Exception as problem:  # parsers of foreign files raise nearly anything
        reason = " ".join(str(problem).split())[:120] or type(problem).__name__
        reason = reason.replace(str(path), path.name)
        message = f"{path.name}: it is damaged or of another format ({reason}): write it again"
        raise DataError(message) from None


def name_of(path: Path) -> str:
    """What a set at this place is called."""
    return path.name if path.is_dir() else path.stem


def assemble(path: Path, images, labels, source: str) -> ImageSet:
    """Checks, scales and splits raw images (n, ...) and labels (n,) or None."""
    pixels, scaling = scale(shape_images(images))
    codes, classes = encode(labels, len(pixels))
    train, test = split(len(pixels), TEST_SHARE, codes)
    return ImageSet(
        name=re.sub(r"[^A-Za-z0-9_-]", "_", name_of(path))[:40],
        title=name_of(path),
        source=f"your own {source}{scaling}",
        classes=classes,
        x_train=pixels[train],
        x_test=pixels[test],
        y_train=None if codes is None else codes[train],
        y_test=None if codes is None else codes[test],
    )


def shape_images(images: np.ndarray) -> np.ndarray:
    """(n, h, w) or (n, h, w, 3); vectors become a square image, or a row 1 x d."""
    check_shape(images.shape)
    if images.ndim > 2:
        return images
    n, d = images.shape
    side = math.isqrt(d)
    return images.reshape((n, side, side) if side * side == d else (n, 1, d))


def scale(images: np.ndarray) -> tuple[np.ndarray, str]:
    """float32 in [0, 1], and what was done to get there, in words."""
    if images.dtype == np.uint8:
        return images / np.float32(255), ""
    low, high = float(images.min()), float(images.max())
    if not math.isfinite(high - low):  # NaN and infinity reach the minimum or the maximum
        raise DataError("it holds NaN or infinite values: remove or replace them")
    if low >= 0 and high <= 1:
        return images.astype(np.float32), ""
    if high == low:
        raise DataError(f"every value is {low:g}: there is nothing to learn")
    unit = (images.astype(np.float64) - low) / (high - low)
    return unit.astype(np.float32), f", rescaled from [{low:g}, {high:g}] to [0, 1]"


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
            return path.suffix.lower() in (".npz", ".csv") and path.is_file()
        children = list(path.iterdir())
        return any(map(is_picture, children)) or sum(map(is_class, children)) > 1
    except OSError:
        return False
