r"""PredNet (Lotter et al. 2017): each layer predicts what comes, and passes on its error alone.

At a time t information goes down first and then up, with :math:`A_0` the frame:

.. math::
    R_l^t &= \mathrm{ConvLSTM}(E_l^{t-1}, R_l^{t-1}, \mathrm{up}(R_{l+1}^t)) \\
    \hat A_l^t &= \mathrm{ReLU}(\mathrm{conv}(R_l^t)) \\
    E_l^t &= [\mathrm{ReLU}(A_l^t - \hat A_l^t);\ \mathrm{ReLU}(\hat A_l^t - A_l^t)] \\
    A_{l+1}^t &= \mathrm{pool}(\mathrm{ReLU}(\mathrm{conv}(E_l^t)))

So :math:`\hat A_0^t`, the prediction of frame t, is made of frames before t. Every tensor has a
leading axis of runs, which train side by side and share nothing.
"""

import copy
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Generator, Tensor
from torch.nn.functional import relu

from workbench.chapters.prednet.clips import Clips
from workbench.chapters.prednet.convolution import Convolution, double, halve
from workbench.chapters.prednet.knobs import LEARNT, Settings
from workbench.science import nets

BATCH = 4  # clips of a mini-batch
SLOW_AFTER, SLOW = 0.6, 0.3  # after this share of the steps the rate is so many times smaller


class State(NamedTuple):
    """What a network remembers: a tensor [runs, batch, channels, h, w] for each of two layers.

    passed: what a layer has passed on, the errors E of PredNet. hidden and cell: R, and the memory
    of its ConvLSTM.
    """

    passed: list[Tensor]
    hidden: list[Tensor]
    cell: list[Tensor]


