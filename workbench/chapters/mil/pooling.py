r"""Pooling: from the instances of a bag to one number, whatever their order and their number.

Bags of unlike size lie in one padded tensor. Scores are ``[..., bags, instances]``, embeddings
``h [..., bags, instances, M]``, and ``mask [..., bags, instances]`` is True for an instance, False
for padding; every bag holds at least one. Padding never counts: it gets no weight and no gradient.
Probabilities stay log-odds as long as they can.

Instance-level poolings turn instance log-odds into the bag's; embedding-level ones turn embeddings
into one embedding ``z [..., bags, M]``, which a classifier reads. Ilse, Tomczak & Welling 2018.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

SHARP = 5.0  # r of log-sum-exp: 0 would be the mean, infinity the max


def attention_weights(
    h: Tensor, mask: Tensor, V: Tensor, w: Tensor, U: Tensor | None = None
) -> Tensor:
    """``a_k = softmax_k(w^T tanh(V^T h_k))``, gated with U: ``tanh(V^T h_k) * sigm(U^T h_k)``.

    V and U ``[..., M, L]``, w ``[..., L, 1]`` with the leading axes of h. The weights of a bag sum
    to 1; on padding they are 0. They compare instances of one bag only. Ilse et al. 2018,
    equations 8 and 9.
    """
    flat = h.flatten(-3, -2)  # (..., bags x instances, M)
    hidden = torch.tanh(flat @ V)
    if U is not None:
        hidden = hidden * torch.sigmoid(flat @ U)
    scores = project(hidden, w).view(mask.shape)
    return scores.masked_fill(~mask, -torch.inf).softmax(-1)


def uniform_weights(h: Tensor, mask: Tensor) -> Tensor:
    """``a_k = 1/K``: mean pooling."""
    return mask.to(h) / mask.sum(-1, keepdim=True)


def weighted(h: Tensor, weights: Tensor) -> Tensor:
    """``z = sum_k a_k h_k``; weights [..., bags, instances]."""
    return (weights.unsqueeze(-1) * h).sum(-2)  # cheaper than a small matrix product for each bag


def max_pool(h: Tensor, mask: Tensor) -> Tensor:
    """``z_m = max_k h_km``, feature by feature."""
    return h.masked_fill(~mask.unsqueeze(-1), -torch.inf).amax(-2)


def features_won(h: Tensor, mask: Tensor) -> Tensor:
    """Share of the M features of ``max_pool`` that each instance gives, [..., bags, instances]."""
    winner = h.masked_fill(~mask.unsqueeze(-1), -torch.inf).argmax(-2)  # (..., bags, M)
    share = torch.full_like(winner, 1 / h.shape[-1], dtype=h.dtype)
    return torch.zeros(mask.shape, dtype=h.dtype, device=h.device).scatter_add_(-1, winner, share)


def instance_max(scores: Tensor, mask: Tensor) -> Tensor:
    """``P = max_k p_k``: the standard assumption to the letter; one instance learns at a time."""
    return scores.masked_fill(~mask, -torch.inf).amax(-1)


def instance_mean(scores: Tensor, mask: Tensor) -> Tensor:
    """``P = (1/K) sum_k p_k``: says of a bag how many witnesses it has, not whether it has one."""

    def log_sum(signed: Tensor) -> Tensor:
        return F.logsigmoid(signed).masked_fill(~mask, -torch.inf).logsumexp(-1)

    return log_sum(scores) - log_sum(-scores)  # both logarithms carry the same log K


def noisy_or(scores: Tensor, mask: Tensor) -> Tensor:
    """``P = 1 - prod_k (1 - p_k)``: each instance has its own chance to make the bag positive."""
    log_not = -F.softplus(scores).masked_fill(~mask, 0).sum(-1)
    log_not = log_not.clamp_max(-1e-6)  # the logarithm of 1 - 1 would be that of 0
    return (-torch.expm1(log_not)).log() - log_not


def log_sum_exp(scores: Tensor, mask: Tensor, r: float = SHARP) -> Tensor:
    """``P = (1/r) log (1/K) sum_k exp(r p_k)``: between mean (small r) and max (large r).

    Ramon & De Raedt 2000.
    """
    terms = (r * scores.sigmoid()).masked_fill(~mask, -torch.inf)
    p = (terms.logsumexp(-1) - mask.sum(-1).to(terms).log()) / r
    return torch.logit(p, eps=1e-6)


POOLS = {
    "instance-max": instance_max,
    "instance-mean": instance_mean,
    "noisy-or": noisy_or,
    "log-sum-exp": log_sum_exp,
}


def project(x: Tensor, column: Tensor) -> Tensor:
    """``x column``, [..., n, d] and [..., d, 1] -> [..., n].

    As a sum: a matrix product with one column is rounded otherwise alone than in a stack.
    """
    return (x * column.mT).sum(-1)
