r"""Semantic in-painting (Yeh et al. 2017): a z whose picture agrees with what is left of another.

.. math:: \hat z = \arg\min_z \| W \odot (G(z) - y) \|_1 + \lambda \log(1 - D(G(z))),

where W weighs a known pixel by the share of missing ones in the window around it. What is known is
then put back, so that only the hole is of the generator.
"""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from workbench.science import nets
from workbench.science.nets.input_gradient import input_gradient

PRIOR = 0.003  # lambda, as re-implementations of the paper have it
SEARCH_STEPS, SEARCH_RATE, FARTHEST = 150, 0.1, 3.0  # of Adam over z, which is clipped
SMALL = 16  # pixels a side up to which pictures are small
UNITS, FILLER_STEPS, BATCH, FILLER_RATE = 128, 600, 64, 0.003  # of the context encoder


class Pair(NamedTuple):
    """A trained generator, z [1, n, latent] -> logits of pixels, and its discriminator."""

    generator: nets.Mlp
    judge: nets.Mlp


class Fills(NamedTuple):
    """pictures [fills, n, pixels] with what is known put back; the context loss at the first and
    at the last step, and both terms at the end [fills, n]."""

    pictures: Tensor
    first: Tensor
    last: Tensor
    total: Tensor

    @property
    def best(self) -> Tensor:
        """The fill of each picture with the least loss [n, pixels]."""
        return self.pictures[self.total.argmin(0), torch.arange(self.total.shape[1])]


def weights(hole: Tensor) -> Tensor:
    """W [height, width] of a hole [height, width], which is 1 where pixels are missing.

    The window has 7 pixels a side, as the paper's has on 64 x 64, and 3 where pictures are small.
    Where no known pixel has a missing one in its window, all known ones weigh 1.
    """
    window = 7 if min(hole.shape) > SMALL else 3
    share = F.avg_pool2d(hole[None, None], window, 1, window // 2, count_include_pad=False)[0, 0]
    w = (1 - hole) * share
    return w if w.any() else 1 - hole


def losses(pair: Pair, z: Tensor, y: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """The context loss and the prior loss, without lambda, of each z: [n] and [n]."""
    x = pair.generator(z).sigmoid()
    context = (w * (x - y).abs()).sum(-1)[0]
    return context, -F.softplus(pair.judge(x))[0, :, 0]  # log(1 - D)


def slope(pair: Pair, z: Tensor, y: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """The context loss [n], and the gradient by z of both terms [1, n, latent]."""
    x = pair.generator(z).sigmoid()
    context = (w * (x - y).abs()).sum(-1)[0]
    logits = pair.judge(x)
    by_x = input_gradient(pair.judge.weights, pair.judge.inputs[1:])[0]
    grad = (w * (x - y).sign() - PRIOR * logits.sigmoid() * by_x) * x * (1 - x)
    layers = zip(reversed(pair.generator.weights), reversed(pair.generator.inputs), strict=True)
    for weight, units in layers:
        grad = torch.bmm(grad, weight.mT)
        if units is not pair.generator.inputs[0]:
            grad = grad * (units > 0)
    return context, grad


@torch.no_grad()
def search(pair: Pair, y: Tensor, hole: Tensor, fills: int, seed: int) -> Fills:
    """Fills the hole [height, width] of pictures y [n, pixels] several times, each from its own z.

    Only what is known of y is looked at.
    """
    missing, w = hole.flatten(), weights(hole).flatten()
    known = (y * (1 - missing)).repeat(fills, 1)[None]
    latent = pair.generator.weights[0].shape[1]
    z = torch.randn(1, known.shape[1], latent, generator=torch.Generator().manual_seed(seed))
    adam = nets.Adam([z], SEARCH_RATE)
    first = losses(pair, z, known, w)[0]
    for _ in range(SEARCH_STEPS):
        z.grad.copy_(slope(pair, z, known, w)[1])
        adam.step()
        z.clamp_(-FARTHEST, FARTHEST)
    context, prior = losses(pair, z, known, w)
    x = torch.where(missing > 0, pair.generator(z).sigmoid(), known)[0]
    parts = (each.reshape(fills, len(y)) for each in (first, context, context + PRIOR * prior))
    return Fills(x.reshape(fills, len(y), -1), *parts)


@torch.no_grad()
def train_context_encoder(train: Tensor, hole: Tensor, seed: int = 0) -> nets.Mlp:
    """A network that fills this hole [height, width], by squared error on it (Pathak et al. 2016,
    without their adversary)."""
    missing = hole.flatten()
    seeds = nets.generators([seed])
    net = nets.Mlp([train.shape[1], UNITS, train.shape[1]], seeds)
    adam = nets.Adam(net.parameters(), FILLER_RATE)
    batches = nets.Batches(len(train), BATCH, seeds, "cpu")
    for _ in range(FILLER_STEPS):
        x = train[batches.draw()]
        guess = net(x * (1 - missing)).sigmoid()
        net.backward(2 * (guess - x) * missing * guess * (1 - guess) / x.shape[1])
        adam.step()
    return net


@torch.no_grad()
def other_fills(
    train: Tensor, y: Tensor, hole: Tensor, seed: int = 0
) -> Iterator[tuple[str, Tensor]]:
    """What else could fill the hole of y [n, pixels]: a name and pictures [n, pixels] each."""
    missing = hole.flatten()
    known = y * (1 - missing)
    guess = train_context_encoder(train, hole, seed)(known[None]).sigmoid()[0]
    twins = torch.cdist(known, train * (1 - missing)).argmin(1)
    makers = {
        "context encoder": guess,
        "nearest picture": train[twins],
        "mean picture": train.mean(0).expand_as(y),
    }
    for name, x in makers.items():
        yield name, torch.where(missing > 0, x, y)


def hole_psnr(x: Tensor, y: Tensor, hole: Tensor) -> float:
    """The peak signal-to-noise ratio on the missing pixels alone, in dB, of x and y [n, pixels]."""
    error = ((x - y).square() * hole.flatten()).sum() / (hole.sum() * len(y))
    return float(-10 * error.clamp_min(1e-10).log10())
