"""Your own images as a folder of picture files: which files count, and which do not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from workbench.data.imageset import DataError
from workbench.data.own.limits import LIMITS, MAX_IMAGES, MIN_IMAGES
from workbench.data.own.picture import KINDS, PICTURES, SIDE, read_pictures
from workbench.data.report import LeftOut, Report

# pictures, too, of kinds that are not read
OTHER_PICTURES = frozenset(
    {".tif", ".tiff", ".heic", ".heif", ".avif", ".svg", ".jp2", ".ico", ".psd", ".dcm"}
    | {".raw", ".dng", ".cr2", ".nef", ".pgm", ".ppm", ".npy"}
)
PARTS = frozenset({"train", "training", "test", "testing", "val", "valid", "validation"})


def read_folder(path: Path) -> tuple[np.ndarray, np.ndarray | None, Report]:
    """Picture files, all in the folder itself, or in one subfolder for each class."""
    flat = pictures(path)
    classes = [child for child in sorted(path.iterdir()) if is_class(child)]
    check_form(path, flat, classes)
    files = flat or [file for folder in classes for file in pictures(folder)]
    if not MIN_IMAGES <= len(files) <= MAX_IMAGES:
        raise DataError(f"it holds {len(files)} pictures ({KINDS}): {LIMITS.split(' of at')[0]}")
    images, notes = read_pictures(files)
    if (images == images[..., :1]).all():  # no picture has colours
        images = images[..., 0]
    labels = np.array([file.parent.name for file in files]) if classes else None
    return (
        images,
        labels,
        Report(
            name=path.name,
            kind="pictures",
            source=f"your own pictures, {path.name}, cropped square and resized to {SIDE} x {SIDE}",
            label="the name of a picture's folder" if classes else "none: no folders of classes",
            left_out=tuple(left_out(path, classes)),
            notes=tuple(notes),
        ),
    )


def check_form(path: Path, flat: list[Path], classes: list[Path]) -> None:
    """Refuses a folder whose form leaves a doubt about its classes."""
    if flat and classes:
        raise DataError("it has pictures beside subfolders of pictures: keep one of the two")
    for folder in subfolders(path):
        others = [file for file in folder.iterdir() if file.suffix.lower() in OTHER_PICTURES]
        if others and folder not in classes:
            kind = others[0].suffix
            raise DataError(
                f"its folder {folder.name!r} holds {len(others)} {kind} files and no picture that "
                f"is read: save them as PNG"
            )
    if not flat and len(classes) < 2:
        deeper = [child for child in subfolders(path) if any(map(is_class, subfolders(child)))]
        if len(deeper) > 1:
            raise DataError(
                f"it has {len(deeper)} folders of folders of pictures: classes are folders of "
                "pictures, and bags have two labels (LABEL/BAG/*.png)"
            )
        if deeper:
            raise DataError(
                f"its pictures lie one level further down, below {deeper[0].name!r}: give that "
                "folder, or move its folders up"
            )
    if len(classes) == 1:
        raise DataError("it has one subfolder of pictures: make one for each class, at least two")
    if classes and {folder.name.lower() for folder in classes} <= PARTS:
        names = " and ".join(repr(folder.name) for folder in classes)
        raise DataError(
            f"its subfolders {names} look like parts and not like classes: put the pictures into "
            "one folder for each class (the workbench splits them itself)"
        )


def left_out(path: Path, classes: list[Path]) -> list[LeftOut]:
    """What lies in the folders and is no part of the set; hidden files are not mentioned."""
    kinds: Counter[tuple[str, str]] = Counter()
    for folder in [path, *classes]:
        for child in folder.iterdir():
            if child.name.startswith(".") or is_picture(child) or child in classes:
                continue
            kinds[kind_of(child)] += 1
    return [LeftOut(count, what, why) for (what, why), count in sorted(kinds.items())]


def kind_of(child: Path) -> tuple[str, str]:
    """What a file or folder that is left out is, and why it is."""
    if child.is_symlink():
        return "link", "links are not followed"
    if child.is_dir():
        return "folder", "no pictures lie in them, or they lie a level too deep"
    return f"file {child.suffix.lower() or 'without ending'}", f"only {KINDS} is read"


def pictures(folder: Path) -> list[Path]:
    """The picture files of a folder in the order of their names, without links."""
    return sorted(file for file in folder.iterdir() if is_picture(file))


def subfolders(folder: Path) -> list[Path]:
    """The folders in a folder, without links and those that systems and programs leave behind."""
    return [
        child
        for child in sorted(folder.iterdir())
        if child.is_dir() and not child.is_symlink() and not child.name.startswith((".", "__", "@"))
    ]


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
        and not folder.name.startswith((".", "__", "@"))
        and any(map(is_picture, folder.iterdir()))
    )
