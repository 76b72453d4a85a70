"""One layer: a convolutional restricted Boltzmann machine for each run, and what it makes of v."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from workbench.chapters.cdbn import blocks

SPREAD = 0.05  # standard deviation of the first weights


class Form(NamedTuple):
    """What a layer looks at, channels of height x width, and what it has: filters of width x
    width, and blocks of block x block hidden units."""

    channels: int
    height: int
    width: int
    filters: int
    window: int
    block: int

    @property
    def pooled(self) -> tuple[int, int]:
        """Rows and columns of blocks: they cover the picture."""
        return -(-self.height // self.block), -(-self.width // self.block)

    @property
    def before(self) -> int:
        """Rows above the picture, and columns to its left, that are known to be 0."""
        return (self.window - 1) // 2


class Means(NamedTuple):
    """Means over pictures and positions: of a hidden unit times what it looks at [runs, filters,
    channels, window, window], of hidden units [runs, filters] and of pixels [runs, channels]."""

    weights: Tensor
    hidden: Tensor
    visible: Tensor


class Layer:
    """Weights, hidden biases and visible biases, in the shapes of `Means`; a run a generator."""

    def __init__(self, form: Form, generators: Sequence[Generator], device: str):
        self.form = form
        size = form.filters, form.channels, form.window, form.window
        first = [SPREAD * torch.randn(size, generator=g) for g in generators]
        self.weights = torch.stack(first).to(device)
        self.hidden = torch.zeros(len(generators), form.filters, device=device)
        self.visible = torch.zeros(len(generators), form.channels, device=device)

    def parameters(self) -> list[Tensor]:
        return [self.weights, self.hidden, self.visible]

    def pad(self, v: Tensor) -> Tensor:
        """v [runs, batch, channels, height, width] with zeros around it, known to be there."""
        form = self.form
        down, right = (
            count * form.block + form.window - 1 - form.before - side
            for side, count in zip((form.height, form.width), form.pooled, strict=True)
        )
        return F.pad(v, (form.before, right, form.before, down))

    def up(self, v: Tensor) -> Tensor:
        """I, the input of every hidden unit [runs, batch, filters, rows, columns]."""
        runs = zip(self.pad(v), self.weights, self.hidden, strict=True)
        return torch.stack([F.conv2d(x, w, b) for x, w, b in runs])

    def project(self, h: Tensor) -> Tensor:
        """What hidden units h [runs, batch, filters, rows, columns] draw: W * h, without a bias."""
        form = self.form
        turned = self.weights.flip(-2, -1).transpose(1, 2)
        full = [F.conv2d(x, w, padding=form.window - 1) for x, w in zip(h, turned, strict=True)]
        rows, columns = (slice(form.before, form.before + n) for n in (form.height, form.width))
        return torch.stack(full)[..., rows, columns]

    def down(self, h: Tensor) -> Tensor:
        """The input of every pixel from hidden units h; its logistic function is P(v = 1 | h)."""
        return self.project(h) + self.visible[:, None, :, None, None]

    def probabilities(self, v: Tensor, more: Tensor | float = 0.0) -> tuple[Tensor, Tensor]:
        """P(h = 1 | v) by blocks [units of a block, runs, batch, filters, rows, columns], and P(no
        unit of a block is on); `more` is what else the units are told."""
        return blocks.probabilities(self.up(v) + more, self.form.block)

    def pool(self, v: Tensor) -> Tensor:
        """P(some unit of a block is on | v) [runs, batch, filters, rows, columns]."""
        return 1 - blocks.log_partition(self.up(v), self.form.block).neg_().exp_()

    def reconstruct(self, v: Tensor) -> Tensor:
        """Mean field: the hidden probabilities of v, and what they make the pixels."""
        return self.down(blocks.join(self.probabilities(v)[0], self.form.block)).sigmoid_()

    def free_energy(self, v: Tensor) -> Tensor:
        """-log sum_h e^-E(v, h) of each picture [runs, batch]: exact, as blocks are independent."""
        hidden = blocks.log_partition(self.up(v), self.form.block).sum((2, 3, 4))
        return -hidden - (v * self.visible[:, None, :, None, None]).sum((2, 3, 4))

    def means(self, v: Tensor, h: Tensor) -> Means:
        """What v and h have in common: minus the gradient of E(v, h), a mean over positions."""
        pairs = zip(self.pad(v).transpose(1, 2), h.transpose(1, 2), strict=True)
        outer = torch.stack([F.conv2d(x, units).transpose(0, 1) for x, units in pairs])
        return Means(outer / h[0, :, 0].numel(), h.mean((1, 3, 4)), v.mean((1, 3, 4)))
