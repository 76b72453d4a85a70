"""A turn of the game with the chain rule written out, for all members at once and much faster."""

from collections.abc import Iterator, Sequence
from functools import partial

import torch
from torch import Tensor

from workbench.chapters.gan import lesson
from workbench.chapters.gan.draws import Batch
from workbench.chapters.gan.knobs import Settings
from workbench.chapters.gan.lesson import Networks
from workbench.science import nets
from workbench.science.nets.input_gradient import input_gradient, penalty_gradient


def judged(loss: str, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """The gradient of D's loss by each logit [members, batch, 1], times the batch."""
    if loss == "Wasserstein":
        return -torch.ones_like(real), torch.ones_like(fake)
    if loss == "hinge":
        return -(real < 1).to(real.dtype), (fake > -1).to(fake.dtype)
    return real.sigmoid().sub_(1), fake.sigmoid()


def discriminator_gradient(net: Networks, batch: Batch, fake: Tensor, loss: str) -> None:
    """Leaves the gradient of what D minimises in its parameters; fake [members, batch, width]."""
    own, count = net.discriminator, batch.z.shape[1]
    used = own.effective()
    if used is not own:
        for normal, weight in zip(used.weights, own.weights, strict=True):
            normal.grad = weight.grad
    logits = used(torch.cat([batch.real, fake], 1))
    real_hidden = [units[:, :count] for units in used.inputs[1:]]
    grads = judged(loss, *logits.split([count, count], 1))
    used.backward(torch.cat(grads, 1).div_(count))
    if loss == "Wasserstein":
        between = torch.lerp(fake, batch.real, batch.mix)
        used(between)
        hidden = used.inputs[1:]
        chain = input_gradient(used.weights, hidden)
        length = chain[0].norm(dim=-1, keepdim=True).clamp_min(1e-12)
        push(used, hidden, chain, 2 * net.penalty / count * (length - 1) / length * chain[0])
    elif net.gamma.any():
        chain = input_gradient(used.weights, real_hidden)
        push(used, real_hidden, chain, net.gamma / count * chain[0])
    if used is not own:
        own.normalise_gradient(used)


def push(used: nets.Mlp, hidden: Sequence[Tensor], chain: Sequence[Tensor], grad: Tensor) -> None:
    """Adds to the weights' gradients what a penalty of the slope asks for."""
    asked = penalty_gradient(used.weights, hidden, chain, grad)
    for weight, more in zip(used.weights, asked, strict=True):
        weight.grad.add_(more)


def generator_gradient(net: Networks, batch: Batch, fake: Tensor, loss: str) -> None:
    """Leaves the gradient of what G minimises in its parameters; fake as G has just made it."""
    used = net.discriminator.effective()
    logits = used(fake + batch.fog)
    slope = input_gradient(used.weights, used.inputs[1:])[0]
    grad = logits.sigmoid().sub_(1) if loss == "non-saturating" else -torch.ones_like(logits)
    slope = slope * grad.div_(fake.shape[1])
    net.generator.backward(slope.mul_(fake * (1 - fake)) if net.pictures else slope)


@torch.no_grad()
def turn(
    net: Networks, adam_d: nets.Adam, adam_g: nets.Adam, batch: Batch, loss: str = "non-saturating"
) -> None:
    """`lesson.turn_of` of the losses that the knob `loss` names."""
    fake = net.forge(batch.z)
    discriminator_gradient(net, batch, fake + batch.fog, loss)
    adam_d.step()
    generator_gradient(net, batch, fake, loss)
    adam_g.step()


def fit(
    runs: Sequence[Settings], data: Tensor, device: str = "cpu"
) -> Iterator[tuple[int, Networks]]:
    """The chapter's loop, fast."""
    return lesson.fit(runs, data, device, turn=partial(turn, loss=runs[0].loss))
