"""TODO."""

from workbench.chapters.beta_vae.knobs import SIGMA
from workbench.science import formulas, nets
from workbench.science.later import Tensor


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


def gradient_by_autograd(vae: Vae, x: Tensor, eps: Tensor, weight, likelihood: str) -> None:
    """Gradients of distortion + weight * rate (mean over the batch), left in each .grad.

    x [runs, batch, pixels]; eps [runs, batch, J] standard normal; weight(rate) gives the price of
    the rate [runs, 1, 1] and may call rate() for that of this batch [runs]. This is the lesson;
    what follows is the same gradient written out, for speed.
    """
    mu, logvar = vae.encode(x)
    out = vae.decoder(formulas.reparameterise(mu, logvar, eps))
    distortion = _distortion(out, x, likelihood).mean(-1)
    rate = formulas.gaussian_kl(mu, logvar).sum(-1).mean(-1)
    loss = distortion + weight(rate.detach).flatten() * rate
    for p in vae.parameters():
        p.grad.zero_()
    loss.sum().backward()


def _distortion(out: Tensor, x: Tensor, likelihood: str) -> Tensor:
    if likelihood == "bernoulli":
        return formulas.bernoulli_nll(out, x)
    return formulas.gaussian_nll(out, x, SIGMA)
