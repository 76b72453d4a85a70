"""What a kind adds to a frame, numbers and pictures, and the pictures that all kinds have."""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.chapters.autoencoder.evaluation import (
    Moment,
    principal_components,
    reconstruct_by_pca,
)
from workbench.chapters.autoencoder.lesson import Corruption, hole_side
from workbench.core.pictures import Curves, Images, Line, Picture, Scatter
from workbench.science import formulas
from workbench.science.tensors import Resident

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
QUERIES = 200  # held-out pictures for what is dear to measure
POINTS = 600  # of a scatter


class Report(NamedTuple):
    """What one kind adds to a frame.

    rows: rows [n, pixels] of the grid of examples, by label; caption: of that grid.
    """

    scalars: dict[str, float]
    rows: dict[str, Tensor]
    caption: str
    pictures: dict[str, Picture]


def draw_examples(data: Resident, report: Report) -> Images:
    """The same pictures from row to row: clean, as the encoder is shown them, and answered."""
    rows = list(report.rows.values())
    tiles = data.tiles(torch.cat(rows), len(rows[0]))
    title = "Clean, corrupted, reconstructed"
    return Images(title, tiles, tuple(report.rows), caption=report.caption)


def draw_codes(moment: Moment) -> Scatter:
    """The held-out codes in a plane. Axes of codes are arbitrary: turned, they do not jump."""
    size, data, few = moment.run.latent, moment.data, slice(POINTS)
    mean, components = principal_components(data)
    codes = moment.held_out.codes[0, few, :size]
    pixels = formulas.pca_code(moment.held_out.x[few], mean, components[:2])
    pixels = F.pad(pixels, (0, 2 - pixels.shape[1]))  # a table of one column has one axis
    labels, caption = ("z1", "z2"), ""
    if size == 1:
        codes, labels = torch.cat([codes, pixels[:, :1]], 1), ("z1", "first axis of the pixels")
    if size > 2:
        labels = "first axis", "second axis"
        caption = "Two axes of largest variance of the codes, turned towards those of the pixels. "
        scores = formulas.pca_code(codes, *formulas.pca(codes, 2)[:2])
        u, _, v = torch.linalg.svd(scores.mT @ pixels)
        codes = scores @ (u @ v)
    return Scatter(
        "Codes of held-out pictures",
        codes.cpu().numpy(),
        None if data.labels is None else data.labels[few],
        data.images.classes,
        *labels,
        equal=size > 1,
        caption=caption + "Training never saw a label.",
    )


# ---- linear and autoencoder


def report_pca(moment: Moment) -> Report:
    """PCA with a code of the same size, shown the same pictures."""
    data, size = moment.data, moment.run.latent
    held_out, training, examples = moment.held_out, moment.training, moment.examples
    scalars = {
        "pca_mse": held_out.mse(reconstruct_by_pca(data, held_out, size)),
        "pca_train_mse": training.mse(reconstruct_by_pca(data, training, size)),
    }
    rows = {
        "held-out": examples.x,
        "decoded": examples.out[0],
        f"PCA, {size}": reconstruct_by_pca(data, examples, size),
    }
    caption = f"From codes of {size} numbers."
    return Report(scalars, rows, caption, {"sizes": draw_sizes(moment)})


def draw_sizes(moment: Moment) -> Curves:
    """Held-out error of PCA for every size, and of the networks that were trained."""
    x = moment.held_out.x
    mean, components = principal_components(moment.data)
    scores = formulas.pca_code(x, mean, components).square().sum(0).cumsum(0)
    left = ((x - mean).square().sum() - scores[:64]) / x.numel()
    keep = left > 1e-3 * left[0]  # the axis is logarithmic; what is left at the end is rounding
    sizes = np.array([variant.latent for variant in moment.net.variants], float)
    order, errors = np.argsort(sizes), moment.held_out.mse()
    caption = "Each mark is a network of its own, trained beside this one. "
    if moment.run.kind == "linear":
        caption += "Linear ones come down to PCA's curve, never below it."
    return Curves(
        "Error against code size",
        (
            Line("PCA", 1.0 + np.flatnonzero(keep.cpu()), left[keep].cpu().numpy(), "dashed"),
            Line("trained", sizes[order], errors[order]),
            Line("this run", sizes[:1], errors[:1], "dots"),
        ),
        "numbers in the code",
        "squared error per pixel",
        log_x=True,
        log_y=True,
        caption=caption if moment.networks > 1 else "Held-out pictures.",
    )


