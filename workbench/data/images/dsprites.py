"""dSprites: the file of DeepMind, or one built anew in its order. There when one of them is.

The whole set is 3 GB of pixels, so a fixed draw of its rows is read, at half size. It has a sixth
factor of one value, the colour, which is left out. Orientations 0 and 39 are the same angle, and a
square looks the same every 90 degrees: no code can tell these apart.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from workbench.data.imageset import DataError, ImageSet, split_with_factors

NAME, TITLE, NOTE = "dsprites", "dSprites", "12000 of 737280 images, 5 known factors"
SHAPE = 32, 32
REBUILT = "rebuilt"  # in the name of a file that is not the original
FILES = (
    Path("dsprites", "dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz"),
    Path("dsprites_rebuilt", "dsprites_rebuilt_packed_64x64.npz"),
)
FACTORS = ("shape", "scale", "orientation", "x", "y")
CLASSES = ("square", "ellipse", "heart")
PICTURES = 12_000
TEST_SHARE = 0.15
SIDE = 64  # pixels of a picture in the file
CHUNK = 4096  # pictures read at a time


def find(root: Path) -> Path | None:
    """The file below the data folder, the original before one built anew."""
    return next((root / file for file in FILES if (root / file).is_file()), None)


def read(path: Path) -> ImageSet:
    """A draw of the rows at 32 x 32 with five factors, split 85/15; the label is the shape.

    Raises DataError when the file is damaged or of another form.
    """
    try:
        images, factors, sizes = read_rows(path)
    except Exception as problem:
        reason = " ".join(str(problem).split())[:120]
        raise DataError(
            f"{path.name} is cut or of another form ({reason}): copy it again"
        ) from None
    rebuilt = ", built anew from its published frames" if REBUILT in path.name else ""
    return split_with_factors(
        images,
        factors,
        TEST_SHARE,
        name=NAME,
        title=TITLE + (", rebuilt" if rebuilt else ""),
        source=f"dSprites{rebuilt}, Matthey et al. 2017, Apache-2.0; half of the size",
        classes=CLASSES,
        factor_names=FACTORS,
        factor_sizes=sizes,
    )


def read_rows(path: Path) -> tuple[NDArray, NDArray, tuple[int, ...]]:
    """Images [n, 32, 32], factors [n, 5] of at most `PICTURES` rows, and the sizes of factors."""
    with np.load(path, allow_pickle=False) as file:
        packed = "imgs_packed" in file.files
        if packed:
            sizes = file["latents_sizes"].astype(int)
            classes = np.indices(sizes).reshape(len(sizes), -1).T
        else:
            classes = file["latents_classes"].astype(np.int64)
            sizes = classes.max(0) + 1
    count = min(PICTURES, len(classes))
    rows = np.sort(np.random.default_rng(0).choice(len(classes), count, replace=False))
    images = pick_images(path, "imgs_packed.npy" if packed else "imgs.npy", rows, len(classes))
    halves = images.reshape(count, SIDE // 2, 2, SIDE // 2, 2).mean((2, 4), dtype=np.float32)
    return halves, classes[rows, 1:], tuple(map(int, sizes[1:]))


def pick_images(path: Path, member: str, rows: NDArray, total: int) -> NDArray:
    """The pictures `rows` [n, 64, 64] of 0 and 1, without the other 3 GB in memory.

    A picture takes 64 x 64 bytes in the original and as many bits in a packed file. Raises
    ValueError when the array has another shape.
    """
    wanted = (total, SIDE, SIDE) if member == "imgs.npy" else (total, SIDE * SIDE // 8)
    size = int(np.prod(wanted[1:]))
    with zipfile.ZipFile(path) as archive, archive.open(member) as file:
        read_header(file, wanted)
        parts = []
        for start in range(0, total, CHUNK):
            chunk = file.read(size * min(CHUNK, total - start))
            block = np.frombuffer(chunk, np.uint8).reshape(-1, size)
            parts.append(block[rows[(rows >= start) & (rows < start + CHUNK)] - start])
    images = np.concatenate(parts)
    if member != "imgs.npy":
        images = np.unpackbits(images, axis=1)
    if images.max() > 1:
        raise ValueError("its pixels are not 0 or 1")
    return images.reshape(-1, SIDE, SIDE)


def read_header(file: IO[bytes], wanted: tuple[int, ...]) -> None:
    """Reads the header of a .npy file. Raises ValueError unless it announces such bytes."""
    form = np.lib.format
    reads = {(1, 0): form.read_array_header_1_0, (2, 0): form.read_array_header_2_0}
    shape, fortran, dtype = reads[form.read_magic(file)](file)
    if (shape, fortran, dtype) != (wanted, False, np.dtype(np.uint8)):
        raise ValueError(f"its pictures are {dtype} of shape {shape}, not bytes of {wanted}")
