"""The gradient of both lessons' losses by the chain rule, for all learners at once."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from workbench.chapters.two_learners import lesson
from workbench.science import nets


@torch.no_grad()
def gradient(model: Any, x: Tensor, t: Tensor, share: Tensor | None = None) -> None:
    """Leaves the gradient of the loss in each parameter's .grad.

    On the logits it is `share (q - onehot(t))`. share [learners, batch] is what each item counts
    for; without it all count equally.
    """
    d = model.net(x).softmax(-1)
    d.scatter_add_(2, t[..., None], -torch.ones_like(t, dtype=d.dtype)[..., None])
    model.net.backward(d.div_(x.shape[1]) if share is None else d.mul_(share[..., None]))


descend: Callable[..., None] = nets.descent(gradient)
fit = partial(lesson.fit, descend=descend)  # the chapter's loop, fast
