"""The gradients of `lesson.loss` and `memory.loss` by the chain rule, for all members at once."""

from functools import partial

import torch
from torch import Tensor

from workbench.chapters.pseudo import lesson, memory
from workbench.chapters.pseudo.lesson import Batch, Belief
from workbench.chapters.pseudo.memory import Weights
from workbench.science import nets


@torch.no_grad()
def gradient(net: nets.Mlp, batch: Batch, belief: Belief) -> None:
    """The gradient of `lesson.loss`: p - t over 32 for labels, alpha (p - guess) over 128."""
    guesses = None if batch.noisy is batch.u else lesson.guess(net, batch.u, belief.sure)
    p = net(torch.cat([batch.x, batch.noisy], 1)).softmax(-1)
    labelled, own = p.split([batch.x.shape[1], batch.noisy.shape[1]], 1)
    if guesses is None:
        confidence, label = own.max(-1)
        guesses = label, (confidence >= belief.sure).float()
    label, counts = guesses
    labelled.sub_(batch.t).div_(labelled.shape[1])
    own.scatter_add_(2, label[..., None], own.new_full((*label.shape, 1), -1))
    own.mul_((belief.alpha * counts / own.shape[1])[..., None])
    net.backward(p)


@torch.no_grad()
def memory_gradient(net: nets.Mlp, x: Tensor, t: Tensor, weights: Weights) -> None:
    """The gradient of `memory.loss`.

    On the logits of one item of N, it is 1/N times the sum of `p sum(t) - t`, of R_A's
    `l_A p (sum_c p_c r_c - r)` with r = 1 / (C h), and of R_H's `-l_H p (log p + H)`.
    """
    logits = net(x)
    log_p = logits.log_softmax(-1)
    p = log_p.exp()
    d = p * t.sum(-1, keepdim=True) - t
    classes, a, h = p.shape[-1], weights.a[:, None, None], weights.h[:, None, None]
    mean = p.mean(1, keepdim=True)
    r = torch.where(mean > 1e-8, 1 / (classes * mean.clamp_min(1e-8)), 0)
    d.add_(a * p * ((p * r).sum(-1, keepdim=True) - r))
    spread = p * log_p
    d.sub_(h * (spread - p * spread.sum(-1, keepdim=True)))
    net.backward(d.div_(x.shape[1]))


fit = partial(lesson.fit, descend=nets.descent(gradient))  # the chapter's loops, fast
memory_fit = partial(memory.fit, gradient=memory_gradient)
FITS = {"pseudo-label": fit, "mixup-memory": memory_fit}
