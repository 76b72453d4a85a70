"""The gradients of the chapter's losses by the chain rule, at less than half of autograd's cost."""

from typing import NamedTuple

import torch
from torch import Tensor

from workbench.chapters.clustering.autoencoder import Autoencoder
from workbench.chapters.clustering.dac import Dac
from workbench.chapters.clustering.dec import Dec
from workbench.chapters.clustering.lesson import LOSSES, Gradient, Loss
from workbench.chapters.clustering.vade import Prior, Vade
from workbench.science import nets


def gradient(loss: Loss) -> Gradient:
    """The gradient by hand of a loss of this chapter; of any other loss that of autograd."""
    by_hand = {
        LOSSES.autoencoder: autoencoder_gradient,
        LOSSES.dec: dec_gradient,
        LOSSES.vade: vade_gradient,
        LOSSES.dac: dac_gradient,
        LOSSES.critic: critic_gradient,
        LOSSES.vae: vae_gradient,
    }
    return by_hand.get(loss) or nets.autograd(loss)


@torch.inference_mode()
def autoencoder_gradient(coder: Autoencoder, x: Tensor) -> None:
    """The gradient of `autoencoder.loss`, left in each .grad."""
    mean, logvar = coder.encode(x)
    d_out = coder.decoder(mean).sigmoid_().sub_(x).div_(x.shape[1])
    d_mean = coder.decoder.backward(d_out, to_input=True)
    coder.encoder.backward(torch.cat([d_mean, torch.zeros_like(logvar)], -1))


@torch.inference_mode()
def vae_gradient(coder: Autoencoder, x: Tensor, eps: Tensor, beta: float) -> None:
    """The gradient of `autoencoder.vae_loss`, left in each .grad."""
    mean, logvar = coder.encode(x)
    noise = (0.5 * logvar).exp_().mul_(eps)
    share = 1 / x.shape[1]
    d_out = coder.decoder(mean + noise).sigmoid_().sub_(x).mul_(share)
    d_z = coder.decoder.backward(d_out, to_input=True)
    d_mean = torch.add(d_z, mean, alpha=beta * share)
    # KL = (mean^2 + s^2 - log s^2 - 1) / 2, and s^2 - 1 = expm1(log s^2)
    d_logvar = d_z.mul_(noise).mul_(0.5).add_(logvar.expm1(), alpha=0.5 * beta * share)
    coder.encoder.backward(torch.cat([d_mean, d_logvar], -1))


@torch.inference_mode()
def dac_gradient(dac: Dac, x: Tensor) -> None:
    """The gradient of `dac.loss` for the coder, left in each .grad; the critic's is no use."""
    mean, logvar = dac.coder.encode(x)
    d_out = dac.coder.decoder(mean).sigmoid_().sub_(x).div_(x.shape[1])
    d_mean = dac.coder.decoder.backward(d_out, to_input=True)
    # -w log A(z) with A the sigmoid of the critic's logit: its slope is w (A - 1)
    prices = dac.logits(mean).sigmoid_().sub_(1).mul_(dac.adversary / x.shape[1])
    pairs = zip(dac.critics, prices, strict=True)
    to_codes = [critic.backward(price[None], to_input=True) for critic, price in pairs]
    d_mean += torch.cat(to_codes) / dac.deviation
    dac.coder.encoder.backward(torch.cat([d_mean, torch.zeros_like(logvar)], -1))


@torch.inference_mode()
def critic_gradient(critic: nets.Mlp, drawn: Tensor, z: Tensor) -> None:
    """The gradient of `dac.critic_loss`, left in each .grad."""
    told = critic(torch.cat([drawn, z], 1)).sigmoid_()
    told[:, : drawn.shape[1]] -= 1
    critic.backward(told.div_(2 * z.shape[1]))


@torch.inference_mode()
def dec_gradient(dec: Dec, x: Tensor, p: Tensor) -> None:
    """The gradient of `dec.loss` for encoder and centres mu [runs, K, J], left in each .grad.

    dL/dz_i = 2 sum_j (p_ij - q_ij) (z_i - mu_j) / (1 + |z_i - mu_j|^2), and minus the sum over i
    for mu_j: Xie et al. 2016, equations 4 and 5 with alpha = 1.
    """
    z, logvar = dec.coder.encode(x)
    apart = z[..., :, None, :] - dec.mu[..., None, :, :]  # (run, picture, cluster, J)
    near = 1 / (1 + apart.square().sum(-1))
    q = near / near.sum(-1, keepdim=True)
    pull = ((2 / x.shape[1]) * near * (p - q))[..., None] * apart
    torch.sum(-pull, 1, out=dec.mu.grad)
    dec.coder.encoder.backward(torch.cat([pull.sum(2), torch.zeros_like(logvar)], -1))


