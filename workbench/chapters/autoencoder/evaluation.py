"""What the trained networks make of pictures, and what PCA makes of them."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.autoencoder.knobs import Settings
from workbench.chapters.autoencoder.lesson import Autoencoder, Corruption
from workbench.science import formulas
from workbench.science.tensors import Resident

SHOWN = 1000  # how many train and test pictures a frame's numbers are measured on
FITTED = 10_000  # how many training pictures PCA is fitted to


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Pictures and what the networks of a run, its own first, make of them.

    x [n, pixels]: clean; shown: as the encoder is shown them; hole: 1 where the answer counts;
    codes [networks, n, latent]; out [networks, n, pixels]: outside a hole it is what was shown.
    """

    x: Tensor
    shown: Tensor
    hole: Tensor
    codes: Tensor
    out: Tensor

    def mse(self, out: Tensor | None = None) -> np.ndarray:
        """Squared error per pixel that counts, of each network or of this other answer."""
        error = ((self.out if out is None else out) - self.x) * self.hole
        return (error.square().sum((-2, -1)) / self.hole.sum()).cpu().numpy()


def evaluate(net: Autoencoder, run: Settings, data: Resident, x: Tensor) -> Evaluation:
    """Spoils x [n, pixels] as the run does, the same way each time, and sends it through."""
    corrupt = Corruption(run, net.variants[:1], data)
    draws = corrupt.draw([len(x)], torch.Generator().manual_seed(1)).to(x.device)
    shown, hole = corrupt(x, draws[None])
    shown = shown.view(x.shape)
    hole = torch.as_tensor(hole, device=x.device).expand(1, *x.shape)[0]
    codes = net.encode(shown.expand(len(net.variants), *x.shape))
    return Evaluation(x, shown, hole, codes, torch.where(hole > 0, net.decoder(codes), shown))


@dataclass(frozen=True, eq=False)
class Moment:
    """A run after some steps: its networks, evaluated on held-out, training and example pictures.

    net: the run's own network, first, and those it is compared with.
    """

    net: Autoencoder
    data: Resident
    run: Settings
    held_out: Evaluation
    training: Evaluation
    examples: Evaluation

    @property
    def networks(self) -> int:
        """How many networks are compared, the run's own among them."""
        return len(self.net.variants)


@lru_cache(maxsize=4)
def principal_components(data: Resident) -> tuple[Tensor, Tensor]:
    """Mean and all principal components of the training pictures."""
    rows = data.train[:FITTED]
    return formulas.pca(rows, min(rows.shape))[:2]


def reconstruct_by_pca(data: Resident, evaluation: Evaluation, size: int) -> Tensor:
    """What PCA with `size` components makes of what the encoder is shown."""
    mean, components = principal_components(data)
    return formulas.pca_reconstruct(evaluation.shown, mean, components[:size])
