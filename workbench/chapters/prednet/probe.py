"""What the top layer knows: linear probes for velocity and class, on clips it was not fitted to."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.prednet.clips import Clips
from workbench.chapters.prednet.evaluation import to_numpy
from workbench.chapters.prednet.knobs import LAST
from workbench.chapters.prednet.lesson import PredNet

DRAWS, FITTED = 5, 128  # a probe is fitted to so many clips of training, as often
RIDGE = 1.0  # times the mean square of a feature: the weight of the penalty
PART = 64  # clips that go through a network at a time


class Knowledge(NamedTuple):
    """How well velocity (R^2) and class (accuracy) can be read off: mean and standard deviation
    over draws [frames] for each source of features."""

    velocity: dict[str, tuple[NDArray, NDArray]]
    label: dict[str, tuple[NDArray, NDArray]]


@torch.no_grad()
def top_states(net: PredNet, clips: Tensor) -> NDArray:
    """R of the upper layer of a stack of one when it predicts frames 1 to LAST of clips [1, n,
    frames, h, w]: [n, LAST, features]."""
    parts = []
    for part in clips.split(PART, 1):
        state, rows = net.start(part[:, :, 0]), []
        for t in range(LAST + 1):
            predicted, state = net.go_down(state)
            rows.append(state.hidden[1][0].flatten(1))
            state = net.go_up(part[:, :, t], predicted, state)
        parts.append(torch.stack(rows[1:], 1))
    return to_numpy(torch.cat(parts))


def last_two(clips: Tensor) -> NDArray:
    """The pixels of the two frames before frames 1 to LAST of clips [1, n, frames, h, w]."""
    x = to_numpy(clips[0].flatten(2))
    before = np.concatenate([np.zeros_like(x[:, :1]), x[:, : LAST - 1]], 1)
    return np.concatenate([before, x[:, :LAST]], 2)


def measure(features: dict[str, tuple[NDArray, NDArray]], data: Clips, run: int) -> Knowledge:
    """Probes on features (training clips [n, LAST, d], held-out clips [m, LAST, d]) of one run."""
    assert data.velocity is not None
    velocity = tuple(each[run][:, 1 : LAST + 1] for each in data.velocity)
    draws = [np.random.default_rng(draw) for draw in range(DRAWS)]
    rows = [rng.permutation(len(velocity[0]))[:FITTED] for rng in draws]

    def over(score, known) -> dict[str, tuple[NDArray, NDArray]]:
        result = {}
        for name, (fit, judge) in features.items():
            values = [
                [score(fit[own, t], judge[:, t], known[0][own, t], known[1][:, t]) for own in rows]
                for t in range(LAST)
            ]
            result[name] = (np.mean(values, 1), np.std(values, 1))
        return result

    label = {}
    if data.label is not None:
        label = over(accuracy, [np.repeat(each[run][:, None], LAST, 1) for each in data.label])
    return Knowledge(over(explained, velocity), label)


def solve(x: NDArray, y: NDArray, judge: NDArray) -> NDArray:
    """What a ridge regression from x [n, d] to y [n, k] says of other rows [m, d]: [m, k].

    By PyTorch, which computes with the thread that it is given: NumPy's products take every core,
    and their number decides the last digits.
    """
    x, y, judge = (torch.from_numpy(np.asarray(each, np.float64)) for each in (x, y, judge))
    centre, mean = x.mean(0), y.mean(0)
    x, judge = x - centre, judge - centre
    gram = x @ x.T
    weight = RIDGE * max(gram.trace().item() / len(x), 1e-9) / 10
    penalty = weight * torch.eye(len(x), dtype=x.dtype)
    return (judge @ x.T @ torch.linalg.solve(gram + penalty, y - mean) + mean).numpy()


def explained(x: NDArray, judge: NDArray, y: NDArray, true: NDArray) -> float:
    """R^2 of velocities [m, 2], not below 0."""
    rest = np.square(solve(x, y, judge) - true).sum()
    return float(max(0.0, 1 - rest / np.square(true - true.mean(0)).sum()))


def accuracy(x: NDArray, judge: NDArray, y: NDArray, true: NDArray) -> float:
    """The share of classes that are right."""
    classes = np.unique(y)
    predicted = classes[
        solve(x, np.eye(len(classes))[np.searchsorted(classes, y)], judge).argmax(1)
    ]
    return float((predicted == true).mean())
