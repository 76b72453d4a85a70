"""DEC and VaDE: their networks, and a loss and a gradient for each.

The losses are written in the words of the page, for the reader and the tests; training takes the
gradients, which are the same by the chain rule (`nets` tells why). Every tensor has a leading run
axis: x [runs, batch, pixels], codes [runs, batch, J], K clusters.
"""

import copy

from workbench import formulas, nets
from workbench.later import Tensor, torch

START_LOGVAR = -2.0  # of a code: narrow enough that a sample of it is the autoencoder's code


class Coder:
    """Encoders x -> (mean, log variance) of the code and decoders code -> logits of pixels.

    One of each for every run. Pre-training uses the means alone, as an autoencoder does.
    """

    def __init__(self, pixels: int, latent: int, generators, device: str):
        hidden = [256, 128] if pixels <= 256 else [500, 500]
        self.latent = latent
        self.encoder = nets.Mlp([pixels, *hidden, 2 * latent], generators, device)
        self.decoder = nets.Mlp([latent, *reversed(hidden), pixels], generators, device)
        self.encoder.weights[-1].data[..., latent:] = 0
        self.encoder.biases[-1].data[..., latent:] = START_LOGVAR

    def parameters(self) -> list[Tensor]:
        return self.encoder.parameters() + self.decoder.parameters()

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x [runs, batch, pixels] -> mean and log variance of its code, each [runs, batch, J]."""
        return self.encoder(x).chunk(2, -1)

    def only(self, run: int) -> "Coder":
        """One run's networks, to look at and not to train."""
        one = copy.copy(self)
        for half in ("encoder", "decoder"):
            part = copy.copy(getattr(self, half))
            part.weights = [w.detach()[run : run + 1] for w in part.weights]
            part.biases = [b.detach()[run : run + 1] for b in part.biases]
            setattr(one, half, part)
        return one

    def codes(self, run: int, x: Tensor) -> tuple[Tensor, Tensor]:
        """Means and log variances [n, J] of pictures x [n, pixels], by the networks of a run."""
        one = self.only(run)
        parts = [one.encode(part[None]) for part in x.split(10_000)]
        return tuple(torch.cat(each, 1)[0] for each in zip(*parts, strict=True))

    def decode(self, run: int, z: Tensor) -> Tensor:
        """Logits [n, pixels] of codes z [n, J], by the networks of a run."""
        decoder = self.only(run).decoder
        return torch.cat([decoder(part[None])[0] for part in z.split(10_000)])


@torch.inference_mode()
def autoencoder_gradient(net: Coder, x: Tensor) -> None:
    """Gradient of the mean over the batch of -log p(x|z = mean code), left in each .grad."""
    mean, logvar = net.encode(x)
    d_out = net.decoder(mean).sigmoid_().sub_(x).div_(x.shape[1])
    d_mean = net.decoder.backward(d_out, to_input=True)
    net.encoder.backward(torch.cat([d_mean, torch.zeros_like(logvar)], -1))


def dec_loss(net: Coder, mu: Tensor, x: Tensor, p: Tensor) -> Tensor:
    """KL(P || Q) of a batch, a mean over pictures [runs]: x [runs, batch, pixels], P [.., K]."""
    q = formulas.student_t(net.encode(x)[0], mu)
    return (p * (p.clamp_min(1e-30) / q).log()).sum(-1).mean(-1)


@torch.inference_mode()
def dec_gradient(net: Coder, mu: Tensor, x: Tensor, p: Tensor) -> None:
    """The gradient of `dec_loss` for encoder and centres mu [runs, K, J], left in each .grad.

    dL/dz_i = 2 sum_j (p_ij - q_ij) (z_i - mu_j) / (1 + |z_i - mu_j|^2), and minus the sum over i
    for mu_j: Xie et al. 2016, equations 4 and 5 with alpha = 1.
    """
    z, logvar = net.encode(x)
    apart = z[..., :, None, :] - mu[..., None, :, :]  # (run, picture, cluster, J)
    near = 1 / (1 + apart.square().sum(-1))
    q = near / near.sum(-1, keepdim=True)
    pull = ((2 / x.shape[1]) * near * (p - q))[..., None] * apart
    torch.sum(-pull, 1, out=mu.grad)
    net.encoder.backward(torch.cat([pull.sum(2), torch.zeros_like(logvar)], -1))


