"""Patches of scikit-learn's two sample photographs: a Chinese palace and a dahlia, in colour.

The class is the region that a patch was cut from. Regions are boxes of ours around five things;
the middle fifth of each box is for testing and shares no pixel with the rest.
"""

from __future__ import annotations

import numpy as np

from workbench.data.images.digits import package_folder
from workbench.data.imageset import ImageSet

NAME, TITLE, NOTE = "photos", "Patches of two photographs", "2500 colour patches, 5 regions"
SOURCE = "scikit-learn sample images, danielbuechele and vultilion, CC BY 2.0; half size"


# class: (photograph, (left, top, right, bottom) in pixels)
REGIONS = {
    "palace": ("china", (90, 100, 330, 385)),
    "trees": ("china", (330, 275, 640, 427)),
    "sky and lake": ("china", (335, 0, 545, 260)),
    "petals": ("flower", (205, 115, 415, 325)),
    "leaves": ("flower", (430, 0, 640, 375)),
}
CUT, SIDE = 32, 16  # pixels of a patch in the photograph, and after halving
SHAPE = SIDE, SIDE
STEP = 3  # pixels between neighbouring patches
EACH = {"train": 400, "test": 100}  # patches a region


def read() -> ImageSet:
    """Colour images of 16 x 16: 400 patches a region for training and 100 for testing."""
    rng = np.random.default_rng(0)
    photos = {name: photograph(name) for name in ("china", "flower")}
    parts = {"train": [], "test": []}
    for photo, (left, top, right, bottom) in REGIONS.values():
        fifth = (right - left) // 5
        bands = {
            "train": ((left, left + 2 * fifth), (left + 3 * fifth, right)),
            "test": ((left + 2 * fifth, left + 3 * fifth),),
        }
        for part, strips in bands.items():
            strips = [photos[photo][top:bottom, start:end] for start, end in strips]
            parts[part].append(patches(strips, EACH[part], rng))
    orders = {part: rng.permutation(len(REGIONS) * count) for part, count in EACH.items()}
    x = {part: np.concatenate(parts[part])[orders[part]] for part in EACH}
    y = {part: np.repeat(np.arange(len(REGIONS)), EACH[part])[orders[part]] for part in EACH}
    return ImageSet(
        name=NAME,
        title=TITLE,
        source=SOURCE,
        classes=tuple(REGIONS),
        x_train=x["train"],
        x_test=x["test"],
        y_train=y["train"],
        y_test=y["test"],
    )


def photograph(name: str) -> np.ndarray:
    """A photograph [427, 640, 3] uint8, read beside scikit-learn: importing it takes a second."""
    from PIL import Image

    path = package_folder("sklearn") / "datasets" / "images" / f"{name}.jpg"
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def patches(strips: list[np.ndarray], count: int, rng: np.random.Generator) -> np.ndarray:
    """`count` patches of strips [h, w, 3] uint8, at random places of a grid, half size."""
    grids = [
        np.lib.stride_tricks.sliding_window_view(strip, (CUT, CUT), (0, 1))[::STEP, ::STEP]
        for strip in strips
    ]
    every = np.concatenate([grid.reshape(-1, 3, CUT, CUT) for grid in grids])
    chosen = every[rng.permutation(len(every))[:count]]
    halves = chosen.reshape(-1, 3, SIDE, 2, SIDE, 2).mean((3, 5), dtype=np.float32) / 255
    return np.ascontiguousarray(halves.transpose(0, 2, 3, 1))
