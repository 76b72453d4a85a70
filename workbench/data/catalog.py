"""Which image sets there are, and how to load one by its name."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from workbench.data import own, weights
from workbench.data.images import caltech, faces, idx, photos
from workbench.data.images.sprites import FACTORS, SHAPES, draw_sprites
from workbench.data.imageset import DataError, DataMissing, ImageSet, split

PLAIN = re.compile(r"[A-Za-z0-9_-]{1,40}")
KEPT = 3  # image sets that stay in memory; MNIST takes 220 MB


def digits() -> ImageSet:
    """scikit-learn's digits: 1797 grey images of 8 x 8, split 80/20 class by class."""
    # the table in the installed package; importing that costs a second, and 100 MB in a server
    package = Path(find_spec("sklearn").submodule_search_locations[0])
    table = np.loadtxt(package / "datasets" / "data" / "digits.csv.gz", delimiter=",")
    x = (table[:, :-1].reshape(-1, 8, 8) / 16).astype(np.float32)
    y = table[:, -1].astype(np.int64)
    train, test = split(len(x), 0.2, y)
    return ImageSet(
        name="digits",
        title="Handwritten digits, 8 x 8",
        source="scikit-learn digits (UCI, E. Alpaydin and C. Kaynak 1998, CC BY 4.0)",
        classes=tuple("0123456789"),
        x_train=x[train],
        x_test=x[test],
        y_train=y[train],
        y_test=y[test],
    )


def sprites() -> ImageSet:
    """6000 drawn images of 32 x 32 with five known factors, split 85/15; the label is the shape."""
    images, factors, sizes = draw_sprites()
    train, test = split(len(images), 0.15)
    return ImageSet(
        name="sprites",
        title="Sprites with known factors",
        source="in the manner of dSprites (Matthey et al. 2017), our own generator",
        classes=tuple(SHAPES),
        x_train=images[train],
        x_test=images[test],
        y_train=factors[train, 0],
        y_test=factors[test, 0],
        factors_train=factors[train],
        factors_test=factors[test],
        factor_names=FACTORS,
        factor_sizes=sizes,
    )


@dataclass(frozen=True)
class Entry:
    """One line of the catalogue. `status` is "embedded", "on disk" or "absent"; `shape` is
    (height, width), or None where only reading would tell; `how` is the command that brings it."""

    name: str
    title: str
    status: str
    shape: tuple[int, int] | None
    note: str
    how: str = ""


EMBEDDED: dict[str, tuple[Callable[[], ImageSet], Entry]] = {
    "digits": (
        digits,
        Entry("digits", "Handwritten digits, 8 x 8", "embedded", (8, 8), "1797 images, 10 classes"),
    ),
    "sprites": (
        sprites,
        Entry("sprites", "Sprites with known factors", "embedded", (32, 32), "6000 images, drawn"),
    ),
    photos.NAME: (
        photos.read,
        Entry(photos.NAME, photos.TITLE, "embedded", (photos.SIDE, photos.SIDE), photos.NOTE),
    ),
}


def data_folder() -> Path:
    """Where files are looked for: $WORKBENCH_DATA, else ./data, else data/ beside the package."""
    if chosen := os.environ.get("WORKBENCH_DATA"):
        return Path(chosen).expanduser()
    here, beside = Path("data"), Path(__file__).parents[2] / "data"
    return here if here.is_dir() or not beside.is_dir() else beside


def names() -> tuple[str, ...]:
    """Names that `load` takes right now: embedded sets, MNIST's if there, then your own."""
    return tuple(entry.name for entry in entries() if entry.status != "absent")


def entries() -> list[Entry]:
    """Every known set, whether it is there or not; no file is opened for it."""
    entries = [entry for _, entry in EMBEDDED.values()]
    root = data_folder()
    for name, family in idx.FAMILIES.items():
        there = all(map(os.path.isfile, idx.paths(name, root)))
        status, how = ("on disk", "") if there else ("absent", f"workbench data get {name}")
        note = f"70000 images, 10 classes; {family.source}"
        entries.append(Entry(name, family.title, status, (28, 28), note, how))
    if (root / faces.FILE).is_file():  # nobody serves it: it is copied, or not there
        entries.append(Entry(faces.NAME, faces.TITLE, "on disk", (30, 32), faces.NOTE))
    if caltech.folder(root):
        shape = own.SIDE, own.SIDE
        entries.append(Entry(caltech.NAME, caltech.TITLE, "on disk", shape, caltech.NOTE))
    for name, places in own_sets(root).items():
        note = " and ".join(path.name for path in places)
        entries.append(Entry(name, name, "on disk", None, f"your own, {note}"))
    return entries


