"""The autoencoder: its networks, and the losses of its pre-training, with noise or without.

Every tensor has a leading axis of runs, which train side by side and share nothing.
"""

import copy

import torch
from torch import Tensor

from workbench.science import formulas, nets

START_LOGVAR = -2.0  # of a code: narrow enough that a sample of it is the autoencoder's code
PICTURES_AT_A_TIME = 10_000


class Autoencoder:
    """Encoders x -> (mean, log variance) of the code and decoders code -> logits of pixels.

    One of each for every run. Pre-training uses the means alone; VaDE learns the variances, too.
    """

    def __init__(self, pixels: int, latent: int, generators, device: str):
        hidden = [256, 128] if pixels <= 256 else [500, 500]
        self.encoder = nets.Mlp([pixels, *hidden, 2 * latent], generators, device)
        self.decoder = nets.Mlp([latent, *reversed(hidden), pixels], generators, device)
        self.encoder.weights[-1].data[..., latent:] = 0
        self.encoder.biases[-1].data[..., latent:] = START_LOGVAR

    def parameters(self) -> list[Tensor]:
        return self.encoder.parameters() + self.decoder.parameters()

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x [runs, batch, pixels] -> mean and log variance of its code, each [runs, batch, J]."""
        return self.encoder(x).chunk(2, -1)

    def only(self, run: int) -> "Autoencoder":
        """The networks of a single run, to look at and not to train."""
        single = copy.copy(self)
        single.encoder = self.encoder.only([run])
        single.decoder = self.decoder.only([run])
        return single

    def codes(self, run: int, x: Tensor) -> tuple[Tensor, Tensor]:
        """Means and log variances [n, J] of pictures x [n, pixels], by the networks of a run."""
        single = self.only(run)
        parts = [single.encode(part[None]) for part in x.split(PICTURES_AT_A_TIME)]
        return tuple(torch.cat(each, 1)[0] for each in zip(*parts, strict=True))

    def decode(self, run: int, z: Tensor) -> Tensor:
        """Logits [n, pixels] of codes z [n, J], by the networks of a run."""
        decoder = self.only(run).decoder
        return torch.cat([decoder(part[None])[0] for part in z.split(PICTURES_AT_A_TIME)])


def loss(coder: Autoencoder, x: Tensor) -> Tensor:
    """-log p(x|z) in nats at the mean code z, the mean over the batch [runs]."""
    z, _ = coder.encode(x)
    return formulas.bernoulli_nll(coder.decoder(z), x).mean(-1)


def vae_loss(coder: Autoencoder, x: Tensor, eps: Tensor, beta: float) -> Tensor:
    """Distortion + beta rate of a variational autoencoder, the mean over the batch [runs], in nats.

    The prior is a single N(0, 1): no clusters yet. x [runs, batch, pixels]; eps [runs, batch, J]
    standard normal. Kingma & Welling 2014; Higgins et al. 2017.
    """
    mean, logvar = coder.encode(x)
    z = formulas.reparameterise(mean, logvar, eps)
    distortion = formulas.bernoulli_nll(coder.decoder(z), x)
    return (distortion + beta * formulas.gaussian_kl(mean, logvar).sum(-1)).mean(-1)
