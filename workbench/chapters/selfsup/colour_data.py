"""Image sets as lightness and colour, kept on the device.

Grey pictures are painted: one colour for each picture, chosen by what is on it or by chance. So
whether colour can be told from shape is a knob here, where nature does not ask.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench import data
from workbench.chapters.selfsup.cielab import to_lab, to_rgb
from workbench.chapters.selfsup.knobs import PAINTS
from workbench.data.labels import cluster

MOST, TESTED = 4000, 400  # pictures used; turning them into Lab takes a second for sprites
LIGHTNESS, CHROMA = 65.0, 40.0  # of the paints: within sRGB's reach, but for a little blue-green


@dataclass(frozen=True, eq=False)
class Album:
    """A set of pictures split into lightness and colour.

    light [n, 1, h, w] has mean 0 and deviation 1 over the set, ab [n, 2, h, w] is in Lab units, and
    y [n] are the classes, or None. L = mean + deviation x light.
    """

    images: data.ImageSet
    light: Tensor
    ab: Tensor
    y: NDArray | None
    light_test: Tensor
    ab_test: Tensor
    y_test: NDArray | None
    mean: float
    deviation: float

    @property
    def classes(self) -> int:
        return len(self.images.classes)

    def pictures(self, light: Tensor, ab: Tensor | None = None) -> NDArray:
        """light [n, 1, h, w] with ab [n, 2, h, w] as sRGB [n, h, w, 3], or as grey [n, h, w]."""
        lightness = self.mean + self.deviation * light[:, 0].detach().cpu().numpy()
        if ab is None:
            return to_rgb(np.stack([lightness, *[np.zeros_like(lightness)] * 2], -1))[..., 0]
        plane = ab.detach().cpu().numpy()
        return to_rgb(np.stack([lightness, plane[:, 0], plane[:, 1]], -1))


@data.cache_by(data.locate, 3)
def load_album(name: str, device: str = "cpu", paint: str = PAINTS[0]) -> Album:
    """The set `name` on `device`. Colour pictures keep their colours, others are painted.

    Raises data.DataError.
    """
    images = data.load(name)
    parts = images.x_train[:MOST], images.x_test[:TESTED]
    labels = [
        None if y is None else y[: len(x)]
        for x, y in zip(parts, (images.y_train, images.y_test), strict=True)
    ]
    if images.x_train.ndim == 3:
        rows = [x.reshape(len(x), -1) for x in parts]
        kinds = labels if labels[0] is not None else cluster(*rows)
        rng = np.random.default_rng(0)
        parts = [paint_pictures(x, kind, paint, rng) for x, kind in zip(parts, kinds, strict=True)]
    labs = [to_lab(x).transpose(0, 3, 1, 2) for x in parts]
    mean, deviation = float(labs[0][:, 0].mean()), float(labs[0][:, 0].std()) or 1.0
    train, test = (torch.from_numpy(np.ascontiguousarray(lab)).to(device) for lab in labs)
    return Album(
        images,
        (train[:, :1] - mean) / deviation,
        train[:, 1:],
        labels[0],
        (test[:, :1] - mean) / deviation,
        test[:, 1:],
        labels[1],
        mean,
        deviation,
    )


def paint_pictures(x: NDArray, kind: NDArray, paint: str, rng: np.random.Generator) -> NDArray:
    """Grey pictures x [n, h, w] of the given kinds [n] in colour [n, h, w, 3].

    `one a kind`: hues around the circle. `two a kind`: opposite hues with equal odds, whose mean is
    grey. `any`: one of those hues, whatever the kind.
    """
    kinds = int(kind.max()) + 1
    flip = rng.integers(2, size=len(x))
    if paint == "one a kind":
        turn = kind / kinds
    else:
        turn = (rng.integers(kinds, size=len(x)) if paint == "any" else kind) / kinds / 2 + flip / 2
    angle = 2 * np.pi * turn
    lab = np.stack([np.full(len(x), LIGHTNESS), CHROMA * np.cos(angle), CHROMA * np.sin(angle)], -1)
    return x[..., None] * to_rgb(lab)[:, None, None].astype(np.float32)
