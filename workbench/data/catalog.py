"""Loads an image set by its name, checks it, and brings it over the network."""

from __future__ import annotations

import hashlib
import threading
from functools import lru_cache
from pathlib import Path

import numpy as np

from workbench.data import own, weights
from workbench.data.images import caltech, faces, idx
from workbench.data.imageset import DataError, ImageSet
from workbench.data.inventory import EMBEDDED, Entry, data_folder, entries, locate, names

__all__ = [
    "Entry",
    "check",
    "data_folder",
    "entries",
    "fingerprint",
    "get",
    "load",
    "locate",
    "names",
]

SETS_KEPT = 3  # image sets that stay in memory; MNIST takes 220 MB
LOCK = threading.RLock()


def load(name: str | Path) -> ImageSet:
    """The set of this name, or the one in a file or folder of your own.

    A bare name means one of `names()`; text with a separator or ending in .npz or .csv, and every
    Path, is a place on disk. Text that came over the network must be looked up in `names()` first.
    The last few sets stay in memory and are shared; they are read again when files change.
    Raises DataMissing when it is not there, DataError when it cannot be used.
    """
    key = locate(name)
    with LOCK:  # so that sixty sessions asking at once read it once
        return _load(*key)


def fingerprint(name: str | Path) -> str:
    """12 hexadecimal digits (sha256) of everything in the arrays of the set."""
    key = locate(name)
    with LOCK:
        return _fingerprint(*key)


def read(name: str, path: Path | None) -> ImageSet:
    """Reads the located set from its files, past every cache."""
    if path is None:
        return EMBEDDED[name].read()
    if name == faces.NAME:
        return faces.read(path)
    if name == caltech.NAME:
        return caltech.read(path)
    return idx.read(name, path) if name else own.read(path)


@lru_cache(maxsize=SETS_KEPT)
def _load(name: str, path: Path | None, stamp: tuple[int, ...]) -> ImageSet:
    return read(name, path)


@lru_cache(maxsize=64)
def _fingerprint(name: str, path: Path | None, stamp: tuple[int, ...]) -> str:
    return digest(read(name, path))  # not kept: a server wants to know no more than this


def digest(images: ImageSet) -> str:
    """12 hexadecimal digits of the sha256 of dtype, shape and bytes of every array."""
    total = hashlib.sha256()
    for array in images.arrays:
        total.update(f"{array.dtype.str}{array.shape}".encode())
        total.update(np.ascontiguousarray(array))
    return total.hexdigest()[:12]


def check(name: str | Path) -> str:
    """Reads the set again from its files, checksums included, and describe it in one line.

    Also for the name of torchvision's weights.
    """
    if name == weights.NAME:
        return weights.check(data_folder())
    key = locate(name)
    images = read(*key[:2])
    kind = f"{len(images.classes)} classes" if images.classes else "no labels"
    count = f"{len(images.x_train)} + {len(images.x_test)}"
    size = f"{images.height} x {images.width}"
    return f"{images.name}: {count} images of {size}, {kind}, fingerprint {digest(images)}"


def get(name: str) -> None:
    """Downloads a known set, or torchvision's weights, into the data folder.

    Nothing happens when it is there and whole.

    Raises DataError when the network fails, and for a name that has nothing to download.
    """
    if name in EMBEDDED:
        return
    if name == weights.NAME:
        return weights.get(data_folder())
    if name not in idx.IDX_SETS:
        known = " or ".join([*idx.IDX_SETS, weights.NAME])
        raise DataError(f"{name} cannot be downloaded: choose {known}")
    root = data_folder()
    try:
        idx.read(name, root)
    except DataError:
        idx.download(name, root)
