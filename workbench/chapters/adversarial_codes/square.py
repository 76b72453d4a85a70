"""What a frame shows of the four autoencoders of a square: with and without noise and adversary."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.adversarial_codes.evaluation import (
    Yardstick,
    kolmogorov_smirnov,
    normal,
)
from workbench.chapters.adversarial_codes.knobs import Settings
from workbench.chapters.adversarial_codes.lesson import Autoencoder
from workbench.core.pictures import Curves, Images, Line, Picture, Scatter, Table
from workbench.core.quantity import digits, percent
from workbench.science import formulas
from workbench.science.corruption import gaussian
from workbench.science.tensors import Resident

HARD = 0.5  # deviation of the noise that all four are asked to repair
SAMPLES = 1000  # from the prior, in the last frame; as many as held-out pictures before
ACROSS = 10  # pictures in a row
POINTS = 500  # of the scatter
BINS = np.linspace(-4, 4, 33)
NAMES = {
    "own": "this run",
    "no_noise": "no noise",
    "no_adversary": "no adversary",
    "plain": "neither",
}
CORNERS = tuple(NAMES)


class Corner(NamedTuple):
    """One autoencoder of the square and what it does with held-out pictures.

    codes [m, latent] of the clean pictures; repaired [m, pixels]: noisy ones, copied; samples
    [n, pixels]: decoded draws from the prior.
    """

    net: Autoencoder
    codes: Tensor
    repaired: Tensor
    samples: Tensor
    numbers: dict[str, float]


def decode(net: Autoencoder, codes: Tensor) -> Tensor:
    """Pictures [n, pixels] of codes [n, latent]."""
    return net.decoder(codes[None])[0].sigmoid()


def evaluate(net: Autoencoder, measure: Yardstick) -> Corner:
    """Measures one autoencoder on the held-out pictures."""
    x, device = measure.x, str(measure.x.device)
    latent = net.encoder.weights[-1].shape[-1]
    noisy = gaussian(x, HARD, draws=normal(*x.shape, device))
    codes = net.encoder(x[None])[0]
    repaired = decode(net, net.encoder(noisy[None])[0])
    prior = normal(SAMPLES if measure.last else len(x), latent, device, 2)
    samples = decode(net, prior)
    right = [net.critic(prior[None][:, : len(codes)]) > 0, net.critic(codes[None]) <= 0]
    numbers = {
        "psnr": psnr(decode(net, codes), x),
        "repaired": psnr(repaired, x),
        "ks": kolmogorov_smirnov(codes),
        "told": float(torch.cat(right, 1).double().mean()),
        "fd": measure.frechet(samples),
        "precision": measure.precision(samples),
    }
    return Corner(net, codes, repaired, samples, numbers)


def psnr(copies: Tensor, x: Tensor) -> float:
    """PSNR of copies of x [m, pixels] in dB, of the mean squared error over all pictures."""
    return float(formulas.psnr(float((copies - x).square().mean())))


def fitted(corner: Corner, data: Resident, measure: Yardstick) -> float:
    """The Frechet distance of draws from a Gaussian that is fitted to the training codes."""
    codes = corner.net.encoder(data.train[None, :SAMPLES])[0].double()
    draws = normal(SAMPLES, codes.shape[1], str(codes.device), 3).double()
    values, vectors = torch.linalg.eigh(torch.atleast_2d(codes.T.cov()))
    root = vectors * values.clamp_min(0).sqrt()
    return measure.frechet(decode(corner.net, (codes.mean(0) + draws @ root.T).float()))


def report(
    run: Settings, net: Autoencoder, at: dict[str, int], data: Resident, measure: Yardstick
) -> tuple[dict[str, float], dict[str, Picture]]:
    """Numbers and pictures of a run, whose autoencoders stand in the stack at `at`."""
    done = {place: evaluate(net.only(place), measure) for place in set(at.values())}
    square = {corner: done[at[corner]] for corner in CORNERS}
    numbers = dict(square["own"].numbers)
    for corner in CORNERS[1:]:
        numbers |= {f"{corner}_{key}": value for key, value in square[corner].numbers.items()}
    numbers["fitted_fd"] = fitted(square["plain"], data, measure)
    return numbers, {
        "samples": draw_samples(square, data),
        "repairs": draw_repairs(square, data, measure),
        "square": draw_square(run, square, numbers),
        "codes": draw_codes(square["own"], measure, data),
        "values": draw_values(square),
    }


def draw_samples(square: dict[str, Corner], data: Resident) -> Images:
    """The same draws from the prior, decoded by each corner."""
    rows = torch.cat([square[corner].samples[:ACROSS] for corner in CORNERS])
    return Images(
        "Codes drawn from N(0, 1), decoded",
        data.tiles(pad(rows, 4), ACROSS),
        tuple(NAMES.values()),
        caption="Each column is one draw. A decoder draws well what its encoder would have sent: "
        "without an adversary, N(0, 1) is not where the codes are.",
    )


def pad(rows: Tensor, groups: int) -> Tensor:
    """Rows of so many groups [groups * n, pixels], each brought to ACROSS by repeating it."""
    each = rows.unflatten(0, (groups, -1))
    places = torch.arange(ACROSS, device=rows.device) % each.shape[1]
    return each[:, places].flatten(0, 1)


def draw_repairs(square: dict[str, Corner], data: Resident, measure: Yardstick) -> Images:
    """Clean pictures, noisy ones, and what each corner makes of them."""
    x = measure.x[:ACROSS]
    noisy = gaussian(measure.x, HARD, draws=normal(*measure.x.shape, str(x.device)))[:ACROSS]
    rows = [x, noisy, *(square[corner].repaired[:ACROSS] for corner in CORNERS)]
    return Images(
        "Noisy pictures, repaired",
        data.tiles(pad(torch.cat(rows), 6), ACROSS),
        ("clean", "noisy", *NAMES.values()),
        caption=f"Held-out pictures under Gaussian noise of deviation {HARD:g}.",
    )


def draw_square(run: Settings, square: dict[str, Corner], numbers: dict[str, float]) -> Table:
    """All corners by their numbers."""
    columns = ("", "distance", "near real", "repaired, dB", "copied, dB", "gap")
    rows = []
    for corner in CORNERS:
        n = square[corner].numbers
        decibels = [digits(n[key]) for key in ("repaired", "psnr")]
        cells = (digits(n["fd"], 2), percent(n["precision"]), *decibels, digits(n["ks"], 2))
        rows.append((NAMES[corner], *cells))
    return Table(
        "What each part does",
        columns,
        tuple(rows),
        caption=f"This run: noise {run.noise:g}, adversary {run.adversary:g}. Distance and near "
        "real: of draws from the prior; gap: of codes to it. A Gaussian fitted to the codes of the "
        f"plain autoencoder samples at a distance of {digits(numbers['fitted_fd'], 2)}.",
    )


def draw_codes(own: Corner, measure: Yardstick, data: Resident) -> Scatter:
    """Two numbers of the codes over circles of the prior."""
    codes = own.codes[:POINTS, :2].cpu()
    if codes.shape[1] == 1:
        codes = torch.cat([codes, torch.zeros_like(codes)], 1)
    angle = np.linspace(0, 2 * np.pi, 60)
    circle = np.stack([np.cos(angle), np.sin(angle)], 1)
    return Scatter(
        "Codes of held-out pictures over the prior",
        codes.numpy(),
        None if measure.y is None else measure.y[:POINTS],
        data.images.classes,
        "first number",
        "second number",
        outlines=(circle, 2 * circle),
        equal=True,
        caption="Circles: one and two deviations of N(0, 1). Labels only colour the points.",
    )


def draw_values(square: dict[str, Corner]) -> Curves:
    """How the numbers of the codes are spread, all of them together, beside N(0, 1)."""
    middle = (BINS[1:] + BINS[:-1]) / 2

    def density(corner: str) -> np.ndarray:
        codes = square[corner].codes.flatten().cpu().numpy()
        return np.histogram(codes, BINS)[0] / (codes.size * (BINS[1] - BINS[0]))

    normal_density = np.exp(-(middle**2) / 2) / np.sqrt(2 * np.pi)
    lines = [
        Line("N(0, 1)", middle, normal_density, "dashed"),
        Line("this run", middle, density("own")),
        Line("no adversary", middle, density("no_adversary")),
    ]
    return Curves(
        "Values of the codes",
        tuple(lines),
        "a number of the code",
        "density",
        caption="Of all numbers of the codes. What lies beyond 4 is not drawn.",
    )
