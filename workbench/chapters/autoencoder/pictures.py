"""TODO."""

import numpy as np

from workbench.chapters.autoencoder.lesson import _column, draws_of, hole_side
from workbench.chapters.autoencoder.looks import QUERIES, Scene, pca_answer, principal
from workbench.core.pictures import Curves, Line, Scatter
from workbench.science import formulas
from workbench.science.corruption import NOISES
from workbench.science.later import torch

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)


GRIDS = "Clean, corrupted, reconstructed"


def _codes(s: Scene) -> Scatter:
    """The held-out codes in a plane. Axes of codes are arbitrary: turned, they do not jump."""
    k, shown = s.run.latent, slice(600)
    mean, components = principal(s.data)
    codes = s.held.codes[0, shown, :k]
    pixels = formulas.pca_code(s.held.x[shown], mean, components[:2])
    labels = "z1", "z2"
    if k == 1:
        codes, labels = torch.cat([codes, pixels[:, :1]], 1), ("z1", "first axis of the pixels")
    if k > 2:
        labels = "first axis", "second axis"
        scores = formulas.pca_code(codes, *formulas.pca(codes, 2)[:2])
        u, _, v = torch.linalg.svd(scores.mT @ pixels)
        codes = scores @ (u @ v)
    caption = "Two axes of largest variance of the codes, turned towards those of the pixels. "
    return Scatter(
        "Codes of held-out pictures",
        codes.cpu().numpy(),
        None if s.data.labels is None else s.data.labels[shown],
        s.data.images.classes,
        *labels,
        caption=(caption if k > 2 else "") + "Training never saw a label.",
    )


def _beside_pca(s: Scene):
    k = s.run.latent
    scalars = {
        "pca_mse": s.held.mse(pca_answer(s.data, s.held, k)),
        "pca_train_mse": s.trained.mse(pca_answer(s.data, s.trained, k)),
    }
    rows = {
        "held-out": s.shots.x,
        "decoded": s.shots.out[0],
        f"PCA, {k}": pca_answer(s.data, s.shots, k),
    }
    return scalars, rows, f"From codes of {k} numbers.", {"sizes": _sizes(s)}


def _sizes(s: Scene) -> Curves:
    """Held-out error of PCA for every size, and of the networks that were trained."""
    mean, components = principal(s.data)
    scores = formulas.pca_code(s.held.x, mean, components).square().sum(0).cumsum(0)
    left = ((s.held.x - mean).square().sum() - scores[:64]) / s.held.x.numel()
    keep = left > 1e-3 * left[0]  # the axis is logarithmic; what is left at the end is rounding
    order = np.argsort([m.latent for m in s.kin])
    sizes, errors = np.array([m.latent for m in s.kin], float), s.held.mse()
    caption = "Each mark is a network of its own, trained beside this one. "
    if s.run.kind == "linear":
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
        caption=caption if len(s.kin) > 1 else "Held-out pictures.",
    )


def _noises(s: Scene):
    error, noisy = formulas.psnr(s.held.mse()), formulas.psnr(s.held.mse(s.held.seen))
    scalars = {
        "pca_mse": s.held.mse(pca_answer(s.data, s.held, s.run.latent)),
        "psnr": error[0],
    }
    if s.run.level > 0:
        scalars |= {"gain": error[0] - noisy, "plain_gain": error[-1] - noisy}
    rows = {
        "clean": s.shots.x,
        "corrupted": s.shots.seen,
        "denoised": s.shots.out[0],
        "plain autoencoder": s.shots.out[-1],
    }
    caption = "The plain one has the same weights to start from and never saw noise."
    return scalars, rows, caption, {"noise": _gains(s)}


def _gains(s: Scene) -> Curves:
    x = s.data.test[:QUERIES]
    kind, shape = draws_of(s.run, len(x), s.data.pixels)
    draws = kind(shape, generator=torch.Generator().manual_seed(2)).to(x.device)
    seen = NOISES[s.run.noise](x, _column(LEVELS, x.device), draws=draws)  # (level, picture, pixel)
    flat = seen.flatten(0, 1)
    out = s.net.decoder(s.net.encode(flat.expand(len(s.kin), *flat.shape)))
    both = torch.cat([seen[None], out.unflatten(1, seen.shape[:2])])
    psnr = formulas.psnr((both - x).square().mean((-2, -1))).cpu().numpy()
    gain = psnr[1:] - psnr[0]
    levels = np.array(LEVELS)
    return Curves(
        "PSNR gain against noise level",
        (
            Line("denoising", levels, gain[0]),
            Line("plain autoencoder", levels, gain[-1]),
            Line("left as it is", levels, 0 * levels, "dashed"),
        ),
        "noise level",
        "gain (dB)",
        caption=f"Trained at {s.run.level:g}. Below 0 it harms more than it repairs: a small code "
        "cannot keep what little noise leaves intact.",
    )


def _holes(s: Scene):
    mean = principal(s.data)[0]
    inside = s.held.hole > 0
    true = s.held.x[inside].std().clamp_min(1e-6)
    spread = [out[inside].std() / true for out in s.held.out]
    scalars = {"fill_mse": s.held.mse(mean), "contrast": spread[0]}
    rows = {"clean": s.shots.x, "with a hole": s.shots.seen, "filled": s.shots.out[0]}
    if s.run.adversarial:
        scalars |= {"plain_mse": s.held.mse()[-1], "plain_contrast": spread[-1]}
        rows["no critic"] = s.shots.out[-1]
    rows["mean fill"] = torch.where(s.shots.hole > 0, mean, s.shots.x)
    side = hole_side(s.run, s.data)
    caption = (
        f"A hole of {side} x {side} pixels. The squared error asks for the mean of all "
        "that could be there, which is blurred."
    )
    return scalars, rows, caption, {}
