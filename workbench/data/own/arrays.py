"""Your own images as an .npz of arrays. Pickles are refused."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from workbench.data.imageset import DataError
from workbench.data.own.limits import check_images, check_labels, check_size


def read_npz(path: Path) -> tuple[np.ndarray, np.ndarray | None, str]:
    """Key `images` or `x`, and optionally `labels` or `y`; other keys are left alone."""
    check_size(path.stat().st_size)
    with zipfile.ZipFile(path) as archive:
        check_size(sum(member.file_size for member in archive.infolist()))
        if bad := archive.testzip():  # reads every member against its CRC
            raise DataError(f"its member {bad[:40]} is damaged: write the file again")
        keys = {name.removesuffix(".npy") for name in archive.namelist()}
        image_key = pick(keys, "images", "x")
        if image_key is None:
            raise DataError("it has neither the key images nor x: save the images under one")
        images = read_array(archive, image_key, check_images)
        label_key = pick(keys, "labels", "y")
        labels = None if label_key is None else read_array(archive, label_key, check_labels)
    return images, labels, f"arrays, {path.name}"


def pick(keys: set[str], first: str, second: str) -> str | None:
    """The one of two keys that is there."""
    if {first, second} <= keys:
        raise DataError(f"it has both {first} and {second}: keep one of them")
    return next((key for key in (first, second) if key in keys), None)


def read_array(
    archive: zipfile.ZipFile, key: str, check: Callable[[tuple[int, ...], np.dtype], None]
) -> np.ndarray:
    """One .npy member; `check(shape, dtype)` sees its header before anything is allocated."""
    with archive.open(f"{key}.npy") as member:
        version = np.lib.format.read_magic(member)
        if version not in ((1, 0), (2, 0)):
            raise DataError(f"{key} is in an unknown .npy format: save it again with numpy.savez")
        header = getattr(np.lib.format, f"read_array_header_{version[0]}_0")
        shape, fortran, dtype = header(member)
        check(shape, dtype)
        content = member.read(math.prod(shape) * dtype.itemsize + 1)
    if len(content) != math.prod(shape) * dtype.itemsize:
        raise DataError(f"{key} does not hold what its header announces: write the file again")
    return np.frombuffer(content, dtype).reshape(shape, order="F" if fortran else "C")
