"""Whom to ask and what to believe: criteria and thresholds of active learning."""

import torch
from torch import Tensor


def least_confidence(p: Tensor) -> Tensor:
    """``lc_i = max_j p_ij``: ``[..., n, classes] -> [..., n]``. Ask about the *smallest*.

    ``p`` are class probabilities. Wang et al. 2017, criterion LC.
    """
    return p.max(-1).values


def margin(p: Tensor) -> Tensor:
    """``ms_i = p_i,j1 - p_i,j2`` of the likeliest class and the next: ``[..., n]``, never negative.

    Ask about the *smallest*. The order of the subtraction matters: ``p_i,j2 - p_i,j1`` sorts the
    pool the other way round, and then the surest are asked. Wang et al. 2017, criterion MS.
    """
    first, second = p.topk(2, -1).values.unbind(-1)
    return first - second


def entropy(p: Tensor) -> Tensor:
    """``en_i = -sum_j p_ij log p_ij`` in nats, ``0 log 0 = 0``: ``[..., n]``.

    Ask about the *largest*; believe what is below a threshold. Wang et al. 2017, criterion EN.
    """
    return torch.special.entr(p).sum(-1)
