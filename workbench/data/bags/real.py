"""Bags that exist: tiles of blood images, molecules, and your own. There when their files are."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from workbench.data import inventory, shelf
from workbench.data.bags import blood
from workbench.data.bags.bagset import BagSet, draw_rows, padded
from workbench.data.bags.own_bags import is_own, read
from workbench.data.imageset import DataError
from workbench.data.report import Report
from workbench.data.source import Source
from workbench.data.stamp import Stamp

__all__ = [
    "BagSet",
    "check",
    "is_own",
    "load",
    "locate",
    "musk",
    "names",
    "read",
    "source",
]

MUSK_FILE = "musk1/musk1.npz"
OWN_FOLDER = "bags"
FILES = {"blood": blood.FOLDER, "musk1": MUSK_FILE}
SETS_KEPT = 3  # sets of bags that stay in memory


def musk(root: Path) -> BagSet:
    """Musk version 1: a bag is a molecule, its instances are the shapes it can take; it is
    positive when one of them smells of musk, and nobody knows which.

    Columns are scaled by mean and standard deviation over all shapes, which needs no label.
    """
    with np.load(root / MUSK_FILE, allow_pickle=False) as file:
        x, bag, y = file["X"].astype(np.float32), file["bag"], file["y_bag"]
    x = (x - x.mean(0)) / x.std(0).clip(1e-6)
    return BagSet(
        name="musk1",
        source="Musk version 1, D. Chapman and A. Jain, UCI, CC BY 4.0",
        x=x,
        pictures=draw_rows(x),
        bags=padded(bag, y, None),
        classes=("not musk", "musk"),
    )


def names() -> tuple[str, ...]:
    """The bags that lie in the data folder: known ones, then your own in its folder `bags`."""
    root = inventory.data_folder()
    known = [name for name, file in FILES.items() if (root / file).exists()]
    return (*known, *_own_bags(root))


def _own_bags(root: Path) -> dict[str, Path]:
    return shelf.own_sets(root / OWN_FOLDER, {}, is_own)


def load(name: str | Path) -> BagSet:
    """The bags of this name in the data folder, or your own at a Path. They are read again when
    their files change. Raises DataMissing or DataError."""
    return _load(*locate(name))


def locate(name: str | Path) -> inventory.Place:
    """What identifies bags: their name ("" for your own), their place, and a stamp of files."""
    owned = _own_bags(inventory.data_folder())
    return shelf.locate_set(name, FILES, owned, names(), "no bags are called")


def check(name: str | Path) -> Report:
    """Reads bags again, past every cache."""
    return _read(*locate(name)[:2]).describe()


def source(name: str | Path) -> Source:
    """What asks for the files of these bags."""
    return Source(lambda: locate(name), lambda: _describe(*locate(name)))


@lru_cache(maxsize=16)
def _describe(name: str, path: Path, state: Stamp) -> Report:
    return _read(name, path).describe()  # a server wants to know no more


@lru_cache(maxsize=SETS_KEPT)
def _load(name: str, path: Path, state: Stamp) -> BagSet:
    return _read(name, path)


def _read(name: str, path: Path) -> BagSet:
    if not name:
        return read(path)
    try:
        return {"blood": blood.read, "musk1": musk}[name](path)
    except Exception as problem:
        reason = " ".join(str(problem).split())[:120]
        raise DataError(f"{name} is damaged or of another format ({reason})") from None
