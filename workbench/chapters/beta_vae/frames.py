"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.beta_vae import by_hand, lesson
from workbench.chapters.beta_vae.knobs import Settings
from workbench.chapters.beta_vae.lesson import Vae
from workbench.chapters.beta_vae.pictures import _information, _metrics_table, _pictures, _shots
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule
from workbench.science import formulas, metrics
from workbench.science.tensors import Resident, resident

HINT = "Lower the learning rate, beta or gamma."


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    data, shown = resident(runs[0].data, device), schedule(runs[0].steps)
    fit = fit or partial(lesson.fit, descend=by_hand.descent())
    for step, vae in fit(runs, data, device):
        if step in shown:
            yield snapshot(vae, data, runs, step)


SHOWN = 500  # how many train and test pictures a frame's numbers are measured on


@torch.no_grad()
def snapshot(vae: Vae, data: Resident, runs: Sequence[Settings], step: int) -> list[Frame]:
    """One frame for each run: what was measured and what it looks like after `step` steps."""
    last = step == runs[0].steps
    likelihood = runs[0].likelihood
    test = data.test if last else data.test[:SHOWN]
    held_out = measure(vae, test, likelihood)
    trained = measure(vae, data.train[:SHOWN], likelihood)
    shots = _shots(vae, data, held_out["rates"], likelihood)
    frames = []
    for k, settings in enumerate(runs):
        scalars = _scalars(settings, data, held_out, trained, k, step)
        check_finite(step, scalars, HINT)
        pictures = _pictures(
            data,
            {name: s[k] for name, s in shots.items()},
            held_out["rates"][k].numpy(),
            held_out["mu"][k].numpy(),
        )
        note = "training"
        if data.images.factors_test is not None:
            codes, factors = held_out["mu"][k].numpy(), data.images.factors_test[: len(test)]
            pictures["information"] = _information(codes, factors, data.images.factor_names)
            if last:
                pictures["metrics"] = _metrics_table(codes, factors)
        frames.append(Frame(step, settings.steps, scalars, pictures, "done" if last else note))
    return frames


def measure(vae: Vae, x: Tensor, likelihood: str) -> dict[str, Tensor]:
    """Distortion [runs] and rate per latent [runs, J] in nats, means over the rows of x, and the
    mean codes mu [runs, n, J]. One sample of z a picture, from a fixed generator."""
    runs = len(vae.encoder.weights[0])
    eps = torch.randn(len(x), vae.latent, generator=torch.Generator().manual_seed(1))
    distortion, rates, codes = 0.0, 0.0, []
    for part, noise in zip(x.split(SHOWN), eps.to(x.device).split(SHOWN), strict=True):
        mu, logvar = vae.encode(part.expand(runs, *part.shape))
        out = vae.decoder(formulas.reparameterise(mu, logvar, noise))
        distortion = distortion + lesson.distortion(out, part, likelihood).sum(-1)
        rates = rates + formulas.gaussian_kl(mu, logvar).sum(1)
        codes.append(mu)
    return {
        "distortion": (distortion / len(x)).cpu(),
        "rates": (rates / len(x)).cpu(),
        "mu": torch.cat(codes, 1).cpu(),
    }


def _scalars(settings, data: Resident, held_out, trained, k: int, step: int) -> dict[str, float]:
    rates = held_out["rates"][k]
    distortion, rate = held_out["distortion"][k].item(), rates.sum().item()
    beta = effective_beta(settings, rate, step)
    return {
        "elbo": -(distortion + rate),
        "train_elbo": -(trained["distortion"][k] + trained["rates"][k].sum()).item(),
        "distortion": distortion,
        "rate": rate,
        "active": float(metrics.active_dims(rates.numpy()).sum()),
        "effective_beta": beta,
        "normalised_beta": formulas.normalised_beta(beta, settings.latent, data.pixels),
    }


def effective_beta(settings: Settings, rate: float, step: int) -> float:
    """What a nat of rate costs now, in nats of distortion.

    Distortion is summed over pixels, rate over latents, and both are averaged over the batch, so
    nothing rescales beta on the way. The capacity form charges gamma above its C and pays it below.
    """
    if settings.kind == "beta":
        return settings.beta
    asked = formulas.capacity(step, settings.steps, settings.capacity)
    return settings.gamma * float(np.sign(rate - asked))
