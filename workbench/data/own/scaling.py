"""Raw numbers as pictures in [0, 1], what was done to get there, and what looks doubtful."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.data.imageset import DataError
from workbench.data.own.limits import check_shape

DARKEST = 32  # of 255: a set whose brightest pixel is darker was saved in another scale
DIM = 1 / 8  # the same for floats, which are taken as they are, with a note
THIN = 1 / 1000  # of the whole range: a column that spans less hardly counts


def shape_images(images: NDArray) -> NDArray:
    """(n, h, w) or (n, h, w, 3); vectors become a square image, or a row 1 x d."""
    check_shape(images.shape)
    if images.ndim > 2:
        return images
    n, d = images.shape
    side = math.isqrt(d)
    return images.reshape((n, side, side) if side * side == d else (n, 1, d))


def scale(images: NDArray) -> tuple[NDArray, str, tuple[str, ...]]:
    """float32 in [0, 1], what was done to get there in words, and notes."""
    low, high = float(images.min()), float(images.max())
    if math.isnan(low + high) or math.inf in (high, -low):  # they reach the minimum or maximum
        raise DataError("it holds NaN or infinite values: remove or replace them")
    if high == low:
        raise DataError(f"every value is {low:g}: there is nothing to learn")
    if images.dtype == np.uint8:
        return scale_bytes(images, int(high))
    if low >= 0 and high <= 1:
        dim = f"The largest value is {high:g}, so every picture is dark." if high < DIM else ""
        return images.astype(np.float32), "taken as they are", (dim,) if dim else ()
    if not math.isfinite(high - low):
        raise DataError(f"its values from {low:g} to {high:g} are too far apart: rescale them")
    unit = (images.astype(np.float64) - low) / (high - low)
    scaling = f"rescaled from [{low:g}, {high:g}] to [0, 1]"
    return unit.astype(np.float32), scaling, ()


def scale_bytes(images: NDArray, high: int) -> tuple[NDArray, str, tuple[str, ...]]:
    """The same for uint8, of which 255 is white, unless there are but 0 and 1."""
    if high == 1:
        return images.astype(np.float32), "0 and 1 in uint8, taken as black and white", ()
    if high < DARKEST:
        raise DataError(
            f"its largest value is {high} of 255, so every picture would be dark: save values from "
            f"0 to 255, or divide by {high} and save floats"
        )
    return images / np.float32(255), "divided by 255", ()


def check_variety(pixels: NDArray, columns: Sequence[str] = ()) -> list[str]:
    """Notes on pictures of one shade, or on columns that hardly count. Refuses equal pictures."""
    if (pixels[1:2] == pixels[:1]).all() and (pixels == pixels[:1]).all():
        raise DataError(f"all its {len(pixels)} pictures are alike: there is nothing to learn")
    flat = pixels.reshape(len(pixels), -1)
    if columns:
        return thin_columns(flat, columns)
    plain = int((flat.min(1) == flat.max(1)).sum()) if flat.shape[1] > 1 else 0
    return [f"{plain} of {len(pixels)} pictures are of a single shade."] if plain else []


def thin_columns(x: NDArray, columns: Sequence[str]) -> list[str]:
    """A note on columns that a common range squeezes to nearly nothing, as when units differ."""
    span = x.max(0) - x.min(0)
    thin = [name for name, s in zip(columns, span, strict=True) if 0 < s < THIN]
    if not thin or len(columns) < 2:
        return []
    widest = columns[int(span.argmax())]
    return [
        f"All columns share a range, and beside {widest!r} {len(thin)} of {len(columns)} span less "
        f"than a thousandth of it ({', '.join(thin[:5])}): look for a number that stands for a "
        "missing value, or scale columns of different units yourself."
    ]
