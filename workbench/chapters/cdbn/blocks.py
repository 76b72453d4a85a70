"""Probabilistic max-pooling: of a block of hidden units at most one is on (Lee et al. 2009).

A map [..., height, width] is cut into blocks of side x side units; `cut` lays the units of a block
along a first axis, so that a block is a column there, and `join` is its inverse.
"""

import torch
from torch import Tensor


def cut(maps: Tensor, side: int) -> Tensor:
    """maps [..., height, width] -> [side * side, ..., height / side, width / side]."""
    corners = [(i, j) for i in range(side) for j in range(side)]
    return torch.stack([maps[..., i::side, j::side] for i, j in corners])


def join(blocks: Tensor, side: int) -> Tensor:
    """[side * side, ..., rows, columns] -> maps [..., rows * side, columns * side]."""
    *more, rows, columns = blocks.shape[1:]
    maps = blocks.new_empty(*more, rows * side, columns * side)
    for number, units in enumerate(blocks):
        i, j = divmod(number, side)
        maps[..., i::side, j::side] = units
    return maps


def probabilities(inputs: Tensor, side: int) -> tuple[Tensor, Tensor]:
    r"""What each unit's probability to be on is, and each block's to have none on.

    :math:`P(h_{ij} = 1) = e^{I_{ij}} / (1 + \sum_{B} e^{I})` and
    :math:`P(\text{off}) = 1 / (1 + \sum_{B} e^{I})`.

    inputs [..., height, width]; returns blocks [side * side, ..., rows, columns] and [..., rows,
    columns]. With side 1 this is the logistic function.
    """
    blocks = cut(inputs, side)
    most = blocks.amax(0).clamp_min_(0)  # so that no exponential overflows
    exponentials, nothing = blocks.sub_(most).exp_(), most.neg_().exp_()
    total = exponentials.sum(0).add_(nothing)
    return exponentials.div_(total), nothing.div_(total)


def draw(blocks: Tensor, uniform: Tensor) -> Tensor:
    """At most one unit of each block, drawn by its probability: 0 or 1, in the shape of `blocks`.

    uniform [..., rows, columns] in [0, 1): a block's unit is the first at which the sum of
    probabilities passes it; where the whole sum does not, none is on.
    """
    passed = uniform < blocks.cumsum(0)
    first = passed.clone()
    first[1:] &= ~passed[:-1]
    return first.to(blocks.dtype)


def log_partition(inputs: Tensor, side: int) -> Tensor:
    r""":math:`\log (1 + \sum_{B} e^{I})` of each block [..., rows, columns]."""
    blocks = cut(inputs, side)
    most = blocks.amax(0).clamp_min_(0)
    return most + (blocks.sub_(most).exp_().sum(0) + (-most).exp()).log()
