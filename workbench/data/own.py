"""Your own images: a folder of pictures, an .npz of arrays, or a .csv of numbers.

Files are not trusted: sizes are read and checked before anything is allocated, pickles are
refused, and whatever is wrong becomes one sentence that names the file.
"""

from __future__ import annotations

import csv
import math
import re
import zipfile
from pathlib import Path

import numpy as np

from workbench.data.imageset import DataError, ImageSet, split

MIN_IMAGES = 20
MAX_IMAGES = 100_000
MAX_PIXELS = 64 * 64  # height x width
MAX_BYTES = 512 * 2**20  # of a file, and of its images as float32
MAX_CLASSES = 1_000
MAX_SIDE = 8_192  # pixels, of a picture in a folder
SIDE = 32  # pictures of a folder are cropped square and resized to SIDE x SIDE
PICTURES = (".png", ".jpg", ".jpeg")
TEST_SHARE = 0.2


LIMITS = f"give {MIN_IMAGES} to {MAX_IMAGES} images of at most {MAX_PIXELS} pixels"


def read(path: Path) -> ImageSet:
    """The set at `path`: a folder, an .npz or a .csv. Raises DataError, whatever is wrong with it.

    The split is fixed: 80/20 with seed 0, class by class when there are labels.
    """
    try:
        if path.is_dir():
            images, labels, source = read_folder(path)
        elif path.suffix.lower() == ".npz":
            images, labels, source = read_npz(path)
        elif path.suffix.lower() == ".csv":
            images, labels, source = read_csv(path)
        else:
            raise DataError("it is no folder, .npz or .csv: convert it to one of these")
        return assemble(path, images, labels, source)
    except DataError as problem:
        raise type(problem)(f"{path.name}: {problem}") from None
    except Exception as problem:  # parsers of foreign files raise nearly anything
        reason = " ".join(str(problem).split())[:120] or type(problem).__name__
        reason = reason.replace(str(path), path.name)
        message = f"{path.name}: it is damaged or of another format ({reason}): write it again"
        raise DataError(message) from None


def name_of(path: Path) -> str:
    return path.name if path.is_dir() else path.stem


def assemble(path: Path, images, labels, source: str) -> ImageSet:
    """Checked, scaled, split: raw images (n, ...) and labels (n,) or None become an ImageSet."""
    pixels, scaling = scale(shape_images(images))
    codes, classes = encode(labels, len(pixels))
    train, test = split(len(pixels), TEST_SHARE, codes)
    return ImageSet(
        name=re.sub(r"[^A-Za-z0-9_-]", "_", name_of(path))[:40],
        title=name_of(path),
        source=f"your own {source}{scaling}",
        classes=classes,
        x_train=pixels[train],
        x_test=pixels[test],
        y_train=None if codes is None else codes[train],
        y_test=None if codes is None else codes[test],
    )


def check_shape(shape: tuple[int, ...]) -> None:
    """Refuse a shape outside the limits; it may come from a header, before any allocation."""
    if len(shape) not in (2, 3) and not (len(shape) == 4 and shape[3] == 3):
        raise DataError(f"images of shape {shape}: give (n, d), (n, h, w) or (n, h, w, 3)")
    if not MIN_IMAGES <= shape[0] <= MAX_IMAGES:
        raise DataError(f"it holds {shape[0]} images: {LIMITS}")
    if not 1 <= math.prod(shape[1:3]) <= MAX_PIXELS:
        raise DataError(f"its images have {math.prod(shape[1:3])} pixels: {LIMITS}")
    if 4 * math.prod(shape) > MAX_BYTES:
        raise DataError(f"its images take more than {MAX_BYTES >> 20} MiB: give fewer")


def shape_images(images: np.ndarray) -> np.ndarray:
    """(n, h, w) or (n, h, w, 3); vectors become a square image, or a row 1 x d."""
    check_shape(images.shape)
    if images.ndim > 2:
        return images
    n, d = images.shape
    side = math.isqrt(d)
    return images.reshape((n, side, side) if side * side == d else (n, 1, d))


def scale(images: np.ndarray) -> tuple[np.ndarray, str]:
    """float32 in [0, 1], and what was done to get there, in words."""
    if images.dtype == np.uint8:
        return images / np.float32(255), ""
    low, high = float(images.min()), float(images.max())
    if not math.isfinite(high - low):  # NaN and infinity reach the minimum or the maximum
        raise DataError("it holds NaN or infinite values: remove or replace them")
    if low >= 0 and high <= 1:
        return images.astype(np.float32), ""
    if high == low:
        raise DataError(f"every value is {low:g}: there is nothing to learn")
    unit = (images.astype(np.float64) - low) / (high - low)
    return unit.astype(np.float32), f", rescaled from [{low:g}, {high:g}] to [0, 1]"


