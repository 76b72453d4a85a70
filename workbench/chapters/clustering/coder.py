"""TODO."""

import copy

from workbench.science import nets
from workbench.science.later import Tensor, torch

START_LOGVAR = -2.0  # of a code: narrow enough that a sample of it is the autoencoder's code


class Coder:
    """Encoders x -> (mean, log variance) of the code and decoders code -> logits of pixels.

    One of each for every run. Pre-training uses the means alone, as an autoencoder does.
    """

    def __init__(self, pixels: int, latent: int, generators, device: str):
        hidden = [256, 128] if pixels <= 256 else [500, 500]
        self.latent = latent
        self.encoder = nets.Mlp([pixels, *hidden, 2 * latent], generators, device)
        self.decoder = nets.Mlp([latent, *reversed(hidden), pixels], generators, device)
        self.encoder.weights[-1].data[..., latent:] = 0
        self.encoder.biases[-1].data[..., latent:] = START_LOGVAR

    def parameters(self) -> list[Tensor]:
        return self.encoder.parameters() + self.decoder.parameters()

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x [runs, batch, pixels] -> mean and log variance of its code, each [runs, batch, J]."""
        return self.encoder(x).chunk(2, -1)

    def only(self, run: int) -> "Coder":
        """One run's networks, to look at and not to train."""
        one = copy.copy(self)
        for half in ("encoder", "decoder"):
            part = copy.copy(getattr(self, half))
            part.weights = [w.detach()[run : run + 1] for w in part.weights]
            part.biases = [b.detach()[run : run + 1] for b in part.biases]
            setattr(one, half, part)
        return one

    def codes(self, run: int, x: Tensor) -> tuple[Tensor, Tensor]:
        """Means and log variances [n, J] of pictures x [n, pixels], by the networks of a run."""
        one = self.only(run)
        parts = [one.encode(part[None]) for part in x.split(10_000)]
        return tuple(torch.cat(each, 1)[0] for each in zip(*parts, strict=True))

    def decode(self, run: int, z: Tensor) -> Tensor:
        """Logits [n, pixels] of codes z [n, J], by the networks of a run."""
        decoder = self.only(run).decoder
        return torch.cat([decoder(part[None])[0] for part in z.split(10_000)])


@torch.inference_mode()
def autoencoder_gradient(net: Coder, x: Tensor) -> None:
    """Gradient of the mean over the batch of -log p(x|z = mean code), left in each .grad."""
    mean, logvar = net.encode(x)
    d_out = net.decoder(mean).sigmoid_().sub_(x).div_(x.shape[1])
    d_mean = net.decoder.backward(d_out, to_input=True)
    net.encoder.backward(torch.cat([d_mean, torch.zeros_like(logvar)], -1))