class Prior:
    """VaDE's mixture, one for every run: weights softmax(a), means mu, variances exp(logvar).

    a [runs, K]; mu and logvar [runs, K, J].
    """

    def __init__(self, a: Tensor, mu: Tensor, logvar: Tensor):
        self.a, self.mu, self.logvar = (t.clone().requires_grad_() for t in (a, mu, logvar))

    def parameters(self) -> list[Tensor]:
        return [self.a, self.mu, self.logvar]

    def terms(self) -> tuple[Tensor, Tensor, Tensor]:
        """log pi, mu and logvar, as `formulas.vade_rate` takes them."""
        return torch.log_softmax(self.a, -1), self.mu, self.logvar


def vade_loss(net: Coder, prior: Prior, x: Tensor, eps: Tensor) -> Tensor:
    """Minus the ELBO of a batch, a mean over pictures [runs]; eps [runs, batch, J] is normal."""
    mean, logvar = net.encode(x)
    z = formulas.reparameterise(mean, logvar, eps)
    log_gamma = formulas.log_responsibilities(formulas.mixture_log_joint(z, *prior.terms()))
    nll = formulas.bernoulli_nll(net.decoder(z), x)
    return -formulas.vade_elbo(nll, mean, logvar, log_gamma, *prior.terms()).mean(-1)


@torch.inference_mode()
def vade_gradient(net: Coder, prior: Prior, x: Tensor, eps: Tensor) -> None:
    """The gradient of `vade_loss` by the chain rule, left in each .grad."""
    mean, logvar = net.encode(x)
    s2 = logvar.exp()
    noise = s2.sqrt() * eps
    z = mean + noise
    d_out = net.decoder(z).sigmoid_().sub_(x).div_(x.shape[1])
    d_z = net.decoder.backward(d_out, to_input=True)
    from_gamma, d_mean, d_s2 = _prior_gradient(prior, z, mean, s2)
    d_z += from_gamma
    d_logvar = torch.addcmul(d_s2 * s2, d_z, noise, value=0.5).sub_(0.5 / x.shape[1])
    net.encoder.backward(torch.cat([d_mean + d_z, d_logvar], -1))


def _prior_gradient(prior: Prior, z: Tensor, m: Tensor, s2: Tensor):
    """Fills the prior's .grad, and returns the gradients of the rate for z, m and s^2, a mean
    over the batch.

    A Gaussian is an exponential family: log pi_c N(z; mu_c, v_c) = eta_c . t(z) + a constant with
    t(z) = (z, z^2, 1) and eta_c = (mu_c / v_c, -1 / 2 v_c, log pi_c - 1/2 sum_j (mu_cj^2 / v_cj +
    log v_cj)), and its mean over q(z|x) is eta_c . (m, m^2 + s^2, 1). The rate needs both, the
    former for gamma(z), the latter for sum_c gamma_c (log gamma_c - log pi_c - E log N_c); so they
    go through as one batch of twice the size.
    """
    log_pi, mu, logvar = prior.terms()
    batch, w = m.shape[1], torch.exp(-logvar)  # (run, cluster, J)
    muw = mu * w
    spread = torch.addcmul(logvar, mu, muw).sum(-1)
    eta = torch.cat([muw, -0.5 * w, torch.sub(log_pi, spread, alpha=0.5)[..., None]], -1)
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
    parts = mu.shape[-1], mu.shape[-1], 1
    first, second, total = d_eta.split_with_sizes(parts, -1)
    drift = torch.addcmul(first, mu, total, value=-1)
    torch.mul(w, drift, out=prior.mu.grad)
    drift += first
    torch.sub(w * second.addcmul_(mu, drift, value=-1), total, out=prior.logvar.grad).mul_(0.5)
    total = total[..., 0]
    torch.addcmul(total, log_pi.exp(), total.sum(-1, keepdim=True), value=-1, out=prior.a.grad)
    linear, square, _ = d_t.split_with_sizes(parts, -1)
    d_z, d_m = torch.addcmul(linear, square, both, value=2).chunk(2, 1)
    return d_z, d_m, square[:, batch:]
