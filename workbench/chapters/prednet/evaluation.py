"""What a frame measures of the networks: one frame ahead, and several on their own."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.prednet import rules
from workbench.chapters.prednet.clips import Clips
from workbench.chapters.prednet.knobs import FIRST, GIVEN, LAST, Settings
from workbench.chapters.prednet.lesson import Pair, PredNet, State

JUDGED = 32  # held-out clips
SHOWN = 0  # the one of them that is drawn
LEAST = 1e-9  # an error that is divided by: of a film that stands still at its end


class Forecast(NamedTuple):
    """What a network makes of clips.

    next [runs, n, LAST + 1, h, w]: each frame, predicted from the true ones before it. own [runs,
    n, horizon, h, w]: what it goes on with after GIVEN true frames. passed: what its two layers
    passed on at the frames of the clip that is drawn [runs, frames, channels, h, w].
    """

    next: NDArray
    own: NDArray
    passed: tuple[NDArray, NDArray]


@torch.no_grad()
def forecast(net: PredNet, clips: Tensor, horizon: int) -> Forecast:
    """What the network makes of clips [runs, n, frames, h, w]."""
    state = after = net.start(clips[:, :, 0])
    frames, passed = [], []
    for t in range(LAST + 1):
        predicted, state = net.go_down(state)
        state = net.go_up(clips[:, :, t], predicted, state)
        frames.append(predicted)
        passed.append([e[:, SHOWN] for e in state.passed])
        after = state if t == GIVEN - 1 else after
    low, high = (to_numpy(torch.stack(layer, 1)) for layer in zip(*passed, strict=True))
    return Forecast(to_numpy(torch.stack(frames, 2)), go_on(net, after, horizon), (low, high))


def go_on(net: PredNet, state: State, horizon: int) -> NDArray:
    """The frames [runs, n, horizon, h, w] that follow when each prediction is taken as true."""
    frames = []
    for _ in range(horizon):
        predicted, state = net.go_down(state)
        state = net.go_up(predicted, predicted, state)
        frames.append(predicted)
    return to_numpy(torch.stack(frames, 2))


def to_numpy(x: Tensor) -> NDArray:
    return x.detach().cpu().numpy()


class Errors(NamedTuple):
    """Mean squared errors by who predicts: of the next frame, and for each frame ahead [horizon].

    sharpness: of the frames ahead beside the true ones [horizon].
    """

    next: dict[str, float]
    ahead: dict[str, NDArray]
    sharpness: dict[str, NDArray]


class Judge:
    """The held-out clips of a stack of runs, and what rules make of them, computed once."""

    def __init__(self, runs: Sequence[Settings], data: Clips):
        self.horizon = runs[0].horizon
        self.clips = data.test[:, :JUDGED]
        self.true = to_numpy(self.clips)
        self.rules = [rules.all_rules(to_numpy(clips.mean((0, 1)))) for clips in data.train]
        self.fixed = [self._judge_rules(run) for run in range(len(runs))]

    def _judge_rules(self, run: int) -> tuple[dict, dict]:
        """The next frames and the frames ahead of every rule, by its name."""
        true, own = self.true[run], self.rules[run].items()
        ahead = {name: rule(true[:, :GIVEN], self.horizon) for name, rule in own}
        return {name: rules.next_frames(rule, true, FIRST, LAST) for name, rule in own}, ahead

    def forecasts(self, pair: Pair) -> list[Forecast]:
        """What PredNet and the plain ConvLSTM make of the clips."""
        return [forecast(net, self.clips, self.horizon) for net in pair]

    def errors(self, run: int, forecasts: Sequence[Forecast]) -> Errors:
        """Everything that is measured of one run."""
        true, (following, ahead) = self.true[run], self.fixed[run]
        names = zip(("prednet", "plain"), forecasts, strict=True)
        nets = {name: (each.next[run][:, FIRST:], each.own[run]) for name, each in names}
        following = following | {name: frames for name, (frames, _) in nets.items()}
        ahead = ahead | {name: frames for name, (_, frames) in nets.items()}
        real, later = true[:, FIRST : LAST + 1], true[:, GIVEN : GIVEN + self.horizon]
        return Errors(
            {name: float(np.square(x - real).mean()) for name, x in following.items()},
            {name: np.square(x - later).mean((0, 2, 3)) for name, x in ahead.items()},
            {name: sharpness(ahead[name]) / np.maximum(sharpness(later), LEAST) for name in nets},
        )


def sharpness(frames: NDArray) -> NDArray:
    """The mean step between neighbouring pixels of frames [n, t, h, w], for each time [t]."""
    down, across = (np.abs(np.diff(frames, axis=axis)).mean((0, 2, 3)) for axis in (2, 3))
    return (down + across) / 2
