"""Clustering in a space of codes: Gaussian mixtures, VaDE and DEC."""

import torch
from torch import Tensor

from workbench.science.formulas.variational import gaussian_log_density


def mixture_log_joint(z: Tensor, log_pi: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """``log pi_c + log N(z; mu_c, diag(sigma_c^2))`` of every component, in nats.

    ``z [..., n, J]``, ``log_pi [..., K]``, ``mu`` and ``logvar = log sigma_c^2 [..., K, J]``:
    ``[..., n, K]``. Its logsumexp over the last axis is ``log p(z)``.
    """
    z, mu, logvar = z[..., :, None, :], mu[..., None, :, :], logvar[..., None, :, :]
    return log_pi[..., None, :] + gaussian_log_density(z, mu, logvar)


def log_responsibilities(log_joint: Tensor) -> Tensor:
    """``log gamma_c = log p(c|z)`` from ``log p(z, c) [..., n, K]``, in the same shape.

    In log space from end to end: far from every component all densities are 0 in floating point,
    and their ratio would be 0 / 0.
    """
    return torch.log_softmax(log_joint, -1)


def vade_rate(
    mu_x: Tensor, logvar_x: Tensor, log_gamma: Tensor, log_pi: Tensor, mu: Tensor, logvar: Tensor
) -> Tensor:
    """``KL(q(z, c|x) || p(z, c))`` of VaDE, in nats: ``[..., n]``.

    ``1/2 sum_c gamma_c sum_j (log sigma_cj^2 + (s_j^2 + (m_j - mu_cj)^2) / sigma_cj^2)
    - 1/2 sum_j (1 + log s_j^2) + sum_c gamma_c log(gamma_c / pi_c)``, with ``m = mu_x`` and
    ``log s^2 = logvar_x [..., n, J]`` of the code and the shapes of ``mixture_log_joint`` for the
    prior. The two ``log 2 pi`` cancel. Jiang et al. 2017, equation 12.
    """
    m, log_s2 = mu_x[..., :, None, :], logvar_x[..., :, None, :]
    mu, logvar = mu[..., None, :, :], logvar[..., None, :, :]
    cross = logvar + ((log_s2 - logvar).exp() + (m - mu).square() * (-logvar).exp())
    terms = 0.5 * cross.sum(-1) + log_gamma - log_pi[..., None, :]
    return (log_gamma.exp() * terms).sum(-1) - 0.5 * (1 + logvar_x).sum(-1)


def vade_elbo(nll: Tensor, *code_and_prior: Tensor) -> Tensor:
    """VaDE's ELBO ``[..., n]``: ``nll [..., n]`` is ``-log p(x|z)``, the rest is ``vade_rate``'s.

    With one component, mean 0 and variance 1 it is the ELBO of a VAE. Jiang et al. 2017.
    """
    return -nll - vade_rate(*code_and_prior)


def student_t(z: Tensor, mu: Tensor, alpha: float = 1.0) -> Tensor:
    """DEC's soft assignment ``q_ij`` of codes ``z [..., n, J]`` to centres ``mu [..., K, J]``.

    ``q_ij ~ (1 + |z_i - mu_j|^2 / alpha)^(-(alpha + 1) / 2)``, rows ``[..., n, K]`` sum to 1.
    Xie et al. 2016, equation 1.
    """
    squared = (z[..., :, None, :] - mu[..., None, :, :]).square().sum(-1)
    return torch.softmax(-(alpha + 1) / 2 * torch.log1p(squared / alpha), -1)


def target_distribution(q: Tensor) -> Tensor:
    """DEC's target ``p_ij = (q_ij^2 / f_j) / sum_j' (q_ij'^2 / f_j')`` with ``f_j = sum_i q_ij``.

    ``q [..., n, K]`` of *all* data: from a mini-batch alone the ``f_j``, which keep large clusters
    from swallowing small ones, would be noise. Xie et al. 2016, equation 3.
    """
    weight = q.square() / q.sum(-2, keepdim=True)
    return weight / weight.sum(-1, keepdim=True)
