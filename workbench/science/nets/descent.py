"""Steps of training: a gradient by autograd, one step down it, and that step as a CUDA graph."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from workbench.science.nets.adam import Adam


def autograd(loss: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """gradient(net, *batch): the losses `loss(net, *batch)` [runs]; leaves their gradient in each
    parameter's .grad."""

    def gradient(net: Any, *batch: Any) -> Tensor:
        for parameter in net.parameters():
            parameter.grad.zero_()
        losses = loss(net, *batch)
        losses.sum().backward()
        return losses.detach()

    return gradient


def descent(gradient: Callable[..., Any]) -> Callable[..., Any]:
    """descend(net, adam, *batch): one step of Adam down `gradient(net, *batch)`; returns what the
    gradient returns."""

    def descend(net: Any, adam: Adam, *batch: Any) -> Any:
        losses = gradient(net, *batch)
        adam.step()
        return losses

    return descend


def captured(
    step: Callable[..., None], state: Sequence[Tensor], *examples: Tensor
) -> Callable[..., None]:
    """`step` as one CUDA graph: a function of tensors like `examples` that does the same.

    A step of a small net is some fifty kernels, and launching them costs more than running them; a
    graph launches them all at once. `state`: every tensor that a step changes; it is left as it
    was. Whatever else the step reads must be tensors that stay where they are: a number would be
    frozen.
    """
    before = [tensor.clone() for tensor in state]
    inputs = [tensor.clone() for tensor in examples]
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):  # libraries make their workspaces before the capture
        for _ in range(3):
            step(*inputs)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step(*inputs)
    for tensor, saved in zip(state, before, strict=True):
        tensor.copy_(saved)

    def replay(*given: Tensor) -> None:
        for held, tensor in zip(inputs, given, strict=True):
            held.copy_(tensor)
        graph.replay()

    return replay
