"""The pictures of a run as maps on the device, and the labels that its probes may see."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from workbench import data as sets
from workbench.chapters.cdbn.knobs import Settings
from workbench.science.tensors import resident

JUDGED = 400  # test pictures of a frame, and training pictures beside them, but of large pictures
PIXELS = 60_000  # no more than these, and at least 100 pictures
POOL = 2000  # training pictures whose labels may be bought


@dataclass(frozen=True, eq=False)
class Gallery:
    """train [n, 1, height, width] is learnt from, test [m, 1, height, width] is not.

    labelled [p, 1, height, width] are training pictures whose classes are y [p]; truth [m] are the
    classes of test; both are None where nobody knows. examples [10, 1, height, width] are test
    pictures to be shown, one of each class as far as they reach.
    """

    train: Tensor
    test: Tensor
    labelled: Tensor
    y: Tensor | None
    truth: Tensor | None
    examples: Tensor

    @property
    def shape(self) -> tuple[int, int]:
        height, width = self.train.shape[2:]
        return height, width

    @property
    def seen(self) -> Tensor:
        """Training pictures that are judged beside the test pictures."""
        return self.train[: len(self.test)]


@sets.cache_by(sets.locate, 4)
def whole(name: str, half: bool, device: str) -> tuple[Tensor, Tensor]:
    """Training and test pictures [count, 1, height, width], halved where `half` says so."""
    data = resident(name, device)
    pair = (rows.view(-1, 1, *data.shape) for rows in (data.train, data.test))
    train, test = (F.avg_pool2d(x, 2, ceil_mode=True) if half else x for x in pair)
    return train, test


def gallery(run: Settings, device: str = "cpu") -> Gallery:
    """The pictures of a run. Raises data.DataError where they cannot be had."""
    data = resident(run.data, device)
    train, test = whole(run.data, run.half, device)
    judged = max(100, min(JUDGED, PIXELS // test[0].numel()))
    labels = data.images.y_train, data.images.y_test
    y, truth = (None if each is None else torch.tensor(each, device=device) for each in labels)
    return Gallery(
        train[: run.pictures],
        test[:judged],
        train[:POOL],
        None if y is None else y[:POOL],
        None if truth is None else truth[:judged],
        test[torch.from_numpy(data.examples()).to(device)],
    )
