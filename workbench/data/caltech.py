"""A subset of Caltech-101: pictures of 99 kinds of things. There when its folder is."""

from __future__ import annotations

from pathlib import Path

from . import own
from .imageset import ImageSet

NAME, TITLE = "caltech", "Caltech-101, a subset"
NOTE = "pictures of 99 classes, up to 36 of each"
FOLDER = Path("caltech101_subset", "101_ObjectCategories")


def read(root: Path) -> ImageSet:
    """Grey images of 32 x 32, the middle squares; split 80/20 class by class.

    Raises DataError when a picture is damaged. Reading takes seconds.
    """
    images, labels, _ = own.read_folder(root / FOLDER)
    source = "Caltech-101, Li, Andreeto, Ranzato, Perona, CC BY 4.0; made grey, cropped, resized"
    found = own.assemble(Path(NAME), images, labels, source)
    return ImageSet(**vars(found) | {"name": NAME, "title": TITLE, "source": source})
