"""Loads an image set by its name, checks it, and brings it over the network."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

from workbench.core.chapter import Chapter
from workbench.core.settings import Settings
from workbench.data import own, weights
from workbench.data.images import caltech, dsprites, faces, idx
from workbench.data.imageset import DataError, ImageSet
from workbench.data.inventory import EMBEDDED, Entry, data_folder, entries, locate, names
from workbench.data.report import Report
from workbench.data.source import Source
from workbench.data.stamp import Stamp, digest

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
    "report",
    "source",
    "source_of",
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
    """12 hexadecimal digits (sha256) of everything in the set: arrays and names of classes."""
    return report(name).fingerprint


def report(name: str | Path) -> Report:
    """How the set of this name, or at this place, was read. Raises as `load` does."""
    key = locate(name)
    with LOCK:
        return _report(*key)


def read(name: str, path: Path | None) -> ImageSet:
    """Reads the located set from its files, past every cache."""
    if path is None:
        return EMBEDDED[name].read()
    if name in faces.LABELS:
        return faces.read(path, name)
    if name in caltech.PARTS:
        return caltech.read(path, name)
    if name == dsprites.NAME:
        return dsprites.read(path)
    return idx.read(name, path) if name else own.read(path)


@lru_cache(maxsize=SETS_KEPT)
def _load(name: str, path: Path | None, stamp: Stamp) -> ImageSet:
    return read(name, path)


def source(name: str | Path) -> Source:
    """What asks for the files of this set."""
    return Source(lambda: locate(name), lambda: report(name))


def source_of(chapter: Chapter, settings: Settings) -> Source:
    """What asks for the files of a run: of the chapter's own kind, or of an image set."""
    return chapter.source(settings) if chapter.source else source(settings.data)


@lru_cache(maxsize=64)
def _report(name: str, path: Path | None, stamp: Stamp) -> Report:
    return describe(read(name, path))  # the set is dropped: a server wants to know no more


def describe(images: ImageSet) -> Report:
    """The report of a set, with its fingerprint."""
    names = (*images.classes, "", *images.factor_names)
    return images.describe().extended(fingerprint=digest(images.arrays, names))


def check(name: str | Path) -> Report:
    """Reads the set again from its files, checksums included, past every cache."""
    key = locate(name)
    return describe(read(*key[:2]))


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
