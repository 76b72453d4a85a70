"""The beta-VAE: its networks, its loss and its training loop.

Every tensor has a leading axis of runs, which train side by side and share nothing; one run is the
ordinary case.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from workbench.chapters.beta_vae.knobs import SIGMA, Settings
from workbench.science import formulas, nets
from workbench.science.tensors import Resident


class Vae:
    """Encoders x -> (mu, log sigma^2) and decoders z -> pixels, one of each for every run."""

    def __init__(self, pixels: int, latent: int, generators, device: str, hidden=None):
        hidden = hidden or ([128] if pixels <= 256 else [256, 256])
        self.latent = latent
        self.encoder = nets.Mlp([pixels, *hidden, 2 * latent], generators, device)
        self.decoder = nets.Mlp([latent, *reversed(hidden), pixels], generators, device)

    def parameters(self) -> list[Tensor]:
        return self.encoder.parameters() + self.decoder.parameters()

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x [runs, batch, pixels] -> mean and log variance of its code, each [runs, batch, J]."""
        return self.encoder(x).chunk(2, -1)


class Price(NamedTuple):
    """What the rate costs: beta a nat, or gamma for each nat away from C (Burgess et al. 2018).

    kind is "beta" or "capacity"; beta, gamma and capacity have one number for each run [runs].
    """

    kind: str
    beta: Tensor
    gamma: Tensor
    capacity: Tensor

    @classmethod
    def from_knobs(cls, runs: Sequence[Settings], device: str) -> "Price":
        """The price that these runs pay at the end of training."""
        names = "beta", "gamma", "capacity"
        columns = ([getattr(run, name) for run in runs] for name in names)
        return cls(runs[0].kind, *(torch.tensor(column, device=device) for column in columns))

    def at(self, step: int, steps: int) -> "Price":
        """The price at `step` of `steps`: C grows to what was asked for."""
        if self.kind == "beta":
            return self
        return self._replace(capacity=formulas.capacity(step, steps, self.capacity))

    def of(self, rate: Tensor) -> Tensor:
        """The cost [runs] of a rate [runs] in nats."""
        if self.kind == "beta":
            return self.beta * rate
        return self.gamma * (rate - self.capacity).abs()


def distortion(out: Tensor, x: Tensor, likelihood: str) -> Tensor:
    """-log p(x|z) in nats [...], from the decoder's output and the pixels, both [..., pixels]."""
    if likelihood == "bernoulli":
        return formulas.bernoulli_nll(out, x)
    return formulas.gaussian_nll(out, x, SIGMA)


def loss(vae: Vae, x: Tensor, eps: Tensor, price: Price, likelihood: str) -> Tensor:
    """Adds distortion and the price of the rate, means over the batch [runs] (Higgins et al. 2017).

    x [runs, batch, pixels]; eps [runs, batch, J] is standard normal.
    """
    mu, logvar = vae.encode(x)
    z = formulas.reparameterise(mu, logvar, eps)
    rate = formulas.gaussian_kl(mu, logvar).sum(-1).mean(-1)
    return distortion(vae.decoder(z), x, likelihood).mean(-1) + price.of(rate)


def fit(
    runs: Sequence[Settings], data: Resident, device: str = "cpu", loss=loss, descend=None
) -> Iterator[tuple[int, Vae]]:
    """Trains a VAE for each run and yields (step, networks) after every step.

    `descend(vae, adam, *batch)` makes one step; without it, Adam follows autograd down `loss`.
    """
    first = runs[0]
    seeds = nets.generators([run.seed for run in runs])
    vae = Vae(data.pixels, first.latent, seeds, device)
    adam = nets.Adam(vae.parameters(), [run.lr for run in runs])
    size = 64 if len(data.train) <= 10_000 else 128
    batches = nets.Batches(len(data.train), size, seeds, device)
    noise = nets.Noise((batches.size, first.latent), seeds, device)
    descend = descend or nets.descent(nets.autograd(loss))
    price = Price.from_knobs(runs, device)
    for step in range(1, first.steps + 1):
        x, eps = data.train[batches.draw()], noise.draw()
        descend(vae, adam, x, eps, price.at(step, first.steps), first.likelihood)
        yield step, vae
