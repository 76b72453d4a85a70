"""Autoencoders: errors of copies, and PCA, which they are compared with."""

import math

import numpy as np
import torch
from torch import Tensor


def squared_error(x_hat: Tensor, x: Tensor) -> Tensor:
    """``||x - x_hat||^2``: ``[..., pixels] -> [...]``. Divide by the pixels for the MSE."""
    error = x_hat - x
    return (error * error).sum(-1)


def psnr(mse: float | np.ndarray | Tensor, peak: float = 1.0) -> float | np.ndarray | Tensor:
    """Peak signal-to-noise ratio ``10 log10(peak^2 / mse)`` in dB; ``inf`` for a perfect copy.

    ``mse`` is the error *per pixel*, of any shape; a tensor gives a tensor, anything else NumPy.
    """
    if torch.is_tensor(mse):
        return 20 * math.log10(peak) - 10 * mse.log10()
    with np.errstate(divide="ignore"):
        return 20 * math.log10(peak) - 10 * np.log10(mse)


def saturation(code: Tensor, tol: float = 0.05) -> Tensor:
    """Share of activations within ``tol`` of 0 or 1: ``[..., batch, bits] -> [...]``.

    Near 1, thresholding a sigmoid code to bits loses little: what the noise on the code is for in
    semantic hashing (Salakhutdinov & Hinton 2009).
    """
    return ((code - 0.5).abs() >= 0.5 - tol).to(code.dtype).mean((-2, -1))


def pca(x: Tensor, k: int) -> tuple[Tensor, Tensor, Tensor]:
    """Principal components of ``x [..., n, d]``: ``(mean, components, singular)``.

    ``mean [..., 1, d]``; ``components [..., k, d]``, unit rows, most variance first, each turned
    so that its largest loading is positive (an SVD leaves the sign open and pictures would flip);
    ``singular [..., min(n, d)]``, *all* singular values ``s_i`` of the centred data, since the
    explained share needs their total; the variances are ``s_i^2 / (n - 1)``. Eckart & Young 1936.
    """
    mean = x.mean(-2, keepdim=True)
    _, singular, rows = torch.linalg.svd(x - mean, full_matrices=False)
    rows = rows[..., :k, :]
    largest = rows.gather(-1, rows.abs().argmax(-1, keepdim=True))
    return mean, rows * largest.sign(), singular


def pca_code(x: Tensor, mean: Tensor, components: Tensor) -> Tensor:
    """``z = V_k^T (x - mu)``: ``[..., n, d] -> [..., n, k]``."""
    return (x - mean) @ components.mT


def pca_reconstruct(x: Tensor, mean: Tensor, components: Tensor) -> Tensor:
    """``mu + V_k V_k^T (x - mu)``, the best rank-k copy of ``x [..., n, d]``: Eckart & Young."""
    return mean + pca_code(x, mean, components) @ components


def explained_variance_ratio(singular: Tensor) -> Tensor:
    """``s_i^2 / sum_j s_j^2``, the share of variance of each component, in the shape given.

    Expects all singular values, as ``pca`` returns them; ``cumsum(-1)[k - 1]`` is EVR_k.
    """
    variance = singular * singular
    return variance / variance.sum(-1, keepdim=True)
