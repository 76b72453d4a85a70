"""Colours as an eye sees them: CIE Lab, and colour as a choice between bins.

Lab splits a colour into lightness L (0 black to 100 white) and the plane of hues, a (green to red)
and b (blue to yellow), so that equal distances look about equally different. Colorization (Zhang,
Isola & Efros 2016) shows a network L and asks for ab: as two numbers, or as a choice between bins
of the plane. NumPy converts, once; what a training step needs is torch.
"""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = XYZ.sum(1)  # of sRGB, CIE illuminant D65
KNEE = 6 / 29  # below its cube CIE's cube root goes on as a straight line


def to_lab(rgb: NDArray) -> NDArray:
    """sRGB [..., 3] in 0..1 -> Lab [..., 3]: L in 0..100, a and b in about -110..110.

    IEC 61966-2-1 (sRGB) and CIE 15 (Lab), illuminant D65. The precision is that of rgb.
    """
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ (XYZ.T / WHITE).astype(rgb.dtype)
    f = np.where(xyz > KNEE**3, np.cbrt(xyz), xyz / (3 * KNEE**2) + 4 / 29)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def to_rgb(lab: NDArray) -> NDArray:
    """Lab [..., 3] -> sRGB [..., 3] in 0..1; what a screen cannot show is clipped."""
    lightness, a, b = np.moveaxis(np.asarray(lab, np.float64), -1, 0)
    y = (lightness + 16) / 116
    f = np.stack([y + a / 500, y, y - b / 200], -1)
    xyz = WHITE * np.where(f > KNEE, f**3, 3 * KNEE**2 * (f - 4 / 29))
    linear = np.clip(xyz @ np.linalg.inv(XYZ).T, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@lru_cache(maxsize=8)
def bins(width: float) -> Tensor:
    """Centres [Q, 2] of the square bins of ab, `width` wide, that a screen can show.

    A bin counts when some sRGB colour falls into it; bins are centred on multiples of the width.
    """
    axis = np.linspace(0, 1, 40)
    ab = to_lab(np.stack(np.meshgrid(axis, axis, axis), -1).reshape(-1, 3))[:, 1:]
    return torch.from_numpy(np.unique(np.rint(ab / width), axis=0) * width).float()


def soft_bins(ab: Tensor, centres: Tensor, sigma: float, nearest: int = 5) -> tuple[Tensor, Tensor]:
    """Each colour as a mixture of its nearest bins: ab [..., 2] -> (which, how much) [..., 5].

    The weights are Gaussian in the distance and sum to 1; the nearest bin comes first (Zhang et
    al. 2016, section 2.1: the 5 nearest, sigma 5 for bins 10 wide).
    """
    near = torch.cdist(ab, centres).topk(min(nearest, len(centres)), -1, largest=False)
    weights = torch.softmax(-0.5 * (near.values / sigma) ** 2, -1)
    return near.indices, weights


def rebalance(share: Tensor, mix: float = 0.5) -> Tensor:
    """What a pixel of each bin counts [Q], given how common the bins are: share [Q], sum 1.

    w ~ 1 / ((1 - mix) share + mix / Q) with E[w] = 1: rare, colourful bins count more. Zhang et al.
    2016, equation 4; mix = 1 lets all pixels count the same.
    """
    weights = 1 / ((1 - mix) * share + mix / len(share))
    return weights / (share * weights).sum()


def annealed_mean(logits: Tensor, centres: Tensor, temperature: float) -> Tensor:
    """The colour meant by a distribution over bins: logits [..., Q] -> ab [..., 2].

    The mean after the distribution was sharpened: 1 is the plain mean, near 0 the likeliest bin.
    Zhang et al. 2016, equation 5, with T = 0.38.
    """
    return torch.softmax(logits / temperature, -1) @ centres
