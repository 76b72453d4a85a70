"""MNIST and Fashion-MNIST from their original gzipped IDX files, never without their checksum."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.data.imageset import DataError, DataMissing, ImageSet

SHAPE = 28, 28


@dataclass(frozen=True)
class IdxSet:
    """A set in MNIST's format; `files` maps each file name to its md5 and the shape it holds.

    The checksums are those of torchvision, written down here because importing it takes seconds;
    a test keeps them equal.
    """

    title: str
    folder: str
    source: str
    classes: tuple[str, ...]
    files: dict[str, tuple[str, tuple[int, ...]]]


def _files(*md5: str) -> dict[str, tuple[str, tuple[int, ...]]]:
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    shapes = ((60_000, 28, 28), (60_000,), (10_000, 28, 28), (10_000,))
    return {f"{n}-ubyte.gz": (m, s) for n, m, s in zip(names, md5, shapes, strict=True)}


IDX_SETS = {
    "mnist": IdxSet(
        "MNIST handwritten digits",
        "MNIST",
        "MNIST, Y. LeCun and C. Cortes, CC BY-SA 3.0",
        tuple("0123456789"),
        _files(
            "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "d53e105ee54ea40749a09fcbcd1e9432",
            "9fb629c4189551a2d022fa330f9573f3",
            "ec29112dd5afa0611ce80d1b7f02629c",
        ),
    ),
    "fashion": IdxSet(
        "Fashion-MNIST clothes",
        "FashionMNIST",
        "Fashion-MNIST, Zalando SE, MIT licence",
        ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat")
        + ("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
        _files(
            "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "25c81989df183df01b3e8a0aad5dffbe",
            "bef4ecab320f06d8554ea6380940ec79",
            "bb300cfdad3c16e7a12a480ee83cd310",
        ),
    ),
}


def paths(name: str, root: Path) -> list[Path]:
    """Where the four files of the set belong below the data folder."""
    return [root / IDX_SETS[name].folder / "raw" / file for file in IDX_SETS[name].files]


def read(name: str, root: Path) -> ImageSet:
    """The set from the four files below `root`; writes nothing and opens no connection.

    Raises DataMissing when a file is absent, DataError when one is cut or altered.
    """
    idx_set = IDX_SETS[name]
    arrays = []
    for path, (md5, shape) in zip(paths(name, root), idx_set.files.values(), strict=True):
        packed = verified(path, md5, name)
        try:
            arrays.append(unpack(packed, shape))
        except (ValueError, OSError, EOFError, zlib.error) as problem:
            raise DataError(f"{path.name} is not an IDX file ({problem}): {remedy(name)}") from None
    x_train, y_train, x_test, y_test = arrays
    return ImageSet(
        name=name,
        title=idx_set.title,
        source=idx_set.source,
        classes=idx_set.classes,
        x_train=x_train / np.float32(255),
        x_test=x_test / np.float32(255),
        y_train=y_train.astype(np.int64),
        y_test=y_test.astype(np.int64),
    )


def verified(path: Path, md5: str, name: str) -> bytes:
    """The bytes of the file, which must have this md5 sum."""
    label = "/".join(path.parts[-3:])
    try:
        packed = path.read_bytes()
    except FileNotFoundError:
        raise DataMissing(f"{label} is not in the data folder: {remedy(name)}") from None
    except OSError as problem:
        raise DataError(f"{label} cannot be read: {problem.strerror}") from None
    if hashlib.md5(packed, usedforsecurity=False).hexdigest() != md5:
        raise DataError(f"{label} is cut or altered (its md5 sum is wrong): {remedy(name)}")
    return packed


def remedy(name: str) -> str:
    return f"run `workbench data get {name}` once with a network"


def unpack(packed: bytes, shape: tuple[int, ...]) -> np.ndarray:
    """uint8 array of this shape out of a gzipped IDX file; ValueError when it holds another."""
    header = struct.pack(f">{1 + len(shape)}I", 0x0800 + len(shape), *shape)
    with gzip.open(io.BytesIO(packed)) as file:
        if file.read(len(header)) != header:
            raise ValueError(f"its header does not announce {shape}")
        size = int(np.prod(shape))
        pixels = file.read(size + 1)  # one more, to notice a file that goes on
    if len(pixels) != size:
        raise ValueError(f"its contents are not the {size} bytes announced")
    return np.frombuffer(pixels, np.uint8).reshape(shape)


def download(name: str, root: Path) -> None:
    """Brings the four files below `root` from torchvision's mirrors.

    Files already there and whole are kept. Raises DataError when the network or the disk fails.
    """
    import torchvision.datasets as vision  # takes seconds, and only a download needs it

    from workbench.data.download import bring

    idx_set = IDX_SETS[name]
    mirrors = getattr(vision, idx_set.folder).mirrors
    for path, (md5, _) in zip(paths(name, root), idx_set.files.values(), strict=True):
        try:
            verified(path, md5, name)
        except DataError:
            addresses = [mirror + path.name for mirror in mirrors]
            bring(addresses, path, "md5", md5, f"{idx_set.folder}/raw of the data folder")
