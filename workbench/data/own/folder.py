"""Your own images as a folder of PNG and JPEG files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.data.imageset import DataError
from workbench.data.own.limits import LIMITS, MAX_IMAGES, MIN_IMAGES

MAX_SIDE = 8_192  # pixels, of a picture in a folder
SIDE = 32  # pictures are cropped square and resized to SIDE x SIDE
PICTURES = (".png", ".jpg", ".jpeg")


def read_folder(path: Path) -> tuple[np.ndarray, np.ndarray | None, str]:
    """PNG and JPEG files, all in the folder itself, or in one subfolder for each class."""
    flat = pictures(path)
    classes = [child for child in sorted(path.iterdir()) if is_class(child)]
    if flat and classes:
        raise DataError("it has pictures beside subfolders of pictures: keep one of the two")
    if len(classes) == 1:
        raise DataError("it has one subfolder of pictures: make one for each class, at least two")
    files = flat or [file for folder in classes for file in pictures(folder)]
    if not MIN_IMAGES <= len(files) <= MAX_IMAGES:
        raise DataError(f"it holds {len(files)} PNG or JPEG pictures: {LIMITS}")
    images = np.stack([read_picture(file) for file in files])
    if (images == images[..., :1]).all():  # no picture has colours
        images = images[..., 0]
    labels = np.array([file.parent.name for file in files]) if classes else None
    return images, labels, f"pictures, {path.name}, cropped square and resized to {SIDE} x {SIDE}"


def pictures(folder: Path) -> list[Path]:
    """The PNG and JPEG files of a folder in the order of their names, without links."""
    return sorted(file for file in folder.iterdir() if is_picture(file))


def is_picture(file: Path) -> bool:
    """Whether this is a picture by its name, and no link."""
    hidden = file.name.startswith(".")
    return (
        not hidden and file.suffix.lower() in PICTURES and file.is_file() and not file.is_symlink()
    )


def is_class(folder: Path) -> bool:
    """Whether this is a folder of pictures, and no link."""
    return (
        folder.is_dir()
        and not folder.is_symlink()
        and not folder.name.startswith((".", "__"))
        and any(map(is_picture, folder.iterdir()))
    )


def read_picture(file: Path) -> np.ndarray:
    """uint8 RGB (SIDE, SIDE, 3), the middle square of the picture."""
    from PIL import Image, ImageOps

    try:
        with Image.open(file, formats=("PNG", "JPEG")) as picture:
            if max(picture.size) > MAX_SIDE:
                raise DataError(f"{file.name} is {picture.size} pixels: at most {MAX_SIDE} a side")
            if picture.mode.startswith(("I", "F")):
                raise DataError(f"{file.name} has more than 8 bits a pixel: save it with 8")
            picture.verify()  # the checksums of a PNG, which decoding alone does not look at
        with Image.open(file, formats=("PNG", "JPEG")) as picture:
            whole = ImageOps.exif_transpose(picture).convert("RGB")
        side = min(whole.size)
        left, top = (whole.width - side) // 2, (whole.height - side) // 2
        middle = whole.crop((left, top, left + side, top + side))
        return np.asarray(middle.resize((SIDE, SIDE), Image.Resampling.BILINEAR))
    except DataError:
        raise
    except Exception:  # Pillow raises OSError, SyntaxError, ValueError, struct.error, ...
        raise DataError(f"{file.name} is damaged or no picture: replace or remove it") from None
