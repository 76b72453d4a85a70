"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.beta_vae import by_hand, lesson
from workbench.chapters.beta_vae.knobs import Settings
from workbench.chapters.beta_vae.lesson import Vae
from workbench.chapters.beta_vae.pictures import decode, draw, draw_factors
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule
from workbench.science import formulas, metrics
from workbench.science.tensors import Resident, resident

SHOWN = 500  # how many train and test pictures a frame's numbers are measured on
HINT = "Lower the learning rate, beta or gamma."


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    data = resident(runs[0].data, device)
    shown = schedule(runs[0].steps)
    fit = fit or partial(lesson.fit, descend=by_hand.descent())
    for step, vae in fit(runs, data, device):
        if step in shown:
            yield snapshot(vae, data, runs, step)


@torch.no_grad()
def snapshot(vae: Vae, data: Resident, runs: Sequence[Settings], step: int) -> list[Frame]:
    """One frame for each run: its numbers and its pictures after `step` steps."""
    last = step == runs[0].steps
    likelihood = runs[0].likelihood
    test = data.test if last else data.test[:SHOWN]
    held_out = measure(vae, test, likelihood)
    training = measure(vae, data.train[:SHOWN], likelihood)
    decoded = decode(vae, data, held_out.rates, likelihood)
    frames = []
    for k, settings in enumerate(runs):
        scalars = summarise(settings, data.pixels, held_out.only(k), training.only(k), step)
        check_finite(step, scalars, HINT)
        rates, codes = held_out.rates[k].numpy(), held_out.codes[k].numpy()
        parts = {name: part[k] for name, part in decoded.items()}
        pictures = draw(data, parts, rates, codes) | draw_factors(data, codes, last)
        note = "done" if last else "training"
        frames.append(Frame(step, settings.steps, scalars, pictures, note))
    return frames


class Measurement(NamedTuple):
    """Distortion [runs] and rate of each latent [runs, J] in nats; mean codes [runs, n, J]."""

    distortion: Tensor
    rates: Tensor
    codes: Tensor

    def only(self, run: int) -> "Measurement":
        """The part of one run."""
        return Measurement(*(part[run] for part in self))


def measure(vae: Vae, x: Tensor, likelihood: str) -> Measurement:
    """Measures the networks on the rows of x, with one sample of z a picture.

    The samples come from a fixed generator.
    """
    runs = len(vae.encoder.weights[0])
    eps = torch.randn(len(x), vae.latent, generator=torch.Generator().manual_seed(1))
    distortion, rates, codes = 0.0, 0.0, []
    for part, noise in zip(x.split(SHOWN), eps.to(x.device).split(SHOWN), strict=True):
        mu, logvar = vae.encode(part.expand(runs, *part.shape))
        out = vae.decoder(formulas.reparameterise(mu, logvar, noise))
        distortion = distortion + lesson.distortion(out, part, likelihood).sum(-1)
        rates = rates + formulas.gaussian_kl(mu, logvar).sum(1)
        codes.append(mu)
    parts = distortion / len(x), rates / len(x), torch.cat(codes, 1)
    return Measurement(*(part.cpu() for part in parts))


def summarise(
    settings: Settings, pixels: int, held_out: Measurement, training: Measurement, step: int
) -> dict[str, float]:
    """The numbers of one run."""
    distortion, rate = held_out.distortion.item(), held_out.rates.sum().item()
    beta = effective_beta(settings, rate, step)
    return {
        "elbo": -(distortion + rate),
        "train_elbo": -(training.distortion + training.rates.sum()).item(),
        "distortion": distortion,
        "rate": rate,
        "active": float(metrics.active_dims(held_out.rates.numpy()).sum()),
        "effective_beta": beta,
        "normalised_beta": formulas.normalised_beta(beta, settings.latent, pixels),
    }


def effective_beta(settings: Settings, rate: float, step: int) -> float:
    """What a nat of rate costs at `step`, in nats of distortion.

    Distortion is summed over pixels, rate over latents, and both are averaged over the batch, so
    nothing rescales beta on the way. The capacity form charges gamma above its C and pays it below.
    """
    if settings.kind == "beta":
        return settings.beta
    asked = formulas.capacity(step, settings.steps, settings.capacity)
    return settings.gamma * float(np.sign(rate - asked))
