"""Multilayer perceptrons in a stack, and their gradient by the chain rule."""

import copy
from collections.abc import Sequence

import torch
from torch import Generator, Tensor


class Mlp:
    """Multilayer perceptrons with ReLU between layers, one for each generator.

    sizes: units from input to output; x [runs, batch, sizes[0]] -> [runs, batch, sizes[-1]].
    Weights start as in torch.nn.Linear, U(-1/sqrt(fan_in), 1/sqrt(fan_in)), drawn on the CPU so
    that a seed means the same network on every device.
    """

    def __init__(self, sizes: Sequence[int], generators: Sequence[Generator], device: str = "cpu"):
        self.weights: list[Tensor] = []
        self.biases: list[Tensor] = []
        self.inputs: list[Tensor] = []
        for fan_in, fan_out in zip(sizes[:-1], sizes[1:], strict=True):
            for shape, keep in (((fan_in, fan_out), self.weights), ((1, fan_out), self.biases)):
                runs = [torch.rand(shape, generator=g).mul_(2).sub_(1) for g in generators]
                keep.append(torch.stack(runs).div_(fan_in**0.5).to(device).requires_grad_())

    def parameters(self) -> list[Tensor]:
        return [*self.weights, *self.biases]

    def __call__(self, x: Tensor) -> Tensor:
        """The output; the input of every layer is kept for `backward`."""
        self.inputs = [x]
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            self.inputs.append(torch.baddbmm(bias, self.inputs[-1], weight).relu_())
        return torch.baddbmm(self.biases[-1], self.inputs[-1], self.weights[-1])

    def only(self, positions: Sequence[int]) -> "Mlp":
        """The networks at these positions of the stack, to evaluate and not to train."""
        few = copy.copy(self)
        positions = list(positions)
        few.weights = [weight.detach()[positions] for weight in self.weights]
        few.biases = [bias.detach()[positions] for bias in self.biases]
        return few

    def backward(self, grad: Tensor, to_input: bool = False) -> Tensor:
        """Fills every parameter's .grad from dLoss/d(output of the last call) [runs, batch, out].

        With to_input it returns dLoss/d(input), the gradient for whatever came before.
        """
        through = torch.ops.aten.threshold_backward.grad_input
        for layer in reversed(range(len(self.weights))):
            weight, x = self.weights[layer], self.inputs[layer]
            torch.sum(grad, 1, keepdim=True, out=self.biases[layer].grad)
            torch.bmm(x.mT, grad, out=weight.grad)
            if layer > 0 or to_input:
                grad = torch.bmm(grad, weight.mT)
            if layer > 0:  # ReLU lets a gradient through where its output is above zero
                through(grad, x, 0, grad_input=grad)
        return grad
