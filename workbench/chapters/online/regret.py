"""Regret: what online learning has lost beside the best fixed weights, known in hindsight."""

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.online.lesson import into_ball


def mean_loss(W: NDArray, x: NDArray, y: NDArray) -> tuple[float, NDArray]:
    """The mean loss of fixed weights on items x [n, d], y [n], and its gradient [d, classes]."""
    logits = x @ W
    logits -= logits.max(1, keepdims=True)
    p = np.exp(logits)
    total = p.sum(1, keepdims=True)
    rows = np.arange(len(y))
    value = (np.log(total[:, 0]) - logits[rows, y]).mean()
    p /= total
    p[rows, y] -= 1
    return float(value), x.T @ p / len(y)


def best_fixed(
    x: NDArray, y: NDArray, radius: float, start: NDArray, rounds: int
) -> tuple[NDArray, float]:
    """The best weights in the ball for items x [n, d], y [n], and the sum of their losses.

    Projected gradient descent with momentum (Nesterov 1983) from `start` [d, classes]. The loss
    bends by at most |x|^2 / 2, which gives the step.
    """
    step = 2 / (x * x).sum(1).mean()
    W, ahead, momentum = start, start, 1.0
    for _ in range(rounds):
        _, gradient = mean_loss(ahead, x, y)
        after = into_ball(ahead - step * gradient, radius)
        following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead = after + (momentum - 1) / following * (after - W)
        W, momentum = after, following
    return W, mean_loss(W, x, y)[0] * len(y)


def bound(t: NDArray, radius: float, slope: float) -> NDArray:
    """D G sqrt(t), which the regret at the rate D / (G sqrt(t)) cannot pass (Zinkevich 2003)."""
    return 2 * radius * slope * np.sqrt(t)
