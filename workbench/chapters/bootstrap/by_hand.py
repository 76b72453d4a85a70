"""The gradient of `lesson.loss` by the chain rule, for all members at once and much faster."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

import torch
from torch import Tensor

from workbench.chapters.bootstrap import lesson
from workbench.chapters.bootstrap.labels import NO_LABEL
from workbench.chapters.bootstrap.lesson import Classifiers
from workbench.chapters.bootstrap.members import Goal
from workbench.science import nets


class Terms(NamedTuple):
    """What each term of a gradient weighs, [members, 1, 1]."""

    given: Tensor
    own: Tensor
    hard: Tensor
    soft: Tensor
    layer: Tensor  # whether there is a noise layer
    picture: Tensor
    decay: Tensor


LOSSES: dict[str, Callable] = {  # beta -> the first six terms
    "soft": lambda beta: (beta, beta, 0, 1 - beta, 0, 0),
    "soft-detached": lambda beta: (beta, beta, 0, 0, 0, 0),
    "hard": lambda beta: (beta, 1, 1 - beta, 0, 0, 0),
    "recon": lambda beta: (1, 1, 0, 0, 1, beta),
    "cross-entropy": lambda beta: (1, 1, 0, 0, 0, 0),
}


@lru_cache(maxsize=64)
def terms(goals: tuple[Goal, ...], device) -> Terms:
    rows = [(*LOSSES[goal.loss](goal.beta), goal.decay) for goal in goals]
    columns = torch.tensor(rows, dtype=torch.float32, device=device).T
    return Terms(*columns[..., None, None].contiguous())


@torch.no_grad()
def gradient(model: Classifiers, x: Tensor, t: Tensor, goals: tuple[Goal, ...]) -> None:
    """Leaves the gradient of `lesson.loss` in each parameter's .grad.

    On the logits it is `own q - given t - hard z - soft q (log q + H)`.
    """
    log_q = torch.log_softmax(model.net(x), -1)
    q = log_q.exp()
    weigh, names = terms(goals, x.device), {goal.loss for goal in goals}
    d = q * weigh.own
    weight, labelled = weigh.given.expand(*t.shape, 1), None
    if (t == NO_LABEL).any():  # without a label, what the label would weigh is nothing
        labelled = (t != NO_LABEL).float()[..., None]
        d.sub_(q * weight * (1 - labelled))
        weight, t = weight * labelled, t.clamp_min(0)
    d.scatter_add_(2, t[..., None], -weight)
    if "hard" in names:
        z = log_q.argmax(-1, keepdim=True)
        d.scatter_add_(2, z, -weigh.hard.expand(z.shape))
    if "soft" in names:
        spread = q * log_q
        spread.sub_(q * spread.sum(-1, keepdim=True))  # q (log q + H)
        d.sub_(spread.mul_(weigh.soft))
    if model.layers:
        through_noise(model, d, q, (x, t, labelled), weigh)
    model.net.backward(d.div_(x.shape[1]))
    if any(goal.decay for goal in goals):
        for weight in model.net.weights:
            weight.grad.addcmul_(weight, weigh.decay)


def through_noise(
    model: Classifiers,
    d: Tensor,
    q: Tensor,
    batch: tuple[Tensor, Tensor, Tensor | None],
    weigh: Terms,
) -> None:
    """The gradients of the members with a noise layer: of the layers in .grad, of the logits in d.

    A member that still learns by cross-entropy has a layer of weight 0, and its d stays.
    """
    last = slice(-model.layers, None)
    x, t, labelled = (None if part is None else part[last] for part in batch)
    d, q, layer, picture = (part[last] for part in (d, q, weigh.layer, weigh.picture))
    n, r, items = model.noise.softmax(1), model.reconstruction, q.shape[1]
    t = t[..., None].expand(q.shape)
    share = n.gather(1, t)  # (member, batch, true): N of the given label
    share.div_((share * q).sum(-1, keepdim=True))
    if labelled is not None:
        share.mul_(labelled)
    error = (x - torch.bmm(q, r)).mul_(2 * picture)
    d_q = torch.bmm(error, r.mT).add_(share).neg_()
    d.copy_(torch.where(layer > 0, q * (d_q - (q * d_q).sum(-1, keepdim=True)), d))
    d_n = torch.zeros_like(n).scatter_add_(1, t, share * q)  # minus N dL/dN, summed over the batch
    torch.mul(n * d_n.sum(1, keepdim=True) - d_n, layer / items, out=model.noise.grad)
    torch.mul(torch.bmm(q.mT, error), layer / -items, out=model.reconstruction.grad)


fit = partial(lesson.fit, descend=nets.descent(gradient))  # the chapter's loop, fast
