"""A discriminator, with or without spectral normalisation (Miyato et al. 2018)."""

from collections.abc import Sequence

import torch
from torch import Generator, Tensor

from workbench.science import nets

FIRST_ROUNDS = 20  # of power iteration, before the first turn
LEAST = 1e-12  # of a length that is divided by


class Discriminator(nets.Mlp):
    """An Mlp that uses W / sigma(W) where it is `spectral`, sigma being W's largest singular value.

    sigma = u W v follows the weights: `refresh` turns u and v by one round of power iteration.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        generators: Sequence[Generator],
        device: str = "cpu",
        spectral: bool = False,
    ):
        super().__init__(sizes, generators, device)
        self.spectral = spectral
        self.u = [torch.ones(len(w), 1, w.shape[1], device=device) for w in self.weights]
        self.v = [torch.ones(len(w), w.shape[2], 1, device=device) for w in self.weights]
        for _ in range(FIRST_ROUNDS):
            self.refresh()

    @torch.no_grad()
    def refresh(self) -> None:
        """One round of power iteration for every layer."""
        for layer, weight in enumerate(self.weights if self.spectral else ()):
            v = torch.bmm(self.u[layer], weight).mT
            self.v[layer] = v / v.norm(dim=1, keepdim=True).clamp_min(LEAST)
            u = torch.bmm(weight, self.v[layer]).mT
            self.u[layer] = u / u.norm(dim=2, keepdim=True).clamp_min(LEAST)

    def sigmas(self) -> list[Tensor]:
        """u W v of every layer [members, 1, 1]."""
        layers = zip(self.u, self.weights, self.v, strict=True)
        return [torch.bmm(torch.bmm(u, w), v).clamp_min(LEAST) for u, w, v in layers]

    def effective(self) -> nets.Mlp:
        """The network that is used: this one, or the one of the normalised weights.

        Its weights share their .grad with this one's.
        """
        if not self.spectral:
            return self
        used = object.__new__(nets.Mlp)
        used.weights = [w / sigma for w, sigma in zip(self.weights, self.sigmas(), strict=True)]
        used.biases = self.biases
        used.inputs = []
        return used

    def __call__(self, x: Tensor) -> Tensor:
        used = self.effective()
        return super().__call__(x) if used is self else used(x)

    def only(self, positions: Sequence[int]) -> nets.Mlp:
        used = self.effective()
        return super().only(positions) if used is self else used.only(positions)

    @torch.no_grad()
    def normalise_gradient(self, used: nets.Mlp) -> None:
        """Turns dL / d(W / sigma) in every weight's .grad into dL / dW:
        (g - <g, W / sigma> u v) / sigma."""
        layers = zip(self.weights, used.weights, self.sigmas(), self.u, self.v, strict=True)
        for weight, normal, sigma, u, v in layers:
            along = (weight.grad * normal).sum((1, 2), keepdim=True)
            weight.grad.sub_(along * torch.bmm(u.mT, v.mT)).div_(sigma)
