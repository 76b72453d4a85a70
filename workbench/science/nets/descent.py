"""Steps of training: a gradient by autograd, one step down it, and that step as a CUDA graph."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from workbench.science.nets.adam import Adam


def autograd(loss: Callable[..., Tensor]) -> Callable[..., None]:
    """gradient(net, *batch): the gradient of `loss(net, *batch)` [runs], left in each .grad."""

    def gradient(net, *batch) -> None:
        for parameter in net.parameters():
            parameter.grad.zero_()
        loss(net, *batch).sum().backward()

    return gradient


def descent(gradient: Callable[..., None]) -> Callable[..., None]:
    """descend(net, adam, *batch): one step of Adam down `gradient(net, *batch)`."""

    def descend(net, adam: Adam, *batch) -> None:
        gradient(net, *batch)
        adam.step()

    return descend


def captured(step: Callable[..., None], state: Sequence[Tensor], *examples: Tensor):
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
