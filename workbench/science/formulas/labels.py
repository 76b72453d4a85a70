"""Learning from labels that may be wrong: cross-entropy and bootstrapping (Reed et al. 2015)."""

import torch
from torch import Tensor
from torch.nn import functional as F

from workbench.science.formulas.autoencoders import squared_error
from workbench.science.formulas.knob import Knob


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """``-sum_k t_k log q_k``, mean over the batch, in nats: ``[..., batch, classes] -> [...]``.

    ``targets`` are class indices ``[..., batch]`` or distributions ``[..., batch, classes]``;
    ``q = softmax(logits)``.
    """
    return _cross_entropies(F.log_softmax(logits, -1), targets).mean(-1)


def bootstrap_soft(logits: Tensor, targets: Tensor, beta: Knob) -> Tensor:
    """``-sum_k [beta t_k + (1 - beta) q_k] log q_k``, mean over the batch: ``[...]`` nats.

    Shapes as in ``cross_entropy``; ``beta`` broadcasts with ``[...]``. It equals ``beta CE(t, q) +
    (1 - beta) H(q)``: softmax regression that is also paid for being sure. ``q`` is *not* detached
    from the graph, see ``bootstrap_soft_detached``. Reed et al. 2015, section 3.2; the
    leading minus is easily lost, and without it training climbs.
    """
    log_q = F.log_softmax(logits, -1)
    entropy = -(log_q.exp() * log_q).sum(-1)
    return beta * _cross_entropies(log_q, targets).mean(-1) + (1 - beta) * entropy.mean(-1)


def bootstrap_soft_detached(logits: Tensor, targets: Tensor, beta: Knob) -> Tensor:
    """ANTI-PATTERN, kept to be shown: ``bootstrap_soft`` with the target ``q`` held constant.

    The value is the same, but the gradient of ``-sum_k q_k log q_k`` with ``q`` constant in front
    is ``q - q = 0``: what is left is ``beta`` times the gradient of cross-entropy, that is
    cross-entropy with a smaller learning rate. Popular code does this by default.
    """
    log_q = F.log_softmax(logits, -1)
    entropy = -(log_q.exp().detach() * log_q).sum(-1)
    return beta * _cross_entropies(log_q, targets).mean(-1) + (1 - beta) * entropy.mean(-1)


def bootstrap_hard(logits: Tensor, targets: Tensor, beta: Knob) -> Tensor:
    """``-sum_k [beta t_k + (1 - beta) z_k] log q_k``, ``z = onehot(argmax q)``: ``[...]`` nats.

    Shapes as in ``bootstrap_soft``. ``z`` is a constant, the label that the model itself would
    give. Reed et al. 2015, section 3.2.
    """
    log_q = F.log_softmax(logits, -1)
    own = -log_q.max(-1).values  # max passes its gradient to the argmax alone
    return beta * _cross_entropies(log_q, targets).mean(-1) + (1 - beta) * own.mean(-1)


def bootstrap_recon(
    logits: Tensor,
    noise_matrix: Tensor,
    targets: Tensor,
    x: Tensor,
    reconstruction: Tensor,
    beta: Knob,
) -> Tensor:
    """``-sum_k t_k log P(t_k|x) + beta ||x - R q||^2``, mean over the batch: ``[...]``.

    ``P(t_k|x) = sum_j N_kj q_j(x)``: ``q`` is the posterior over the true label, which nobody saw,
    and the noise layer turns it into that of the given one. ``noise_matrix [..., given, true]``
    holds unnormalised logarithms; ``N`` is its softmax over each column. ``reconstruction [...,
    classes, pixels]`` is ``R``, a picture for each true class; ``x [..., batch, pixels]``. With
    ``beta = 0`` it is the noise layer alone. Reed et al. 2015, section 3.1.
    """
    log_q = F.log_softmax(logits, -1)
    log_n = F.log_softmax(noise_matrix, -2)
    log_p = torch.logsumexp(log_q.unsqueeze(-2) + log_n.unsqueeze(-3), -1)  # (..., batch, given)
    error = squared_error(log_q.exp() @ reconstruction, x)
    return _cross_entropies(log_p, targets).mean(-1) + beta * error.mean(-1)


def _cross_entropies(log_q: Tensor, targets: Tensor) -> Tensor:
    """``-sum_k t_k log q_k`` of every item, ``[..., batch]``."""
    if targets.dtype == torch.int64:
        targets = targets.expand(log_q.shape[:-1]).unsqueeze(-1)
        return -log_q.gather(-1, targets).squeeze(-1)
    return -(targets * log_q).sum(-1)


def multibox_soft(confidences: Tensor, targets: Tensor, beta: Knob) -> Tensor:
    """Soft bootstrapping of a detector's confidences, in nats a scene: ``[...]``.

    ``-sum_k [beta t_k + (1 - beta) c_k] log c_k
    - sum_k [beta (1 - t_k) + (1 - beta)(1 - c_k)] log(1 - c_k)`` over the locations, mean over the
    batch. ``confidences [..., batch, locations]`` are probabilities, ``targets`` 1 where a box was
    annotated. Reed et al. 2015, section 3.3; ``beta = 1`` is binary cross-entropy.
    """
    return _multibox(confidences, confidences, targets, beta)


def multibox_hard(confidences: Tensor, targets: Tensor, beta: Knob) -> Tensor:
    """``multibox_soft`` with ``1[c_k > 1/2]`` in place of the ``c_k`` outside the logarithms.

    A location of which the model is sure counts as a box, annotated or not. Reed et al. 2015,
    section 3.3.
    """
    return _multibox(confidences, (confidences > 0.5).to(confidences.dtype), targets, beta)


def _multibox(c: Tensor, own: Tensor, targets: Tensor, beta: Knob) -> Tensor:
    def loss(t: Tensor) -> Tensor:
        # as in torch's binary_cross_entropy, a logarithm ends at -100
        log_c, log_rest = c.log().clamp_min(-100), (1 - c).log().clamp_min(-100)
        return -(t * log_c + (1 - t) * log_rest).sum(-1).mean(-1)

    return beta * loss(targets) + (1 - beta) * loss(own)
