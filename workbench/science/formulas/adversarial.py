"""A game of two networks: what a discriminator and a generator minimise, and where it would end.

Logits are ``[..., batch]``, one an item; the losses are means over the batch ``[...]``.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """``-E log D(x) - E log(1 - D(G(z)))`` of logits, ``D = sigmoid(logit)``.

    ``2 ln 2`` when every item gets .5. Goodfellow et al. 2014, equation 1, turned to be minimised.
    """
    return F.softplus(-real).mean(-1) + F.softplus(fake).mean(-1)


def generator_loss(fake: Tensor) -> Tensor:
    """``-E log D(G(z))``: the non-saturating loss of Goodfellow et al. 2014, section 3."""
    return F.softplus(-fake).mean(-1)


def hinge_loss(real: Tensor, fake: Tensor) -> Tensor:
    """``E max(0, 1 - D(x)) + E max(0, 1 + D(G(z)))``; the generator minimises ``critic_score``."""
    return F.relu(1 - real).mean(-1) + F.relu(1 + fake).mean(-1)


def wasserstein_loss(real: Tensor, fake: Tensor) -> Tensor:
    """``E D(G(z)) - E D(x)``: minus the distance that the critic sees (Arjovsky et al. 2017)."""
    return fake.mean(-1) - real.mean(-1)


def critic_score(fake: Tensor) -> Tensor:
    """``-E D(G(z))``: what the generator minimises against a critic."""
    return -fake.mean(-1)


def gradient_penalty(slopes: Tensor) -> Tensor:
    """``E (|slope| - 1)^2`` of the critic's gradients ``[..., batch, features]``.

    Gulrajani et al. 2017, equation 3, at points between real and generated ones.
    """
    return (slopes.norm(dim=-1) - 1).square().mean(-1)


def r1_penalty(slopes: Tensor) -> Tensor:
    """``E |slope|^2 / 2`` of the logit's gradients at real items ``[..., batch, features]``.

    Mescheder et al. 2018, equation 9, without its weight gamma.
    """
    return slopes.square().sum(-1).mean(-1) / 2


def optimal_discriminator(p: Tensor, q: Tensor) -> Tensor:
    """``D* = p / (p + q)``, the best answer to data of density p and a generator of density q.

    .5 where neither has any mass. Goodfellow et al. 2014, equation 2.
    """
    total = p + q
    return torch.where(total > 0, p / total.clamp_min(torch.finfo(total.dtype).tiny), 0.5)


def jensen_shannon(p: Tensor, q: Tensor) -> Tensor:
    """The Jensen-Shannon divergence of distributions ``[..., n]`` in nats: 0 to ln 2.

    Against ``D*`` the game is worth ``2 JSD - ln 4`` (Goodfellow et al. 2014, theorem 1).
    """
    middle = (p + q) / 2

    def divergence(part: Tensor) -> Tensor:
        return (torch.xlogy(part, part) - torch.xlogy(part, middle)).sum(-1)

    return ((divergence(p) + divergence(q)) / 2).clamp(0, math.log(2))
