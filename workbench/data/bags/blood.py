"""Tiles of blood images as bags: BCCD."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from workbench.data.bags.bagset import BagSet, padded

FOLDER = "BCCD"
TILE, ACROSS = 16, 8  # pixels of a tile after averaging 5 x 5, and tiles in a row
QUANTILES = 16


def read(root: Path) -> BagSet:
    """BCCD: a bag is a blood smear in 48 tiles, positive when it shows a platelet.

    A tile is a witness when it holds at least a quarter of a platelet's box, so every platelet has
    one. The model sees which colours a tile has, not where; the reader sees the green channel,
    which the stain darkens most.
    """
    folder = root / FOLDER
    lists = folder / "ImageSets" / "Main"
    test = (lists / "test.txt").read_text().split()
    names = (lists / "trainval.txt").read_text().split() + test
    pictures = np.stack([_smear(folder / "JPEGImages" / f"{name}.jpg") for name in names])
    down = pictures.shape[1] // TILE
    tiles = pictures.reshape(len(names), down, TILE, ACROSS, TILE, 3).swapaxes(2, 3)
    tiles = tiles.reshape(-1, TILE, TILE, 3)
    truth = np.concatenate([_platelets(folder / "Annotations" / f"{n}.xml", down) for n in names])
    per_bag = down * ACROSS
    bag = np.repeat(np.arange(len(names)), per_bag)
    y = truth.reshape(-1, per_bag).any(1)
    x = _colours(tiles)
    return BagSet(
        name="blood",
        source="BCCD blood cell images, Shenggan Gan, MIT",
        x=x,
        pictures=tiles[..., 1],
        bags=padded(bag, y, truth),
        classes=("no platelet", "platelet"),
        test=np.arange(len(names)) >= len(names) - len(test),
    )


def _colours(tiles: NDArray) -> NDArray:
    """Quantiles of red, green, blue and two differences of them, [n, 5 * QUANTILES], standardised.

    292 bags are too few to learn from pixels that a platelet looks alike wherever it lies.
    """
    red, green, blue = tiles.reshape(len(tiles), -1, 3).transpose(2, 0, 1)
    channels = np.stack([red, green, blue, red - green, blue - green], 1)
    at = np.linspace(0, channels.shape[2] - 1, QUANTILES).astype(int)
    x = np.sort(channels, 2)[:, :, at].reshape(len(tiles), -1)
    return (x - x.mean(0)) / x.std(0).clip(1e-6)


def _smear(file: Path) -> NDArray:
    """A picture of 640 x 480 as float32 [96, 128, 3] in [0, 1]."""
    from PIL import Image

    with Image.open(file, formats=("JPEG",)) as picture:
        return np.asarray(picture.convert("RGB").reduce(5), np.float32) / 255


def _platelets(file: Path, down: int) -> NDArray:
    """Which tiles [down * ACROSS] hold a quarter of a platelet's box."""
    hit = np.zeros((down, ACROSS), bool)
    edges_x, edges_y = (5 * TILE * np.arange(n + 1) for n in (ACROSS, down))
    for thing in ElementTree.parse(file).iter("object"):
        if thing.findtext("name") != "Platelets":
            continue
        left, top, right, bottom = (
            int(thing.findtext(f"bndbox/{side}")) for side in ("xmin", "ymin", "xmax", "ymax")
        )
        # pixels shared with each column and row of tiles
        wide = np.minimum(right, edges_x[1:]) - np.maximum(left, edges_x[:-1])
        tall = np.minimum(bottom, edges_y[1:]) - np.maximum(top, edges_y[:-1])
        inside = np.outer(tall.clip(0), wide.clip(0))
        hit |= inside >= inside.sum() / 4
    return hit.ravel()
