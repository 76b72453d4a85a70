"""What a game forges: real items to learn from and to judge by."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from workbench.chapters.gan.knobs import Settings
from workbench.chapters.gan.rivals import Rival, make_rivals
from workbench.chapters.gan.shapes import Shape, make_shape
from workbench.science.judge import Judge, make_judge
from workbench.science.tensors import Resident, resident

FEW = 64  # pictures of which a batch is made
FEWER = "Only {} training pictures: the samples can be little more than copies of them."
GREY = "Colour pictures are trained as grey."
CLUSTERED = "Nobody labelled these pictures: clusters of K-means stand for classes."


@dataclass(frozen=True, eq=False)
class Target:
    """Real items: train [n, width] and test [m, width], on the device.

    Of points there is their shape, of pictures their data, a judge and what else could make them.
    """

    train: Tensor
    test: Tensor
    shape: Shape | None = None
    data: Resident | None = None
    name: str = ""
    note: str = ""

    @cached_property
    def judge(self) -> Judge:
        return make_judge(self.name)

    @cached_property
    def rivals(self) -> dict[str, Rival]:
        return make_rivals(self.name)


def load_target(run: Settings, device: str = "cpu") -> Target:
    """What this run forges. Raises DataError for data that cannot be had."""
    if run.kind == "plane":
        shape = make_shape(run)
        return Target(shape.train.to(device), shape.test.to(device), shape)
    data = resident(run.data, device)
    return Target(data.train, data.test, None, data, run.data, describe(data))


def describe(data: Resident) -> str:
    """What a reader should know of these pictures."""
    notes = [GREY] if data.images.x_train.ndim == 4 else []
    notes += [FEWER.format(len(data.train))] if len(data.train) < FEW else []
    notes += [CLUSTERED] if data.images.y_train is None else []
    return " ".join(notes)


def numbers(count: int, latent: int, seed: int) -> Tensor:
    """The z [count, latent] that a game is shown by, the same at every step."""
    return torch.randn(count, latent, generator=torch.Generator().manual_seed(seed + 7000))
