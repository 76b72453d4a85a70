"""Convolutions of networks that train side by side, and the way between two sizes of pictures."""

import copy
from collections.abc import Sequence

import torch
from torch import Generator, Tensor
from torch.nn import functional as F


class Convolution:
    """3 x 3 convolutions [runs, batch, inputs, h, w] -> [runs, batch, outputs, h, w].

    Weights and biases start uniform between plus and minus 1/sqrt(9 inputs), as in torch.nn. The
    runs go one after the other, so that the numbers of a run never depend on its company.
    """

    def __init__(
        self, inputs: int, outputs: int, generators: Sequence[Generator], device: str = "cpu"
    ):
        weight, bias = (
            torch.stack([torch.rand(shape, generator=g) * 2 - 1 for g in generators])
            .div_((9 * inputs) ** 0.5)
            .to(device)
            .requires_grad_()
            for shape in ((outputs, inputs, 3, 3), (outputs,))
        )
        self.weight = weight
        self.bias = bias

    def only(self, run: int) -> "Convolution":
        """The convolution of this run alone, without a gradient."""
        single = copy.copy(self)
        single.weight = self.weight.detach()[run : run + 1]
        single.bias = self.bias.detach()[run : run + 1]
        return single

    def __call__(self, x: Tensor) -> Tensor:
        runs = zip(x, self.weight, self.bias, strict=True)
        return torch.stack([F.conv2d(rows, w, b, padding=1) for rows, w, b in runs])


def double(x: Tensor) -> Tensor:
    """x [.., h, w] with each number four times [.., 2h, 2w]."""
    return x.repeat_interleave(2, -1).repeat_interleave(2, -2)


def halve(x: Tensor) -> Tensor:
    """The largest of each 2 x 2 numbers of x [runs, batch, channels, h, w]."""
    return F.max_pool2d(x.flatten(0, 1), 2).unflatten(0, x.shape[:2])