def own_sets(root: Path) -> dict[str, list[Path]]:
    """Where your own sets lie in the data folder, by name: plain names only, no links."""
    try:
        found = sorted(path for path in root.iterdir() if not path.is_symlink())
    except OSError:
        return {}
    taken = {
        *EMBEDDED,
        *idx.FAMILIES,
        faces.NAME,
        caltech.NAME,
        *(place.name for place in caltech.FOLDERS),
        *(family.folder for family in idx.FAMILIES.values()),
    }
    sets: dict[str, list[Path]] = {}
    for path in found:
        name = own.name_of(path)
        if PLAIN.fullmatch(name) and name not in taken and own.is_set(path):
            sets.setdefault(name, []).append(path)
    return sets


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


LOCK = threading.RLock()


def locate(name: str | Path) -> tuple[str, Path | None, tuple[int, ...]]:
    """What identifies a set: its name ("" for your own), its place, and a stamp of its files."""
    if name in EMBEDDED:
        return str(name), None, ()
    try:
        if name in idx.FAMILIES:
            root = data_folder().resolve()
            return str(name), root, stamp(idx.paths(str(name), root))
        if name == faces.NAME:
            root = data_folder().resolve()
            (root / faces.FILE).resolve(strict=True)
            return faces.NAME, root, stamp([root / faces.FILE])
        if name == caltech.NAME and (path := caltech.folder(data_folder().resolve())):
            return caltech.NAME, path, stamp([*path.glob("*/*")])
        path = place(name).resolve(strict=True)
        files = [*path.glob("*"), *path.glob("*/*")] if path.is_dir() else [path]
        return "", path, stamp(files)
    except FileNotFoundError:
        raise DataMissing(f"{Path(name).name} is not there: check the path") from None
    except OSError as problem:
        message = f"{Path(name).name[:40]} cannot be reached: {problem.strerror}"
        raise DataError(message) from None


def place(name: str | Path) -> Path:
    """Where your own set lies: in the data folder when it is a bare name."""
    text = str(name)
    if isinstance(name, Path) or "/" in text or os.sep in text or text.endswith((".npz", ".csv")):
        return Path(name)
    places = own_sets(data_folder()).get(text, [])
    if not places:
        raise DataMissing(
            f"no image set is called {text[:40]!r}: choose from {', '.join(names())}, "
            "or put an .npz, a .csv or a folder of pictures of that name into the data folder"
        )
    if len(places) > 1:
        both = " and ".join(path.name for path in places)
        raise DataError(f"{both} have the same name: rename one of them")
    return places[0]


def stamp(files: list[Path]) -> tuple[int, ...]:
    """Count, total size and latest change of the files: it moves when one of them does."""
    stats = [file.stat() for file in files if file.is_file()]
    times = [stat.st_mtime_ns for stat in stats]
    return len(stats), sum(stat.st_size for stat in stats), max(times, default=0)


def read(name: str, path: Path | None) -> ImageSet:
    """Read the located set from its files, past every cache."""
    if path is None:
        return EMBEDDED[name][0]()
    if name == faces.NAME:
        return faces.read(path)
    if name == caltech.NAME:
        return caltech.read(path)
    return idx.read(name, path) if name else own.read(path)


@lru_cache(maxsize=KEPT)
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
    """Read the set again from its files, checksums included, and describe it in one line.

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
    """Download a known set, or torchvision's weights, into the data folder.

    Nothing happens when it is there and whole.

    Raises DataError when the network fails, and for a name that has nothing to download.
    """
    if name in EMBEDDED:
        return
    if name == weights.NAME:
        return weights.get(data_folder())
    if name not in idx.FAMILIES:
        known = " or ".join([*idx.FAMILIES, weights.NAME])
        raise DataError(f"{name} cannot be downloaded: choose {known}")
    root = data_folder()
    try:
        idx.read(name, root)
    except DataError:
        idx.download(name, root)
