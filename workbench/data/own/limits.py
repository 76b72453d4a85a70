"""What your own images may be: a server reads them, so sizes are checked before anything else."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from workbench.data.imageset import DataError

MIN_IMAGES = 20
MAX_IMAGES = 100_000
MAX_PIXELS = 64 * 64  # height x width
MAX_BYTES = 512 * 2**20  # of a file, and of its images as float32
MAX_CLASSES = 1_000


LIMITS = f"give {MIN_IMAGES} to {MAX_IMAGES} images of at most {MAX_PIXELS} pixels"


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Makes a DataError that names the file of whatever goes wrong inside."""
    try:
        yield
    except DataError as problem:
        raise type(problem)(f"{path.name}: {problem}") from None
    except Exception as problem:  # parsers of foreign files raise nearly anything
        reason = " ".join(str(problem).split())[:120] or type(problem).__name__
        reason = reason.replace(str(path), path.name)
        message = f"{path.name}: it is damaged or of another format ({reason}): write it again"
        raise DataError(message) from None


def check_shape(shape: tuple[int, ...]) -> None:
    """Refuses a shape outside the limits; it may come from a header, before any allocation."""
    if len(shape) not in (2, 3) and not (len(shape) == 4 and shape[3] == 3):
        raise DataError(f"images of shape {shape}: give (n, d), (n, h, w) or (n, h, w, 3)")
    if not MIN_IMAGES <= shape[0] <= MAX_IMAGES:
        raise DataError(f"it holds {shape[0]} images: {LIMITS}")
    if not 1 <= math.prod(shape[1:3]) <= MAX_PIXELS:
        raise DataError(f"its images have {math.prod(shape[1:3])} pixels: {LIMITS}")
    if 4 * math.prod(shape) > MAX_BYTES:
        raise DataError(f"its images take more than {MAX_BYTES >> 20} MiB: give fewer")


def check_size(size: int) -> None:
    """Refuses so many bytes."""
    if size > MAX_BYTES:
        raise DataError(f"it takes more than {MAX_BYTES >> 20} MiB: make it smaller")


def check_images(shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Refuses numbers that are no images."""
    if dtype != np.uint8 and not (dtype.kind == "f" and dtype.itemsize <= 8):
        raise DataError(f"its images are {dtype}: save them as uint8 or float32")
    check_shape(shape)


def check_labels(shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Refuses what is no list of labels."""
    if dtype.kind not in "biuU":
        raise DataError(f"its labels are {dtype}: save them as whole numbers or short text")
    if len(shape) != 1 or not 1 <= shape[0] <= MAX_IMAGES:
        raise DataError(f"labels of shape {shape}: give one label an image")
