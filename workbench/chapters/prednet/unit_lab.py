"""One pixel and one unit of PredNet through one step: what was remembered, expected, and passed on.

Everything is computed here a second time, number by number, from the weights alone.
"""

from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from workbench.chapters.prednet import lesson
from workbench.chapters.prednet.clips import open_clips
from workbench.chapters.prednet.evaluation import to_numpy
from workbench.chapters.prednet.knobs import Settings
from workbench.chapters.prednet.lab_knobs import FRAMES_SHOWN, SIDE, STEPS
from workbench.core.pictures import Images, Table

UNITS = 8  # of the lower layer's R
GATES = ("keep", "add", "show", "new")  # in the order of the convolution's outputs


class Unit(NamedTuple):
    """One unit of R at one pixel: the four sums that come in, and memory and R, before and after.

    The sums are those of the convolution over errors, R and the layer above, bias included.
    """

    sums: NDArray
    memory: tuple[float, float]
    hidden: float


@lru_cache(maxsize=1)
def small_net() -> tuple[lesson.PredNet, torch.Tensor]:
    """A network that has learnt for a few seconds, and a held-out clip [1, 1, frames, h, w]."""
    run = Settings(steps=STEPS, seed=0)
    data = open_clips([run])
    *_, (_, pair) = lesson.fit([run], data)
    return pair.prednet.only(0), data.test[:, :1]


def sigmoid(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))


def neighbourhood(maps: NDArray, row: int, column: int) -> NDArray:
    """The 3 x 3 numbers around a place of maps [channels, h, w], 0 outside: [channels, 3, 3]."""
    padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)))
    return padded[:, row : row + 3, column : column + 3]


class UnitLab:
    """A clip, a frame t of it, a pixel and a unit: `step()` goes one frame on, `choose` elsewhere.

    `before` is the state before the frame, `after` the state once it has come.
    """

    def __init__(self):
        net, clip = small_net()
        row, column = np.unravel_index(to_numpy(clip[0, 0, 2]).argmax(), (SIDE, SIDE))
        self.net = net
        self.clip = clip
        self.row = int(row)  # of the brightest pixel of the third frame
        self.column = int(column)
        self.unit = 0
        self.begin()

    def begin(self) -> None:
        """Before the first frame: nothing is remembered."""
        self.t = -1
        self.after = self.net.start(self.clip[:, :, 0])
        self.step()

    @torch.no_grad()
    def step(self) -> None:
        """Goes one frame on; after the last one the clip begins again."""
        if self.t + 1 == FRAMES_SHOWN:
            return self.begin()
        self.t += 1
        self.before = self.after
        self.predicted, thought = self.net.go_down(self.before)
        self.after = self.net.go_up(self.clip[:, :, self.t], self.predicted, thought)

    def choose(self, row: int, column: int, unit: int) -> None:
        """Looks at this pixel and at this unit of R, counted from 0."""
        self.row = min(max(int(row), 0), SIDE - 1)
        self.column = min(max(int(column), 0), SIDE - 1)
        self.unit = min(max(int(unit), 0), UNITS - 1)

    def work_out(self) -> Unit:
        """The unit's step, summed up by hand."""
        higher = to_numpy(self.after.hidden[1][0, 0]).repeat(2, 1).repeat(2, 2)
        parts = (to_numpy(part[0][0, 0]) for part in (self.before.passed, self.before.hidden))
        around = neighbourhood(np.concatenate([*parts, higher]), self.row, self.column)
        weight, bias = (to_numpy(w[0]) for w in (self.net.lstm[0].weight, self.net.lstm[0].bias))
        rows = [gate * UNITS + self.unit for gate in range(len(GATES))]
        sums = np.array([(weight[row] * around).sum() + bias[row] for row in rows])
        old = float(self.before.cell[0][0, 0, self.unit, self.row, self.column])
        new = sigmoid(sums[0]) * old + sigmoid(sums[1]) * float(np.tanh(sums[3]))
        return Unit(sums, (old, new), sigmoid(sums[2]) * float(np.tanh(new)))

    def expect(self) -> tuple[float, float]:
        """The sum over R around the pixel, and what is expected there: at least 0, at most 1."""
        around = neighbourhood(to_numpy(self.after.hidden[0][0, 0]), self.row, self.column)
        last = self.net.predict[0]
        total = float((to_numpy(last.weight[0, 0]) * around).sum() + last.bias[0, 0])
        return total, min(max(total, 0.0), 1.0)

    def sentence(self) -> str:
        """What has come at the pixel, what was expected, and what goes up."""
        true, expected = float(self.clip[0, 0, self.t, self.row, self.column]), self.expect()[1]
        more, less = max(true - expected, 0.0), max(expected - true, 0.0)
        return (
            f"The frame has {true:.2f} there and PredNet expected {expected:.2f}, so E passes on "
            f"{more:.2f} as more than expected and {less:.2f} as less."
        )

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        place = f"row {self.row + 1}, column {self.column + 1}"
        return SimpleNamespace(
            row=self.row,
            column=self.column,
            unit=self.unit,
            at=f"Frame {self.t + 1} of {FRAMES_SHOWN}, {place}, unit {self.unit + 1} of R.",
            sentence=self.sentence(),
            pictures={"frames": self.images(), "step": self.table()},
        )

    def table(self) -> Table:
        """The step, line by line."""
        unit, (total, expected) = self.work_out(), self.expect()
        (old, new), sums = unit.memory, unit.sums
        keep, add, show = (sigmoid(value) for value in sums[:3])
        true = float(self.clip[0, 0, self.t, self.row, self.column])
        more, less = max(true - expected, 0.0), max(expected - true, 0.0)
        rows = (
            ("keep", f"sigmoid({sums[0]:.2f})", f"{keep:.3f}"),
            ("add", f"sigmoid({sums[1]:.2f})", f"{add:.3f}"),
            ("show", f"sigmoid({sums[2]:.2f})", f"{show:.3f}"),
            ("new", f"tanh({sums[3]:.2f})", f"{np.tanh(sums[3]):.3f}"),
            (
                "memory",
                f"{keep:.2f} x {old:.2f} + {add:.2f} x {np.tanh(sums[3]):.2f}",
                f"{new:.3f}",
            ),
            ("R", f"{show:.2f} x tanh({new:.2f})", f"{unit.hidden:.3f}"),
            ("expected", f"ReLU({total:.2f}) over all units of R around it", f"{expected:.3f}"),
            ("E, more", f"ReLU({true:.2f} - {expected:.2f})", f"{more:.3f}"),
            ("E, less", f"ReLU({expected:.2f} - {true:.2f})", f"{less:.3f}"),
        )
        return Table(
            "One step",
            ("what", "how", "value"),
            rows,
            caption="First down: the four sums are over errors of the frame before, R, and the "
            "layer above, 3 x 3 pixels each. Then the frame comes and the error goes up.",
        )

    def images(self) -> Images:
        """The frame, what was expected, and the two halves of the error; the pixel is marked."""
        frame = to_numpy(self.clip[0, 0, self.t])
        tiles = [frame, to_numpy(self.predicted[0, 0]), *to_numpy(self.after.passed[0][0, 0])]
        colours = np.repeat(np.stack(tiles)[None, ..., None], 3, -1).clip(0, 1)
        mark = colours[0, :, self.row, self.column]
        mark[:, 0], mark[:, 2] = np.maximum(mark[:, 0], 0.75), mark[:, 2] / 2
        return Images(
            "The frame and its error",
            colours,
            columns=("frame", "expected", "more", "less"),
            caption="The pixel that is worked out is tinted red.",
        )
