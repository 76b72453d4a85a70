"""Your own images as an .npz of arrays. Pickles are refused."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from workbench.data.imageset import DataError
from workbench.data.own.columns import LABEL_NAMES, LABEL_WAYS
from workbench.data.own.limits import check_images, check_labels, check_size
from workbench.data.report import LeftOut, Report, listed

IMAGE_NAMES = ("images", "x")  # in any case
HOW = "numpy.savez('mine.npz', images=..., labels=...)"


def read_npz(path: Path) -> tuple[np.ndarray, np.ndarray | None, Report]:
    """Key `images` or `x`, and optionally a label by one of its names; other keys are left out."""
    check_size(path.stat().st_size)
    with zipfile.ZipFile(path) as archive:
        check_size(sum(member.file_size for member in archive.infolist()))
        if bad := archive.testzip():  # reads every member against its CRC
            raise DataError(f"its member {bad[:40]} is damaged: write the file again")
        keys = sorted(name.removesuffix(".npy") for name in archive.namelist())
        image_key = pick(keys, IMAGE_NAMES)
        if image_key is None:
            raise DataError(
                f"it has neither the key images nor x; its keys are {listed(keys)[:100]}: save it "
                f"again with {HOW}"
            )
        images = read_array(archive, image_key, check_images)
        label_key = pick(keys, LABEL_NAMES)
        labels = None if label_key is None else read_array(archive, label_key, check_labels)
    label = f"key {label_key!r}, by its name"
    others = [key for key in keys if key not in (image_key, label_key)]
    why = f"only {image_key!r} and a label are read"
    return (
        images,
        labels,
        Report(
            name=path.stem,
            kind="pictures",
            source=f"your own arrays, {path.name}",
            label=label if label_key else f"none: a key {LABEL_WAYS} would be it",
            left_out=(LeftOut(len(others), f"key {listed(others)}", why),) if others else (),
        ),
    )


def pick(keys: list[str], names: tuple[str, ...]) -> str | None:
    """The key that has one of these names in any case, if there is one."""
    candidates = [key for key in keys if key.lower() in names]
    if len(candidates) > 1:
        raise DataError(f"it has both {candidates[0]} and {candidates[1]}: keep one of them")
    return candidates[0] if candidates else None


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
