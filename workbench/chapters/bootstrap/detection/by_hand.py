"""The gradient of `detection.lesson.loss` by the chain rule, much faster than autograd's."""

from functools import lru_cache, partial

import torch
from torch import Tensor

from workbench.chapters.bootstrap.detection import lesson
from workbench.chapters.bootstrap.detection.lesson import Detectors, Goal
from workbench.science import nets


@lru_cache(maxsize=64)
def columns(goals: tuple[Goal, ...], device, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """beta and decay of each goal, [detectors, 1, 1]."""
    knobs = ([goal.beta for goal in goals], [goal.decay for goal in goals])
    beta, decay = (torch.tensor(k, device=device, dtype=dtype).view(-1, 1, 1) for k in knobs)
    return beta, decay


def confidence_gradient(a: Tensor, t: Tensor, goals: tuple[Goal, ...]) -> Tensor:
    """dL/da of each detector's loss on its confidences c = sigmoid(a), for every scene.

    a, t [detectors, scenes, cells]. baseline: c - t; soft: beta (c - t) - (1 - beta) a c (1 - c);
    hard: c - beta t - (1 - beta) 1[c > 1/2].
    """
    c = a.sigmoid()
    beta, _ = columns(goals, a.device, a.dtype)
    rows = []
    for i, goal in enumerate(goals):
        d = c[i] - t[i]
        if goal.loss == "soft":
            d = beta[i] * d - (1 - beta[i]) * a[i] * c[i] * (1 - c[i])
        elif goal.loss == "hard":
            d = c[i] - beta[i] * t[i] - (1 - beta[i]) * (c[i] > 0.5).to(c)
        elif goal.loss == "top-k":
            d = d * lesson.top_k(a[i], t[i], goal.k)
        rows.append(d)
    return torch.stack(rows)


@torch.no_grad()
def gradient(
    model: Detectors, x: Tensor, boxes: Tensor, offset: Tensor, goals: tuple[Goal, ...]
) -> None:
    """Leaves the gradient of `lesson.loss` in each parameter's .grad."""
    out = model(x)
    d = torch.empty_like(out)
    d[..., 0] = confidence_gradient(out[..., 0], boxes, goals)
    d[..., 1:] = (out[..., 1:] - offset) * boxes[..., None]
    model.net.backward(d.flatten(1, 2).div_(x.shape[1]))
    _, decay = columns(goals, x.device, x.dtype)
    for weight in model.net.weights:
        weight.grad.addcmul_(weight, decay)


fit = partial(lesson.fit, descend=nets.descent(gradient))  # the experiment's loop, fast
