"""TODO."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from workbench.chapters.autoencoder.knobs import Settings
from workbench.chapters.autoencoder.lesson import Autoencoder, Member, corruption, draws_of
from workbench.science import formulas
from workbench.science.later import Tensor, torch
from workbench.science.tensors import Resident

SHOWN = 1000  # how many train and test pictures a frame's numbers are measured on
FITTED = 10_000  # how many training pictures PCA is fitted to


QUERIES = 200


@dataclass(frozen=True, eq=False)
class Look:
    """Pictures and what the networks of a family, the run itself first, make of them.

    x [n, pixels] clean; seen: as the encoder is shown them; hole: 1 where the answer counts;
    codes [members, n, latent]; out [members, n, pixels], outside a hole what was shown.
    """

    x: Tensor
    seen: Tensor
    hole: Tensor
    codes: Tensor
    out: Tensor

    def mse(self, out: Tensor | None = None) -> np.ndarray:
        """Squared error per pixel that counts, of each member or of this other answer."""
        error = ((self.out if out is None else out) - self.x) * self.hole
        return (error.square().sum((-2, -1)) / self.hole.sum()).cpu().numpy()


def look(net: Autoencoder, run: Settings, data: Resident, x: Tensor) -> Look:
    """Corrupts x [n, pixels] as the run does, the same way each time, and sends it through."""
    kind, shape = draws_of(run, len(x), data.pixels)
    draws = kind(shape, generator=torch.Generator().manual_seed(1)).to(x.device)
    seen, hole = corruption(run, [run], data)(x, draws[None])
    seen, hole = seen.view(x.shape), torch.as_tensor(hole, device=x.device).expand(1, *x.shape)[0]
    codes = net.encode(seen.expand(len(net.used), *x.shape))
    return Look(x, seen, hole, codes, torch.where(hole > 0, net.decoder(codes), seen))


@lru_cache(maxsize=4)
def principal(data: Resident) -> tuple[Tensor, Tensor]:
    """Mean and all principal components of the training pictures."""
    rows = data.train[:FITTED]
    return formulas.pca(rows, min(rows.shape))[:2]


def pca_answer(data: Resident, shown: Look, k: int) -> Tensor:
    """What PCA with k components makes of what the encoder is shown."""
    mean, components = principal(data)
    return formulas.pca_reconstruct(shown.seen, mean, components[:k])


@dataclass(frozen=True, eq=False)
class Scene:
    """A run at one instant: its family's networks on held-out, training and example pictures."""

    net: Autoencoder
    data: Resident
    run: Settings
    kin: list[Member]
    held: Look
    trained: Look
    shots: Look
