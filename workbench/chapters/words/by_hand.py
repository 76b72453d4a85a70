"""The gradient of `lesson.loss` in closed form, which is much faster than autograd's.

For one pair, with s the sigmoid: dL/dv_w = (s(u_c v_w) - 1) u_c + sum_i s(u_i v_w) u_i; dL/du_c =
(s(u_c v_w) - 1) v_w; dL/du_i = s(u_i v_w) v_w. A word that a batch holds twice gets both.
"""

from functools import partial

import torch
from torch import Tensor

from workbench.chapters.words import lesson
from workbench.chapters.words.lesson import Vectors, places, rows
from workbench.science import nets


@torch.no_grad()
def gradient(net: Vectors, pairs: Tensor, noise: Tensor, weight: float) -> Tensor:
    """Leaves the gradient of `lesson.loss` in each parameter's .grad; returns the losses [runs]."""
    v, u = rows(net.centre, pairs[0]), rows(net.context, pairs[1])
    n = rows(net.context, noise)
    count = pairs[0].shape[1] * pairs[0].shape[2]
    yes, no = (u * v).sum(-1), v @ n.mT
    wrong = (torch.sigmoid(yes) - 1).div_(count).unsqueeze_(-1)
    fooled = torch.sigmoid(no).mul_(weight / count)
    _scatter(net.centre, pairs[0], wrong * u + fooled @ n)
    _scatter(net.context, pairs[1], wrong * v)
    _scatter(net.context, noise, fooled.mT @ v, more=True)
    losses = torch.nn.functional.softplus(-yes) + weight * torch.nn.functional.softplus(no).sum(-1)
    return losses.mean((1, 2))


def _scatter(table: Tensor, words: Tensor, amounts: Tensor, more: bool = False) -> None:
    """Adds amounts [runs, ..., dimension] to the gradient of these words' rows."""
    if not more:
        table.grad.zero_()
    flat = table.grad.flatten(0, 1)
    flat.index_add_(0, places(table, words).flatten(), amounts.flatten(0, -2))


fit = partial(lesson.fit, descend=nets.descent(gradient))  # the chapter's loop, fast
