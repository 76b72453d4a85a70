"""Bags that exist: tiles of blood images, molecules, and your own. There when their files are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.data import catalog as sets
from workbench.data import own
from workbench.data.bags import Bags
from workbench.data.imageset import DataError, DataMissing
from workbench.data.tables import near_square

TILE, ACROSS = 16, 8  # pixels of a blood tile after averaging 5 x 5, and tiles in a row
QUANTILES = 16
BLOOD, MUSK, OWN = "BCCD", "musk1/musk1.npz", "bags"
MAX_BAG = 400


@dataclass(frozen=True, eq=False, kw_only=True)
class BagSet:
    """Instances x [n, d] for a model and seen [n, height, width] in [0, 1] for a reader, in bags.

    `test` [bags] marks the official test bags, or is None when a run may split as it likes;
    `classes` are the words for a negative and a positive bag.
    """

    name: str
    source: str
    x: NDArray
    seen: NDArray
    bags: Bags
    classes: tuple[str, str]
    test: NDArray | None = None

    def fingerprint(self) -> str:
        """12 hexadecimal digits (sha256) of everything in the set."""
        total = hashlib.sha256()
        for array in (self.x, *self.bags):
            if array is not None:
                total.update(f"{array.dtype.str}{array.shape}".encode())
                total.update(np.ascontiguousarray(array))
        return total.hexdigest()[:12]


def padded(bag: NDArray, y: NDArray, truth: NDArray | None) -> Bags:
    """Bags from the number of the bag of each instance [n], y [bags] and truth [n]."""
    rows = [np.flatnonzero(bag == b) for b in range(len(y))]
    longest = max(map(len, rows))
    if longest > MAX_BAG:
        raise DataError(f"a bag has {longest} instances: give at most {MAX_BAG}")
    items = np.zeros((len(y), longest), np.int64)
    mask = np.zeros(items.shape, bool)
    for i, row in enumerate(rows):
        items[i, : len(row)], mask[i, : len(row)] = row, True
    return Bags(items, mask, np.asarray(y, bool), None if truth is None else truth[items] & mask)


def blood(root: Path) -> BagSet:
    """BCCD: a bag is a blood smear in 48 tiles, positive when it shows a platelet.

    A tile is a witness when it holds at least a quarter of a platelet's box, so every platelet has
    one. The model sees which colours a tile has, not where; the reader sees the green channel,
    which the stain darkens most.
    """
    folder = root / BLOOD
    lists = folder / "ImageSets" / "Main"
    test = (lists / "test.txt").read_text().split()
    names = (lists / "trainval.txt").read_text().split() + test
    pictures = np.stack([_smear(folder / "JPEGImages" / f"{name}.jpg") for name in names])
    down = pictures.shape[1] // TILE
    tiles = pictures.reshape(len(names), down, TILE, ACROSS, TILE, 3).swapaxes(2, 3)
    tiles = tiles.reshape(-1, TILE, TILE, 3)
    truth = np.concatenate([_platelets(folder / "Annotations" / f"{n}.xml", down) for n in names])
    per_bag = down * ACROSS
    bag = np.repeat(np.arange(len(names)), per_bag)
    y = truth.reshape(-1, per_bag).any(1)
    x = _colours(tiles)
    return BagSet(
        name="blood",
        source="BCCD blood cell images, Shenggan Gan, MIT",
        x=x,
        seen=tiles[..., 1],
        bags=padded(bag, y, truth),
        classes=("no platelet", "platelet"),
        test=np.arange(len(names)) >= len(names) - len(test),
    )


def _colours(tiles: NDArray) -> NDArray:
    """Quantiles of red, green, blue and two differences of them, [n, 5 * QUANTILES], standardised.

    292 bags are too few to learn from pixels that a platelet looks alike wherever it lies.
    """
    red, green, blue = tiles.reshape(len(tiles), -1, 3).transpose(2, 0, 1)
    channels = np.stack([red, green, blue, red - green, blue - green], 1)
    at = np.linspace(0, channels.shape[2] - 1, QUANTILES).astype(int)
    x = np.sort(channels, 2)[:, :, at].reshape(len(tiles), -1)
    return (x - x.mean(0)) / x.std(0).clip(1e-6)


def _smear(file: Path) -> NDArray:
    """A picture of 640 x 480 as float32 [96, 128, 3] in [0, 1]."""
    from PIL import Image

    with Image.open(file, formats=("JPEG",)) as picture:
        return np.asarray(picture.convert("RGB").reduce(5), np.float32) / 255


def _platelets(file: Path, down: int) -> NDArray:
    """Which tiles [down * ACROSS] hold a quarter of a platelet's box."""
    from xml.etree import ElementTree

    found = np.zeros((down, ACROSS), bool)
    edges_x, edges_y = (5 * TILE * np.arange(n + 1) for n in (ACROSS, down))
    for thing in ElementTree.parse(file).iter("object"):
        if thing.findtext("name") != "Platelets":
            continue
        left, top, right, bottom = (
            int(thing.findtext(f"bndbox/{side}")) for side in ("xmin", "ymin", "xmax", "ymax")
        )
        # pixels shared with each column and row of tiles
        wide = np.minimum(right, edges_x[1:]) - np.maximum(left, edges_x[:-1])
        tall = np.minimum(bottom, edges_y[1:]) - np.maximum(top, edges_y[:-1])
        inside = np.outer(tall.clip(0), wide.clip(0))
        found |= inside >= inside.sum() / 4
    return found.ravel()


