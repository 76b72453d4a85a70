"""Variational autoencoders: the rate, the distortion, and bounds on the evidence."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from workbench.science.formulas.knob import Knob

LOG_2PI = math.log(2 * math.pi)


def gaussian_kl(mu: Tensor, logvar: Tensor) -> Tensor:
    """``KL(N(mu, sigma^2) || N(0, 1))`` of every latent, in nats, in the shape of ``mu``.

    ``(mu^2 + sigma^2 - log sigma^2 - 1) / 2`` with ``logvar = log sigma^2``; the KL of an image
    is its sum over the last axis. Kingma & Welling 2014, appendix B.
    """
    # expm1 keeps the digits that sigma^2 - 1 loses next to the prior, where collapsed latents sit.
    return 0.5 * (torch.addcmul(torch.expm1(logvar), mu, mu) - logvar)


def reparameterise(mu: Tensor, logvar: Tensor, eps: Tensor) -> Tensor:
    """``z = mu + sigma * eps`` with ``eps ~ N(0, 1)``: Kingma & Welling 2014, section 2.4."""
    return torch.addcmul(mu, torch.exp(0.5 * logvar), eps)


def bernoulli_nll(logits: Tensor, x: Tensor) -> Tensor:
    """``-log p(x|z)`` of independent pixels, in nats: ``[..., pixels] -> [...]``.

    ``sum_i log(1 + exp l_i) - x_i l_i``; Kingma & Welling 2014, appendix C.1. For grey pixels
    (0 < x < 1) it is the cross-entropy: its floor is the pixels' own entropy, not 0, and it is
    no longer the logarithm of a normalised density.
    """
    return torch.addcmul(F.softplus(logits), x, logits, value=-1).sum(-1)


def gaussian_nll(mean: Tensor, x: Tensor, sigma: Knob) -> Tensor:
    """``-log N(x; mean, sigma^2)`` with its constant, in nats: ``[..., pixels] -> [...]``.

    ``sigma`` is the standard deviation of a pixel. ``sigma^2 = 1/2`` gives the squared error plus
    a constant. Kingma & Welling 2014, appendix C.2.
    """
    log_sigma = sigma.log() if torch.is_tensor(sigma) else math.log(sigma)
    error = (x - mean) / sigma
    return (0.5 * error * error + (log_sigma + 0.5 * LOG_2PI)).sum(-1)


def gaussian_log_density(z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """``log N(z; mu, diag(sigma^2))`` in nats: ``[..., latents] -> [...]``.

    With it ``log q(z|x)`` and ``log p(z)`` of an importance weight are written. Kingma & Welling
    2014, appendix C.2.
    """
    error = z - mu
    return -0.5 * (error * error * torch.exp(-logvar) + logvar + LOG_2PI).sum(-1)


def importance_bound(log_w: Tensor) -> Tensor:
    """IWAE bound on ``log p(x)``, in nats, from K samples a point: ``[K, ...] -> [...]``.

    ``L_K = log (1/K) sum_k w_k`` with ``log w = log p(x, z) - log q(z|x)`` and ``z ~ q``. K = 1 is
    one sample of the ELBO; the expectation never falls as K grows and never passes ``log p(x)``.
    Burda et al. 2016, section 3.
    """
    return torch.logsumexp(log_w, 0) - math.log(len(log_w))


def capacity(step: int, steps: int, c_max: Knob, stop: float = 0.6) -> Knob:
    """Channel capacity ``C``, in nats, of ``recon + gamma |KL - C|`` at ``step`` of ``steps``.

    Linear from 0 to ``c_max`` over the first ``stop`` of the run and constant afterwards, so that
    the model also trains at its final capacity. Burgess et al. 2018 (``stop`` is our choice).
    """
    return c_max * min(1.0, step / max(stop * steps, 1.0))


def normalised_beta(beta: Knob, latents: int, pixels: int) -> Knob:
    """``beta M / N``: compares a beta between sizes of code M and image N. Higgins et al. 2017."""
    return beta * latents / pixels
