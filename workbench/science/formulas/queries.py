"""Whom to ask and what to believe: criteria and thresholds of active learning."""

import math

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


def delta_at(t: int, delta: float, decay: float, schedule: str = "linear") -> float:
    """The threshold ``delta_t`` on the entropy of what is believed, in nats, in round t = 0, 1, ...

    * linear: ``max(0, delta - decay t)``;
    * recursion: ``delta_t = delta_t-1 - decay t`` to the letter, that is
      ``delta - decay t (t + 1) / 2``. With the paper's numbers it is negative from t = 6 on, and
      then nothing is believed any more;
    * constant: ``delta``.

    Wang et al. 2017 print a rule that can be read either way, and public implementations differ.
    """
    if schedule == "linear":
        return max(0.0, delta - decay * t)
    if schedule == "recursion":
        return delta - decay * t * (t + 1) / 2
    return delta


def sure_at(delta: float, classes: int) -> float:
    """The least probability of the likeliest class that makes an entropy of ``delta`` certain.

    The other ``classes - 1`` share the rest equally: for a given maximum no entropy is larger. At
    or beyond the entropy of ``classes`` equal odds, nothing more than those odds is asked.
    """
    low, high = 1 / classes, 1.0
    for _ in range(60):  # the entropy falls as the maximum rises
        p = (low + high) / 2
        rest = (1 - p) / (classes - 1)
        entropy_of_p = -p * math.log(p) - (0 if rest == 0 else (1 - p) * math.log(rest))
        low, high = (low, p) if entropy_of_p < delta else (p, high)
    return high