class PredNet:
    """Two layers that pass on their errors, for each of the generators.

    The channels: `inputs` are those of A, `halves` times as many are passed on, `units` those of R.
    grey: what the first bias of predicted pixels is, for each run [runs]. The mean of all pixels
    keeps them alive: from 0, or from so bright that the first steps go too far down, a ReLU ends
    where it gives 0 for every frame and learns no more.
    """

    inputs, halves, units = (1, 8), 2, (8, 8)

    def __init__(self, generators: Sequence[Generator], grey: Tensor):
        def conv(before: int, after: int) -> Convolution:
            return Convolution(before, after, generators, str(grey.device))

        a, e, r = self.inputs, [self.halves * n for n in self.inputs], self.units
        self.lstm = [conv(e[0] + r[0] + r[1], 4 * r[0]), conv(e[1] + r[1], 4 * r[1])]
        self.predict = [conv(r[0], a[0])]
        self.sense = conv(e[0], a[1])
        self.predict[0].bias.data[:, 0] = grey
        if self.halves == 2:
            self.predict.append(conv(r[1], a[1]))

    def parameters(self) -> list[Tensor]:
        convolutions = (*self.lstm, *self.predict, self.sense)
        return [p for each in convolutions for p in (each.weight, each.bias)]

    def only(self, run: int) -> "PredNet":
        """The network of this number in the stack, to evaluate and not to train."""
        single = copy.copy(self)
        single.lstm = [each.only(run) for each in self.lstm]
        single.predict = [each.only(run) for each in self.predict]
        single.sense = self.sense.only(run)
        return single

    def start(self, frame: Tensor) -> State:
        """The state before frames such as this one [runs, batch, h, w]: zeros."""
        runs, batch, height, width = frame.shape
        sizes = (height, width), (height // 2, width // 2)

        def zeros(channels: Sequence[int]) -> list[Tensor]:
            return [
                frame.new_zeros(runs, batch, n, *size)
                for n, size in zip(channels, sizes, strict=True)
            ]

        passed = [self.halves * n for n in self.inputs]
        return State(zeros(passed), zeros(self.units), zeros(self.units))

    def go_down(self, state: State) -> tuple[Tensor, State]:
        """The prediction of the next frame [runs, batch, h, w], and the state with its R."""
        e, r, cell = state
        high, high_cell = remember(self.lstm[1](torch.cat([e[1], r[1]], 2)), cell[1])
        seen = torch.cat([e[0], r[0], double(high)], 2)
        low, low_cell = remember(self.lstm[0](seen), cell[0])
        frame = relu(self.predict[0](low)).clamp_max(1)
        return frame[:, :, 0], State(e, [low, high], [low_cell, high_cell])

    def go_up(self, frame: Tensor, predicted: Tensor, state: State) -> State:
        """The state once a frame [runs, batch, h, w] has come instead of the predicted one."""
        low = errors(frame[:, :, None], predicted[:, :, None])
        expected = relu(self.predict[1](state.hidden[1]))
        high = errors(halve(relu(self.sense(low))), expected)
        return state._replace(passed=[low, high])


class ConvLstm(PredNet):
    """The same two layers without errors: each passes on what it sees. As many weights, to 1 %."""

    inputs, halves, units = (1, 11), 1, (9, 9)

    def go_up(self, frame: Tensor, predicted: Tensor, state: State) -> State:
        low = frame[:, :, None]
        return state._replace(passed=[low, halve(relu(self.sense(low)))])


def errors(a: Tensor, predicted: Tensor) -> Tensor:
    """E: what is more than predicted, and what is less, as twice as many channels."""
    return torch.cat([relu(a - predicted), relu(predicted - a)], 2)


def remember(gates: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """R and the new memory that a ConvLSTM makes of its gates (4 times its channels)."""
    keep, add, show, new = gates.chunk(4, 2)
    cell = keep.sigmoid() * cell + add.sigmoid() * new.tanh()
    return show.sigmoid() * cell.tanh(), cell


class Weights(NamedTuple):
    """What errors count for [runs]: whether they are squared, and the weight of the upper layer."""

    squared: Tensor
    upper: Tensor


def loss(net: PredNet, clips: Tensor, weights: Weights) -> Tensor:
    """The mean error over clips [runs, batch, frames, h, w] without their first frame [runs].

    Of the pixels it is the prediction's error; an upper layer has one where errors are passed on.
    """
    total, state = clips.new_zeros(len(clips)), net.start(clips[:, :, 0])
    for t, frame in enumerate(clips.unbind(2)):
        predicted, state = net.go_down(state)
        state = net.go_up(frame, predicted, state)
        if t > 0:
            total = total + extent(frame - predicted, weights.squared)
            if net.halves == 2:
                total = total + weights.upper * extent(state.passed[1], weights.squared)
    return total / (clips.shape[2] - 1)


def extent(error: Tensor, squared: Tensor) -> Tensor:
    """The mean square of each run's errors where `squared` [runs], else their mean size [runs]."""
    rows = error.flatten(1)
    return torch.where(squared, rows.square().mean(1), rows.abs().mean(1))


class Pair(NamedTuple):
    """The two networks that see the same clips."""

    prednet: PredNet
    plain: ConvLstm


def fit(
    runs: Sequence[Settings], data: Clips, device: str = "cpu", loss=loss
) -> Iterator[tuple[int, Pair]]:
    """Trains both networks of every run; yields (step, networks) after every step."""
    first = runs[0]
    weights, orders, starts = (
        nets.generators([run.seed + more for run in runs]) for more in (0, 1000, 2000)
    )
    grey = torch.stack([clips.mean() for clips in data.train])
    pair = Pair(PredNet(weights, grey), ConvLstm(weights, grey))
    adams = [nets.Adam(net.parameters(), [run.lr for run in runs]) for net in pair]
    counts = Weights(
        torch.tensor([run.measure == "squared" for run in runs], device=device),
        torch.tensor([run.upper for run in runs], device=device),
    )
    batches = nets.Batches(data.train.shape[1], BATCH, orders, device)
    gradient = nets.autograd(loss)
    for step in range(1, first.steps + 1):
        clips = windows(data.train, batches.draw(), starts)
        for net, adam in zip(pair, adams, strict=True):
            gradient(net, clips, counts)
            adam.step(1 if step <= SLOW_AFTER * first.steps else SLOW)
        yield step, pair


def windows(clips: Tensor, rows: Tensor, generators: Sequence[Generator]) -> Tensor:
    """LEARNT frames in a row, from a random one on, of the clips of these rows [runs, batch]."""
    last, parts = clips.shape[2] - LEARNT, []
    for run, own, generator in zip(clips, rows, generators, strict=True):
        begin = int(torch.randint(last + 1, (1,), generator=generator))
        parts.append(run[own, begin : begin + LEARNT])
    return torch.stack(parts)
