"""Picture files of any kind as small squares, with a rule for each thing that leaves a doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.data.imageset import DataError

MAX_SIDE = 8_192  # pixels, of a picture in a folder
SIDE = 32  # pictures are cropped square and resized to SIDE x SIDE
PICTURES = (".png", ".jpg", ".jpeg", ".jfif", ".gif", ".bmp", ".webp")
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")  # by their content, whatever a file is called
KINDS = "PNG, JPEG, GIF, BMP or WebP"
MIDDLE = 128  # of 0 to 255
ROTATION = 0x0112  # the EXIF entry
LUMA = np.array([0.299, 0.587, 0.114])

RULES = {  # what was met in a picture: what was done about it
    "turned": "Turned as the EXIF entry says",
    "moving": "Animated, and the first frame was taken",
    "deep": "Of 16 bits a channel, and the upper 8 were taken",
    "cmyk": "In the colours of printing (CMYK), and converted to RGB",
}


class Square(NamedTuple):
    """The middle of a picture, uint8 [side, side, 3], or with its opacity [side, side, 4]."""

    pixels: NDArray
    met: frozenset[str]


def read_pictures(files: Sequence[Path], side: int = SIDE) -> tuple[NDArray, list[str]]:
    """The pictures as uint8 [n, side, side, 3], and notes on what was assumed.

    Transparent ones are laid on white when what is drawn is dark, on black when it is light: the
    same for all, so that the ground tells no picture from another. Raises DataError.
    """
    pixels = np.empty((len(files), side, side, 3), np.uint8)
    transparent: dict[int, NDArray] = {}
    met: Counter[str] = Counter()
    for i, file in enumerate(files):
        middle = read_square(file, side)
        met.update(middle.met)
        if middle.pixels.shape[2] == 4:
            transparent[i] = middle.pixels
        else:
            pixels[i] = middle.pixels
    notes = [
        f"{rule}: {met[thing]} of {len(files)} pictures."
        for thing, rule in RULES.items()
        if met[thing]
    ]
    if transparent:
        rows = np.array(list(transparent))
        pixels[rows], how = lay(np.stack(list(transparent.values())))
        notes.append(f"{how}: {len(rows)} of {len(files)} pictures, which have transparent parts.")
    return pixels, notes


def lay(pictures: NDArray) -> tuple[NDArray, str]:
    """Transparent pictures [n, h, w, 4] on a ground that shows them [n, h, w, 3], and why."""
    colour, opacity = pictures[..., :3].astype(np.float64), pictures[..., 3:] / 255
    drawn = float((colour @ LUMA * opacity[..., 0]).sum() / max(opacity.sum(), 1e-9))
    ground, word, kind = (255, "white", "dark") if drawn < MIDDLE else (0, "black", "light")
    laid = np.rint(colour * opacity + ground * (1 - opacity)).astype(np.uint8)
    return laid, f"Laid on {word}, as what is drawn is {kind} (mean {drawn:.0f} of 255)"


def read_picture(file: Path) -> NDArray:
    """uint8 RGB (SIDE, SIDE, 3), the middle square of the picture."""
    return read_pictures([file])[0][0]


def read_square(file: Path, side: int = SIDE) -> Square:
    """The middle square of a picture file. Raises DataError that names the file."""
    from PIL import Image

    try:
        with Image.open(file, formats=FORMATS) as picture:
            if max(picture.size) > MAX_SIDE:
                raise DataError(f"{file.name} is {picture.size} pixels: at most {MAX_SIDE} a side")
            if picture.mode.startswith(("I", "F")):
                raise DataError(f"{file.name} has more than 8 bits a pixel: save it with 8")
            picture.verify()  # the checksums of a PNG, which decoding alone does not look at
        with Image.open(file, formats=FORMATS) as picture:
            met = frozenset(traits(picture))
            return Square(square(picture, side), met)
    except DataError:
        raise
    except Exception:  # Pillow raises OSError, SyntaxError, ValueError, struct.error, ...
        raise DataError(
            f"{file.name} is damaged or no picture ({KINDS}): replace or remove it"
        ) from None


def traits(picture: Any) -> list[str]:
    """Which of the RULES were needed for an opened picture that is not loaded yet."""
    met = {
        "deep": any(";16" in str(part) for tile in picture.tile for part in tile[3:]),
        "turned": picture.getexif().get(ROTATION, 1) in range(2, 9),
        "moving": getattr(picture, "is_animated", False),
        "cmyk": picture.mode == "CMYK",
    }
    return [thing for thing, is_so in met.items() if is_so]


def square(picture: Any, side: int = SIDE) -> NDArray:
    """The middle of an opened picture as uint8 [side, side, 3], or 4 where it is transparent."""
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(picture)
    whole = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    if whole.mode == "RGBA" and whole.getchannel("A").getextrema()[0] == 255:  # no part is
        whole = whole.convert("RGB")
    edge = min(whole.size)
    left, top = (whole.width - edge) // 2, (whole.height - edge) // 2
    middle = whole.crop((left, top, left + edge, top + edge))
    return np.asarray(middle.resize((side, side), Image.Resampling.BILINEAR))
