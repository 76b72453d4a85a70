"""The gradient of `lesson.loss` by the chain rule, for all members at once and much faster."""

from functools import partial

import torch
from torch import Tensor

from workbench.chapters.multitask import lesson
from workbench.chapters.multitask.lesson import Networks
from workbench.science import nets


@torch.no_grad()
def gradient(net: Networks, few: tuple, many: tuple, fixed: Tensor) -> None:
    """Leaves the gradient of `lesson.loss` in each parameter's .grad.

    Both batches go through the trunk as one. On the logits it is w (q - t) / batch, and on s, where
    weights are learnt and below the cap, 1/2 - e^-s L.
    """
    count = few[0].shape[1]
    h = net.trunk(torch.cat([few[0], many[0]], 1))
    positive = h > 0
    h = h.relu_()
    weights, back, losses = net.weights(fixed), [], []
    sides = (
        (net.main, h[:, :count].contiguous(), few[1]),
        (net.other, h[:, count:].contiguous(), many[1]),
    )
    for task, (head, part, y) in enumerate(sides):
        d = torch.log_softmax(head(part), -1)
        losses.append(-d.gather(2, y[..., None]).mean((1, 2)))
        d = d.exp_().scatter_add_(2, y[..., None], -torch.ones_like(y[..., None], dtype=d.dtype))
        d.mul_(weights[:, task, None, None] / y.shape[1])
        back.append(head.backward(d, to_input=True))
    net.trunk.backward(torch.cat(back, 1).mul_(positive))
    free = net.learnt & (net.s > net.least)
    net.s.grad.copy_(torch.where(free, 0.5 - weights * torch.stack(losses, 1), 0))


fit = partial(lesson.fit, descend=nets.descent(gradient))  # the chapter's loop, fast
