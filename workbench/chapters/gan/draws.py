"""What chance draws for the games: each member draws for itself, whatever company it plays in."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from workbench.chapters.gan.knobs import Settings
from workbench.chapters.gan.members import Member
from workbench.science import nets

BATCH = 64
LATENT = {"plane": 2, "pictures": 16}  # numbers of z


class Batch(NamedTuple):
    """What both networks see in a turn: real [members, batch, width], z [members, batch, latent],
    `fog` to add to what is generated, and `mix` [members, batch, 1] to blend both by."""

    real: Tensor
    z: Tensor
    fog: Tensor
    mix: Tensor


class Batches:
    """Draws what a turn needs, for each member from generators of its own."""

    def __init__(self, stack: Sequence[Member], run: Settings, x: Tensor):
        self.x = x
        device, seeds = str(x.device), [member.seed for member in stack]
        size = min(BATCH, len(x))
        rows, z, fog, mix = (nets.generators([s + 1000 * i for s in seeds]) for i in (1, 2, 3, 4))
        self.rows = nets.Batches(len(x), size, rows, device)
        self.z = nets.Noise((size, LATENT[run.kind]), z, device)
        self.fog = nets.Noise((2, size, x.shape[1]), fog, device)
        self.mix = nets.Noise((size, 1), mix, device)
        self.deviation = torch.tensor([m.noise for m in stack], device=device)[:, None, None]
        self.blends = run.loss == "Wasserstein"

    def draw(self, left: float) -> Batch:
        """A batch. `left` is the share of the steps that are left: the noise falls with it."""
        real, fog = self.x[self.rows.draw()], torch.zeros((), device=self.x.device)
        if self.deviation.any():
            far, fog = (left * self.deviation * part for part in self.fog.draw().unbind(1))
            real = real + far
        mix = torch.special.ndtr(self.mix.draw()) if self.blends else fog  # uniform
        return Batch(real, self.z.draw(), fog, mix)
