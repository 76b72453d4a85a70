"""Random numbers of a stack: every run draws its own, whatever company it trains in."""

from collections.abc import Sequence

import torch
from torch import Generator, Tensor


def generators(seeds: Sequence[int]) -> list[Generator]:
    """One CPU generator for each run."""
    return [torch.Generator().manual_seed(seed) for seed in seeds]


class Batches:
    """Mini-batches of data that stay on the device.

    Each run walks through its own random permutations: `draw()` gives indices [runs, batch]. Runs
    with the same seed see the same order, whatever company they train in.
    """

    def __init__(self, count: int, size: int, generators: Sequence[Generator], device: str):
        self.count = count
        self.size = min(size, count)
        self.generators = generators
        self.device = device
        self.order = torch.empty(0)
        self.position = count

    def draw(self) -> Tensor:
        if self.position + self.size > self.count:  # a short last batch is left out
            orders = [torch.randperm(self.count, generator=g) for g in self.generators]
            self.order = torch.stack(orders).to(self.device)
            self.position = 0
        start = self.position
        self.position += self.size
        return self.order[:, start : self.position]


class Noise:
    """Standard normal numbers [runs, *shape] for one step after the other.

    Each run's come from its own generator, a block of steps at a time: drawing costs per call.
    """

    def __init__(
        self, shape: Sequence[int], generators: Sequence[Generator], device: str, block: int = 16
    ):
        self.shape = (block, *shape)
        self.generators = generators
        self.device = device
        self.ready: list[Tensor] = []

    def draw(self) -> Tensor:
        if not self.ready:
            runs = [torch.randn(self.shape, generator=g) for g in self.generators]
            self.ready = list(torch.stack(runs, 1).to(self.device).unbind())[::-1]
        return self.ready.pop()