# ---- denoising


def report_denoising(moment: Moment) -> Report:
    """The gain over the noisy picture, beside that of an autoencoder that never saw noise."""
    held_out, examples = moment.held_out, moment.examples
    psnr, noisy = formulas.psnr(held_out.mse()), formulas.psnr(held_out.mse(held_out.shown))
    by_pca = reconstruct_by_pca(moment.data, held_out, moment.run.latent)
    scalars = {"pca_mse": held_out.mse(by_pca), "psnr": psnr[0]}
    if moment.run.level > 0:
        scalars |= {"gain": psnr[0] - noisy, "plain_gain": psnr[-1] - noisy}
    rows = {
        "clean": examples.x,
        "corrupted": examples.shown,
        "denoised": examples.out[0],
        "plain autoencoder": examples.out[-1],
    }
    caption = "The plain one has the same weights to start from and never saw noise."
    return Report(scalars, rows, caption, {"noise": draw_gains(moment)})


def measure_gains(moment: Moment) -> np.ndarray:
    """PSNR [networks, levels] gained over the noisy picture at each of LEVELS."""
    x = moment.data.test[:QUERIES]
    own = moment.net.variants[0]
    variants = [own._replace(level=level) for level in LEVELS]
    corrupt = Corruption(moment.run, variants, moment.data)
    draws = corrupt.draw([len(x)], torch.Generator().manual_seed(2)).to(x.device)
    shown, _ = corrupt(x, draws)  # (level, picture, pixel)
    flat = shown.flatten(0, 1)
    out = moment.net.decoder(moment.net.encode(flat.expand(moment.networks, *flat.shape)))
    both = torch.cat([shown[None], out.unflatten(1, shown.shape[:2])])
    psnr = formulas.psnr((both - x).square().mean((-2, -1))).cpu().numpy()
    return psnr[1:] - psnr[0]


def draw_gains(moment: Moment) -> Curves:
    """The gain at noise levels that the network was trained at and others."""
    gains, levels = measure_gains(moment), np.array(LEVELS)
    return Curves(
        "PSNR gain against noise level",
        (
            Line("denoising", levels, gains[0]),
            Line("plain autoencoder", levels, gains[-1]),
            Line("left as it is", levels, 0 * levels, "dashed"),
        ),
        "noise level",
        "gain (dB)",
        caption=f"Trained at {moment.run.level:g}. Below 0 it harms more than it repairs: a small "
        "code cannot keep what little noise leaves intact.",
    )


# ---- inpainting


def report_inpainting(moment: Moment) -> Report:
    """The error and the contrast of the filling, beside the mean picture and no critic."""
    held_out, examples = moment.held_out, moment.examples
    mean = principal_components(moment.data)[0]
    inside = held_out.hole > 0
    true = held_out.x[inside].std().clamp_min(1e-6)
    contrast = [out[inside].std() / true for out in held_out.out]
    scalars = {"fill_mse": held_out.mse(mean), "contrast": contrast[0]}
    rows = {"clean": examples.x, "with a hole": examples.shown, "filled": examples.out[0]}
    if moment.run.adversarial:
        scalars |= {"plain_mse": held_out.mse()[-1], "plain_contrast": contrast[-1]}
        rows["no critic"] = examples.out[-1]
    rows["mean fill"] = torch.where(examples.hole > 0, mean, examples.x)
    side = hole_side(moment.run, moment.data)
    caption = (
        f"A hole of {side} x {side} pixels. The squared error asks for the mean of all "
        "that could be there, which is blurred."
    )
    return Report(scalars, rows, caption, {})