def encode(labels: np.ndarray | None, n: int) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Labels as int64 indices (n,) into sorted class names."""
    if labels is None:
        return None, ()
    if labels.shape != (n,):
        raise DataError(f"labels of shape {labels.shape} for {n} images: give one label an image")
    values, codes = np.unique(labels, return_inverse=True)
    if len(values) > MAX_CLASSES:
        raise DataError(f"{len(values)} different labels: give at most {MAX_CLASSES}")
    return codes.astype(np.int64), tuple(str(value) for value in values)


def check_size(size: int) -> None:
    if size > MAX_BYTES:
        raise DataError(f"it takes more than {MAX_BYTES >> 20} MiB: make it smaller")


def read_npz(path: Path) -> tuple[np.ndarray, np.ndarray | None, str]:
    """Key `images` or `x`, and optionally `labels` or `y`; other keys are left alone."""
    check_size(path.stat().st_size)
    with zipfile.ZipFile(path) as archive:
        check_size(sum(member.file_size for member in archive.infolist()))
        if bad := archive.testzip():  # reads every member against its CRC
            raise DataError(f"its member {bad[:40]} is damaged: write the file again")
        keys = {name.removesuffix(".npy") for name in archive.namelist()}
        image_key = pick(keys, "images", "x")
        if image_key is None:
            raise DataError("it has neither the key images nor x: save the images under one")
        images = read_array(archive, image_key, check_images)
        label_key = pick(keys, "labels", "y")
        labels = None if label_key is None else read_array(archive, label_key, check_labels)
    return images, labels, f"arrays, {path.name}"


def pick(keys: set[str], first: str, second: str) -> str | None:
    if {first, second} <= keys:
        raise DataError(f"it has both {first} and {second}: keep one of them")
    return next((key for key in (first, second) if key in keys), None)


def read_array(archive: zipfile.ZipFile, key: str, check) -> np.ndarray:
    """One .npy member; `check(shape, dtype)` sees its header before anything is allocated."""
    with archive.open(f"{key}.npy") as member:
        version = np.lib.format.read_magic(member)
        if version not in ((1, 0), (2, 0)):
            raise DataError(f"{key} is in an unknown .npy format: save it again with numpy.savez")
        header = getattr(np.lib.format, f"read_array_header_{version[0]}_0")
        shape, fortran, dtype = header(member)
        check(shape, dtype)
        content = member.read(math.prod(shape) * dtype.itemsize + 1)
    if len(content) != math.prod(shape) * dtype.itemsize:
        raise DataError(f"{key} does not hold what its header announces: write the file again")
    return np.frombuffer(content, dtype).reshape(shape, order="F" if fortran else "C")


def check_images(shape: tuple[int, ...], dtype: np.dtype) -> None:
    if dtype != np.uint8 and not (dtype.kind == "f" and dtype.itemsize <= 8):
        raise DataError(f"its images are {dtype}: save them as uint8 or float32")
    check_shape(shape)


def check_labels(shape: tuple[int, ...], dtype: np.dtype) -> None:
    if dtype.kind not in "biuU":
        raise DataError(f"its labels are {dtype}: save them as whole numbers or short text")
    if len(shape) != 1 or not 1 <= shape[0] <= MAX_IMAGES:
        raise DataError(f"labels of shape {shape}: give one label an image")


def read_csv(path: Path) -> tuple[np.ndarray, np.ndarray | None, str]:
    """A header row, numeric columns, and optionally a column `label`."""
    import pandas

    check_size(path.stat().st_size)
    columns = read_header(path)
    # Without its header: given one, pandas takes surplus fields for row names, in silence.
    frame = pandas.read_csv(path, header=None, skiprows=1, nrows=MAX_IMAGES + 1)
    frame.columns = columns
    holes = frame.isna().any(axis=1)
    if holes.any():
        row = int(holes.argmax()) + 1
        raise DataError(f"row {row} has too few fields or an empty one: fill or remove it")
    labels = frame.pop("label").to_numpy() if "label" in frame else None
    if labels is not None:
        labels = labels.astype(str) if labels.dtype == object else labels
        check_labels(labels.shape, labels.dtype)
    for column, kind in zip(frame.columns, frame.dtypes, strict=True):
        if not pandas.api.types.is_numeric_dtype(kind):
            raise DataError(f"column {column!r} holds text: keep numbers, and one column label")
    return frame.to_numpy(np.float64), labels, f"table, {path.name}"


def read_header(path: Path) -> list[str]:
    """Column names from the first line, which must fit the second and not be numbers."""
    with path.open(encoding="utf-8-sig") as file:
        lines = file.readline(2**20), file.readline(2**20)
    names, first = (next(csv.reader([line]), []) for line in lines)
    if len(names) > MAX_PIXELS + 1:
        raise DataError(f"it has {len(names)} columns: {LIMITS}")
    if len(names) != len(first):
        counts = f"{len(names)} column names but its first row has {len(first)} fields"
        raise DataError(f"it has {counts}: give equally many")
    try:
        [float(name) for name in names]
    except ValueError:
        return [name.strip() for name in names]
    raise DataError("its first line holds no column names: put a line with them above")


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
    shown = not file.name.startswith(".")
    return shown and file.suffix.lower() in PICTURES and file.is_file() and not file.is_symlink()


def is_class(folder: Path) -> bool:
    return (
        folder.is_dir()
        and not folder.is_symlink()
        and not folder.name.startswith((".", "__"))
        and any(map(is_picture, folder.iterdir()))
    )


def is_set(path: Path) -> bool:
    """Does `read` take this kind of file or folder? Files are not opened."""
    try:
        if not path.is_dir():
            return path.suffix.lower() in (".npz", ".csv") and path.is_file()
        children = list(path.iterdir())
        return any(map(is_picture, children)) or sum(map(is_class, children)) > 1
    except OSError:
        return False


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
