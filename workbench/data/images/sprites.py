"""Sprites: small pictures whose generative factors are known.

In the manner of dSprites (Matthey et al. 2017), but our own generator: one white shape on black,
drawn from the five factors shape, scale, orientation, x and y, every combination once.

Two defects of dSprites are avoided. There, orientations 0 and 39 are the same angle, and a square
looks the same every 90 degrees, so its orientation cannot be told from the picture. Here all
angles lie in [0, 90) degrees, where every shape shows which one it is.
"""

from __future__ import annotations

import numpy as np

from workbench.data.imageset import ImageSet, split_with_factors

NAME, TITLE, NOTE = "sprites", "Sprites with known factors", "6000 images, drawn"
SHAPE = 32, 32
FACTORS = ("shape", "scale", "orientation", "x", "y")
SUB = 8  # samples per pixel and axis: grey values are multiples of 1/64
REACH = 0.2  # radius of the largest object, as a share of the canvas
HEART_RADIUS, HEART_RISE = 1.25, 0.25  # smallest circle around the heart curve, and its centre


def read() -> ImageSet:
    """6000 drawn images of 32 x 32 with five known factors, split 85/15; the label is the shape."""
    images, factors, sizes = draw_sprites()
    return split_with_factors(
        images,
        factors,
        0.15,
        name=NAME,
        title=TITLE,
        source="in the manner of dSprites (Matthey et al. 2017), our own generator",
        classes=tuple(SHAPES),
        factor_names=FACTORS,
        factor_sizes=sizes,
    )


def square(u, v):
    return np.maximum(abs(u), abs(v)) <= np.sqrt(0.5)


def ellipse(u, v):
    return u**2 + (2 * v) ** 2 <= 1


def heart(u, v):
    u, v = HEART_RADIUS * u, HEART_RISE - HEART_RADIUS * v  # rows of an image run downwards
    disc = u * u + v * v - 1
    return disc * disc * disc <= u * u * v * v * v  # numpy's ** 3 is ten times slower


SHAPES = {"square": square, "ellipse": ellipse, "heart": heart}  # each fills the unit circle


def draw_sprites(
    size: int = 32, scales: int = 4, orientations: int = 5, xs: int = 10, ys: int = 10
) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """Every combination of the five factors, the last factor running fastest.

    Returns images float32 in [0, 1] (n, size, size), factors int64 (n, 5) in the order of
    `FACTORS`, and the five factor sizes; n is their product. Images are covered areas of pixels,
    sampled 8 x 8 times each; the outermost ring of pixels stays black.
    """
    sizes = (len(SHAPES), scales, orientations, xs, ys)
    radii = REACH * size * np.linspace(0.5, 1, scales)
    angles = np.arange(orientations) * (np.pi / 2 / orientations)
    lefts, tops = centres(size, xs), centres(size, ys)
    images = np.empty((*sizes, size, size), np.float32)
    for i, inside in enumerate(SHAPES.values()):
        for j, radius in enumerate(radii):
            for k, angle in enumerate(angles):
                images[i, j, k] = rasterise(inside, radius, angle, size, lefts, tops)
    factors = np.indices(sizes).reshape(len(sizes), -1).T
    return images.reshape(-1, size, size), np.ascontiguousarray(factors, np.int64), sizes


def centres(size: int, count: int) -> np.ndarray:
    """`count` equally spaced positions of the centre, in 1/SUB pixels, clear of the border."""
    room = size - 2 * (REACH * size + 1)
    step = int(SUB * room / max(count - 1, 1))
    if step < 1:
        raise ValueError(f"{count} positions do not fit on {size} pixels: give fewer")
    return SUB * size // 2 + step * np.arange(count) - step * (count - 1) // 2


def rasterise(inside, radius, angle, size, xs, ys) -> np.ndarray:
    """One object at every (x, y): covered share of each pixel, (len(xs), len(ys), size, size)."""
    # Drawn once, finely, in the middle of a double canvas. Its summed-area table then gives the
    # covered area of any pixel of any shifted canvas as a difference of four entries.
    fine = (np.arange(2 * SUB * size) + 0.5) / SUB - size
    u = (np.cos(angle) * fine + np.sin(angle) * fine[:, None]) / radius
    v = (np.cos(angle) * fine[:, None] - np.sin(angle) * fine) / radius
    area = np.pad(inside(u, v).cumsum(0, np.int32).cumsum(1, np.int32), ((1, 0), (1, 0)))
    edges = SUB * (size + np.arange(size + 1))
    rows, columns = edges - ys[:, None], edges - xs[:, None]  # (position, edge)
    corners = area[rows[None, :, :, None], columns[:, None, None, :]]
    return np.diff(np.diff(corners, axis=-1), axis=-2) / np.float32(SUB**2)
