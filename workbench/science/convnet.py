"""A small convolutional network in a stack, for pictures that a perceptron sees poorly."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Generator, Tensor
from torch.nn import functional as F


class Kind(NamedTuple):
    """The channels of two convolutions, and the side of their kernels."""

    first: int
    second: int
    kernel: int


SMALL = Kind(8, 16, 3)
LENET = Kind(20, 50, 5)  # LeNet-5 as Caffe has it; padded, so that it takes small pictures, too


class Cnn:
    """Two convolutions, each with ReLU and 2 x 2 max-pooling, and a linear layer.

    As `nets.Mlp`: one network for each generator, parameters [runs, ...], x [runs, batch, height *
    width] -> [runs, batch, classes]. The networks are applied one after the other, so that one's
    numbers never depend on its company; convolutions are large enough for that to cost little.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        classes: int,
        generators: Sequence[Generator],
        device: str = "cpu",
        kind: Kind = SMALL,
    ):
        self.shape = shape
        self.margin = kind.kernel // 2
        height, width = (-(-side // 4) for side in shape)  # halved twice, rounded up
        first, second, side = kind
        sizes = [
            (first, 1, side, side),
            (second, first, side, side),
            (classes, second * height * width),
        ]
        self.weights: list[Tensor] = []
        self.biases: list[Tensor] = []
        for out, *fan in sizes:  # as in nets.Mlp: uniform, by the number of inputs
            for size, keep in (((out, *fan), self.weights), ((out,), self.biases)):
                runs = [torch.rand(size, generator=g).mul_(2).sub_(1) for g in generators]
                keep.append(torch.stack(runs).div_(math.prod(fan) ** 0.5).to(device))
        for parameter in self.parameters():
            parameter.requires_grad_()

    def parameters(self) -> list[Tensor]:
        return [*self.weights, *self.biases]

    def __call__(self, x: Tensor) -> Tensor:
        return torch.stack([self.evaluate(position, rows) for position, rows in enumerate(x)])

    def evaluate(self, position: int, x: Tensor) -> Tensor:
        """The network at `position` alone: x [batch, pixels] -> [batch, classes]."""
        x = x.view(-1, 1, *self.shape)
        for weight, bias in zip(self.weights[:2], self.biases[:2], strict=True):
            x = F.conv2d(x, weight[position], bias[position], padding=self.margin)
            # the largest, then ReLU: the same as the other way round, for a quarter of the work
            x = F.relu(halve(x))
        return F.linear(x.flatten(1), self.weights[2][position], self.biases[2][position])


def halve(x: Tensor) -> Tensor:
    """The largest of each 2 x 2 of x [batch, channels, height, width]; at an odd end, of fewer.

    Without a gradient it is taken of rows and columns: the same numbers in an eighth of the time
    that the pooling takes, which must remember where each came from.
    """
    if torch.is_grad_enabled() or x.shape[2] % 2 or x.shape[3] % 2:
        return F.max_pool2d(x, 2, ceil_mode=True)
    rows = torch.maximum(x[:, :, ::2], x[:, :, 1::2])
    return torch.maximum(rows[..., ::2], rows[..., 1::2])