@torch.inference_mode()
def vade_gradient(vade: Vade, x: Tensor, eps: Tensor) -> None:
    """The gradient of `vade.loss`, left in each .grad."""
    coder = vade.coder
    mean, logvar = coder.encode(x)
    s2 = logvar.exp()
    noise = s2.sqrt() * eps
    z = mean + noise
    d_out = coder.decoder(z).sigmoid_().sub_(x).div_(x.shape[1])
    d_z = coder.decoder.backward(d_out, to_input=True)
    of_rate = _rate_slopes(vade.prior, z, mean, s2)
    d_z += of_rate.z
    d_logvar = torch.addcmul(of_rate.s2 * s2, d_z, noise, value=0.5).sub_(0.5 / x.shape[1])
    coder.encoder.backward(torch.cat([of_rate.mean + d_z, d_logvar], -1))


class Slopes(NamedTuple):
    """The derivatives of a mean over the batch: for the sample, mean and variance of a code."""

    z: Tensor
    mean: Tensor
    s2: Tensor


def _rate_slopes(prior: Prior, z: Tensor, m: Tensor, s2: Tensor) -> Slopes:
    """The slopes of the rate; its gradient for the prior is left in each .grad.

    A Gaussian is an exponential family: log pi_c N(z; mu_c, v_c) = eta_c . t(z) + a constant with
    t(z) = (z, z^2, 1) and eta_c = (mu_c / v_c, -1 / 2 v_c, log pi_c - 1/2 sum_j (mu_cj^2 / v_cj +
    log v_cj)), and its mean over q(z|x) is eta_c . (m, m^2 + s^2, 1). The rate needs both, the
    former for gamma(z), the latter for sum_c gamma_c (log gamma_c - log pi_c - E log N_c); so they
    go through as one batch of twice the size.
    """
    log_pi, mu, logvar = prior.terms()
    batch, w = m.shape[1], torch.exp(-logvar)  # (run, cluster, J)
    eta = _natural_parameters(log_pi, mu, logvar, w)
    both = torch.cat([z, m], 1)
    squares = both.square()
    squares[:, batch:] += s2
    t = torch.cat([both, squares, torch.ones_like(both[..., :1])], -1)
    joint, expected = torch.bmm(eta, t.mT).chunk(2, -1)  # (run, cluster, picture)
    # over rows of pictures a softmax is ten times as quick as over columns, and twice a softmax
    # quicker than an exp that mostly ends in zero
    gamma, price = torch.softmax(joint, 1), torch.log_softmax(joint, 1) - expected
    through = torch._softmax_backward_data(price, gamma, 1, gamma.dtype)
    d_joint = torch.cat([through, -gamma], -1).div_(batch)  # of both halves of the batch
    d_t, d_eta = torch.bmm(d_joint.mT, eta), torch.bmm(d_joint, t)
    _fill_prior(prior, log_pi, w, d_eta)
    linear, square, _ = d_t.split_with_sizes((mu.shape[-1], mu.shape[-1], 1), -1)
    d_z, d_m = torch.addcmul(linear, square, both, value=2).chunk(2, 1)
    return Slopes(d_z, d_m, square[:, batch:])


def _natural_parameters(log_pi: Tensor, mu: Tensor, logvar: Tensor, w: Tensor) -> Tensor:
    """eta [runs, K, 2 J + 1], with w = 1 / v."""
    muw = mu * w
    spread = torch.addcmul(logvar, mu, muw).sum(-1)
    return torch.cat([muw, -0.5 * w, torch.sub(log_pi, spread, alpha=0.5)[..., None]], -1)


def _fill_prior(prior: Prior, log_pi: Tensor, w: Tensor, d_eta: Tensor) -> None:
    """The gradients of the prior's parameters from that of eta, with w = 1 / v."""
    mu = prior.mu
    first, second, total = d_eta.split_with_sizes((mu.shape[-1], mu.shape[-1], 1), -1)
    drift = torch.addcmul(first, mu, total, value=-1)
    torch.mul(w, drift, out=mu.grad)
    drift += first
    torch.sub(w * second.addcmul_(mu, drift, value=-1), total, out=prior.logvar.grad).mul_(0.5)
    total = total[..., 0]
    torch.addcmul(total, log_pi.exp(), total.sum(-1, keepdim=True), value=-1, out=prior.a.grad)
