"""What chance draws for a stack: each member draws for itself, whatever company it trains in."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from workbench.science import nets

BLOCK = 32  # steps that are drawn at a time: drawing costs per call


class Rows:
    """Draws rows with replacement, each member from rows of its own: [members, size]."""

    def __init__(self, choices: Sequence[Tensor], size: int, seeds: Sequence[int], device: str):
        self.choices = choices
        self.size = size
        self.generators = nets.generators(seeds)
        self.device = device
        self.ready: list[Tensor] = []

    def draw(self) -> Tensor:
        if not self.ready:
            blocks = []
            for rows, generator in zip(self.choices, self.generators, strict=True):
                u = torch.rand(BLOCK, self.size, generator=generator, dtype=torch.float64)
                blocks.append(rows[(u * len(rows)).long()])
            self.ready = list(torch.stack(blocks, 1).to(self.device).unbind())[::-1]
        return self.ready.pop()


def labelled_rows(given: Tensor) -> list[Tensor]:
    """The rows that have a label, for each member; given [members, n] holds -1 elsewhere."""
    return [torch.nonzero(own >= 0)[:, 0] for own in given.cpu()]


def other_rows(given: Tensor) -> list[Tensor]:
    """The rows without a label, for each member."""
    return [torch.nonzero(own < 0)[:, 0] for own in given.cpu()]


def shares(mixes: Sequence[float], steps: int, seeds: Sequence[int], device: str) -> Tensor:
    """lambda of every step and member [steps, members, 1, 1], drawn from Beta(mix, mix).

    A member whose mix is 0 blends nothing: its lambda is 1.
    """
    columns = [
        np.random.default_rng([seed, 5000]).beta(mix, mix, steps) if mix else np.ones(steps)
        for mix, seed in zip(mixes, seeds, strict=True)
    ]
    return torch.tensor(np.array(columns).T, dtype=torch.float32, device=device)[..., None, None]


class Partners:
    """Draws a permutation of a batch for each member: with whom an item is blended."""

    def __init__(self, size: int, seeds: Sequence[int], device: str):
        self.size = size
        self.generators = nets.generators(seeds)
        self.device = device
        self.ready: list[Tensor] = []

    def draw(self) -> Tensor:
        if not self.ready:
            u = [torch.rand(BLOCK, self.size, generator=g) for g in self.generators]
            self.ready = list(torch.stack(u, 1).argsort(-1).to(self.device).unbind())[::-1]
        return self.ready.pop()


def pick(values: Tensor, rows: Tensor) -> Tensor:
    """Picks rows [members, batch] of values [members, n, c]: [members, batch, c]."""
    return values.gather(1, rows[..., None].expand(*rows.shape, values.shape[-1]))


def blend(values: Tensor, share: Tensor, partners: Tensor) -> Tensor:
    """mixup: lambda v_i + (1 - lambda) v_j of values [members, batch, c] (Zhang et al. 2018)."""
    return share * values + (1 - share) * pick(values, partners)
