"""The gradient of `lesson.loss` by the chain rule, at less than half of autograd's cost."""

import torch
from torch import Tensor

from workbench.chapters.beta_vae.knobs import SIGMA
from workbench.chapters.beta_vae.lesson import Price, Vae
from workbench.science import nets


@torch.inference_mode()
def gradient(vae: Vae, x: Tensor, eps: Tensor, price: Price, likelihood: str) -> None:
    """Leaves the gradient of `lesson.loss` in each parameter's .grad."""
    mu, logvar = vae.encode(x)
    noise = (0.5 * logvar).exp_().mul_(eps)  # sigma eps
    out = vae.decoder(mu + noise)
    share = 1 / x.shape[1]  # of one picture in the batch's mean
    if likelihood == "bernoulli":
        d_out = out.sigmoid_().sub_(x).mul_(share)
    else:
        d_out = out.sub_(x).mul_(share / SIGMA**2)
    d_z = vae.decoder.backward(d_out, to_input=True)
    d_rate = slope(price, mu, logvar)
    # KL = (mu^2 + sigma^2 - log sigma^2 - 1) / 2, and sigma^2 - 1 = expm1(log sigma^2)
    d_mu = torch.addcmul(d_z, mu, d_rate, value=share)
    d_logvar = d_z.mul_(noise).mul_(0.5).addcmul_(logvar.expm1(), d_rate, value=0.5 * share)
    vae.encoder.backward(torch.cat([d_mu, d_logvar], -1))


def slope(price: Price, mu: Tensor, logvar: Tensor) -> Tensor:
    """The derivative [runs, 1, 1] of the price of the rate with respect to the rate."""
    if price.kind == "beta":
        return price.beta.view(-1, 1, 1)
    kl = mu.square().add_(logvar.exp()).sub_(logvar).sum((1, 2)) / 2
    rate = kl / mu.shape[1] - mu.shape[2] / 2
    return (price.gamma * torch.sign(rate - price.capacity)).view(-1, 1, 1)


def descent():
    """descend(vae, adam, *batch) for one training; on a GPU a step is one CUDA graph.

    The graph takes x and eps anew at each step. The price must stay as it is, so the capacity form,
    whose C grows, has no graph.
    """
    plain = nets.descent(gradient)
    graph = []  # of the first step, and used for all later ones

    def descend(vae: Vae, adam: nets.Adam, x: Tensor, eps: Tensor, price: Price, *rest) -> None:
        if not x.is_cuda or price.kind == "capacity":
            return plain(vae, adam, x, eps, price, *rest)
        if not graph:
            step = lambda x, eps: plain(vae, adam, x, eps, price, *rest)  # noqa: E731
            graph.append(nets.captured(step, adam.state, x, eps))
        return graph[0](x, eps)

    return descend
