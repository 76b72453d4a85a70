"""The mathematics shared by the chapters: each formula once, in the symbols of its paper.

Shapes are ``[..., batch, features]``: any leading axes (one per run of a population, one per
sample) broadcast, and so do the knobs. A knob is a float, or a tensor such as ``[K, 1, 1]`` that
holds one value for each of K runs. Logarithms are natural, so information is in nats. Sums run
over features only; the mean over the batch is the caller's, because "sum over pixels, sum over
latents, mean over the batch" is what makes beta mean the same thing in every chapter.
"""

import math

import numpy as np

from workbench.science.later import F, Tensor, torch

LOG_2PI = math.log(2 * math.pi)


Knob = float | Tensor


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


def squared_error(x_hat: Tensor, x: Tensor) -> Tensor:
    """``||x - x_hat||^2``: ``[..., pixels] -> [...]``. Divide by the pixels for the MSE."""
    error = x_hat - x
    return (error * error).sum(-1)


def psnr(mse: float | np.ndarray | Tensor, peak: float = 1.0) -> float | np.ndarray | Tensor:
    """Peak signal-to-noise ratio ``10 log10(peak^2 / mse)`` in dB; ``inf`` for a perfect copy.

    ``mse`` is the error *per pixel*, of any shape; a tensor gives a tensor, anything else NumPy.
    """
    if torch.is_tensor(mse):
        return 20 * math.log10(peak) - 10 * mse.log10()
    with np.errstate(divide="ignore"):
        return 20 * math.log10(peak) - 10 * np.log10(mse)


def saturation(code: Tensor, tol: float = 0.05) -> Tensor:
    """Share of activations within ``tol`` of 0 or 1: ``[..., batch, bits] -> [...]``.

    Near 1, thresholding a sigmoid code to bits loses little: what the noise on the code is for in
    semantic hashing (Salakhutdinov & Hinton 2009).
    """
    return ((code - 0.5).abs() >= 0.5 - tol).to(code.dtype).mean((-2, -1))


def pca(x: Tensor, k: int) -> tuple[Tensor, Tensor, Tensor]:
    """Principal components of ``x [..., n, d]``: ``(mean, components, singular)``.

    ``mean [..., 1, d]``; ``components [..., k, d]``, unit rows, most variance first, each turned
    so that its largest loading is positive (an SVD leaves the sign open and pictures would flip);
    ``singular [..., min(n, d)]``, *all* singular values ``s_i`` of the centred data, since the
    explained share needs their total; the variances are ``s_i^2 / (n - 1)``. Eckart & Young 1936.
    """
    mean = x.mean(-2, keepdim=True)
    _, singular, rows = torch.linalg.svd(x - mean, full_matrices=False)
    rows = rows[..., :k, :]
    largest = rows.gather(-1, rows.abs().argmax(-1, keepdim=True))
    return mean, rows * largest.sign(), singular


def pca_code(x: Tensor, mean: Tensor, components: Tensor) -> Tensor:
    """``z = V_k^T (x - mu)``: ``[..., n, d] -> [..., n, k]``."""
    return (x - mean) @ components.mT


def pca_reconstruct(x: Tensor, mean: Tensor, components: Tensor) -> Tensor:
    """``mu + V_k V_k^T (x - mu)``, the best rank-k copy of ``x [..., n, d]``: Eckart & Young."""
    return mean + pca_code(x, mean, components) @ components


def explained_variance_ratio(singular: Tensor) -> Tensor:
    """``s_i^2 / sum_j s_j^2``, the share of variance of each component, in the shape given.

    Expects all singular values, as ``pca`` returns them; ``cumsum(-1)[k - 1]`` is EVR_k.
    """
    variance = singular * singular
    return variance / variance.sum(-1, keepdim=True)


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


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """``-sum_k t_k log q_k``, mean over the batch, in nats: ``[..., batch, classes] -> [...]``.

    ``targets`` are class indices ``[..., batch]`` or distributions ``[..., batch, classes]``;
    ``q = softmax(logits)``.
    """
    return _against(F.log_softmax(logits, -1), targets).mean(-1)


def bootstrap_soft(logits: Tensor, targets: Tensor, beta: Knob) -> Tensor:
    """``-sum_k [beta t_k + (1 - beta) q_k] log q_k``, mean over the batch: ``[...]`` nats.

    Shapes as in ``cross_entropy``; ``beta`` broadcasts with ``[...]``. It equals ``beta CE(t, q) +
    (1 - beta) H(q)``: softmax regression that is also paid for being sure. ``q`` is *not* detached
    from the graph, see ``bootstrap_soft_detached``. Reed et al. 2015, section 3.2; the
    leading minus is easily lost, and without it training climbs.
    """
    log_q = F.log_softmax(logits, -1)
    entropy = -(log_q.exp() * log_q).sum(-1)
    return beta * _against(log_q, targets).mean(-1) + (1 - beta) * entropy.mean(-1)


def bootstrap_soft_detached(logits: Tensor, targets: Tensor, beta: Knob) -> Tensor:
    """ANTI-PATTERN, kept to be shown: ``bootstrap_soft`` with the target ``q`` held constant.

    The value is the same, but the gradient of ``-sum_k q_k log q_k`` with ``q`` constant in front
    is ``q - q = 0``: what is left is ``beta`` times the gradient of cross-entropy, that is
    cross-entropy with a smaller learning rate. Popular code does this by default.
    """
    log_q = F.log_softmax(logits, -1)
    entropy = -(log_q.exp().detach() * log_q).sum(-1)
    return beta * _against(log_q, targets).mean(-1) + (1 - beta) * entropy.mean(-1)


def bootstrap_hard(logits: Tensor, targets: Tensor, beta: Knob) -> Tensor:
    """``-sum_k [beta t_k + (1 - beta) z_k] log q_k``, ``z = onehot(argmax q)``: ``[...]`` nats.

    Shapes as in ``bootstrap_soft``. ``z`` is a constant, the label that the model itself would
    give. Reed et al. 2015, section 3.2.
    """
    log_q = F.log_softmax(logits, -1)
    own = -log_q.max(-1).values  # max passes its gradient to the argmax alone
    return beta * _against(log_q, targets).mean(-1) + (1 - beta) * own.mean(-1)


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
    return _against(log_p, targets).mean(-1) + beta * error.mean(-1)


def _against(log_q: Tensor, targets: Tensor) -> Tensor:
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
        there, empty = c.log().clamp_min(-100), (1 - c).log().clamp_min(-100)
        return -(t * there + (1 - t) * empty).sum(-1).mean(-1)

    return beta * loss(targets) + (1 - beta) * loss(own)


def chance_positive(size: float, rate: float, rule: str = "one") -> float:
    """Probability that a bag of ``size`` instances drawn at random is positive.

    ``rate`` is the share of witnesses among all instances (of each kind, for "two"). Rules: "one"
    witness or more, ``1 - (1 - rate)^K``; a "count" of two or more; "two" kinds, both there. With
    ten classes, ten instances make 65 % positive bags and fifty make 99.5 %: bags must be balanced
    on purpose.
    """
    none = (1 - rate) ** size
    if rule == "count":
        return 1 - none - size * rate * (1 - rate) ** (size - 1)
    if rule == "two":
        return 1 - 2 * none + max(0.0, 1 - 2 * rate) ** size
    return 1 - none


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