def musk(root: Path) -> BagSet:
    """Musk version 1: a bag is a molecule, its instances are the shapes it can take; it is
    positive when one of them smells of musk, and nobody knows which.

    Columns are scaled by mean and standard deviation over all shapes, which needs no label.
    """
    with np.load(root / MUSK, allow_pickle=False) as file:
        x, bag, y = file["X"].astype(np.float32), file["bag"], file["y_bag"]
    x = (x - x.mean(0)) / x.std(0).clip(1e-6)
    return BagSet(
        name="musk1",
        source="Musk version 1, D. Chapman and A. Jain, UCI, CC BY 4.0",
        x=x,
        seen=drawn(x),
        bags=padded(bag, y, None),
        classes=("not musk", "musk"),
    )


def drawn(x: NDArray) -> NDArray:
    """Standardised rows [n, d] as small grey pictures: 3 standard deviations either way."""
    height, width = near_square(x.shape[1])
    tiles = np.zeros((len(x), height * width), np.float32)
    tiles[:, : x.shape[1]] = (0.5 + x / 6).clip(0, 1)
    return tiles.reshape(-1, height, width)


def is_own(path: Path) -> bool:
    """Is this a folder of two folders of bags, or a .csv whose header names a bag?"""
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
    seen = colours.mean(-1, dtype=np.float32) / np.float32(255)
    bag = np.array([i for i, _ in files])
    y = np.array([label == labels[1] for label, _ in folders])
    return _made(
        path, seen.reshape(len(seen), -1), seen, bag, y, None, tuple(label.name for label in labels)
    )


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
    return _made(path, x, drawn(x), bag, y == 1, truth, tuple(classes))


def _made(path, x, seen, bag, y, truth, classes) -> BagSet:
    if len(classes) != 2:
        raise DataError(f"its bags have {len(classes)} labels: give two")
    if min(y.sum(), (~y).sum()) < 3:
        raise DataError("it has fewer than three bags of a label: give more")
    return BagSet(
        name=own.name_of(path),
        source=f"your own, {path.name}",
        x=x,
        seen=seen,
        bags=padded(bag, y, truth),
        classes=classes,
    )


def names() -> tuple[str, ...]:
    """The bags that lie in the data folder: known ones, then your own in its folder `bags`."""
    root = sets.data_folder()
    known = [name for name, file in (("blood", BLOOD), ("musk1", MUSK)) if (root / file).exists()]
    return (*known, *_mine(root))


def _mine(root: Path) -> dict[str, Path]:
    folder = root / OWN
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    plain = (p for p in found if sets.PLAIN.fullmatch(own.name_of(p)) and not p.is_symlink())
    return {own.name_of(path): path for path in plain if is_own(path)}


def load(name: str) -> BagSet:
    """The bags of this name. Raises DataMissing or DataError."""
    root = sets.data_folder()
    if name not in names():
        there = ", ".join(names()) or "none yet"
        raise DataMissing(f"no bags are called {name[:40]!r}; there are: {there}")
    mine = _mine(root).get(name)
    return _load("" if mine else name, mine or root)


def of_path(path: Path) -> BagSet:
    """Your own bags at a place on disk."""
    return _load("", Path(path))


@lru_cache(maxsize=3)
def _load(name: str, place: Path) -> BagSet:
    if not name:
        return read(place)
    try:
        return {"blood": blood, "musk1": musk}[name](place)
    except Exception as problem:
        reason = " ".join(str(problem).split())[:120]
        raise DataError(f"{name} is damaged or of another format ({reason})") from None
