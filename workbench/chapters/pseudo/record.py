"""What the memory of one item says at the end of every epoch."""

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.pseudo.memory import Memory, epoch_length
from workbench.science import formulas

EPOCHS_SHOWN = 60


class Record:
    """The memory of the item that each member doubted most when it was first written.

    `items` [members] are those items, -1 before that; `epochs` are the numbers of the epochs that
    are recorded, at most EPOCHS_SHOWN, and `labels` [members, epochs, classes] what was written.
    """

    def __init__(self, items: int, steps: int, members: int, classes: int):
        self.epoch = epoch_length(items)
        count = max(1, steps // self.epoch)
        few = min(count, EPOCHS_SHOWN)
        self.epochs = np.unique(np.linspace(1, count, few).round().astype(int))
        self.items = torch.full((members,), -1)
        self.labels = np.zeros((members, len(self.epochs), classes), np.float32)

    def add(self, step: int, memory: Memory) -> None:
        """Notes what the memory says after this step, if an epoch has ended."""
        epoch, rest = divmod(step, self.epoch)
        place = np.flatnonzero(self.epochs == epoch)
        for position in torch.nonzero(memory.written)[:, 0].tolist() if rest == 0 else ():
            if self.items[position] < 0:
                self.items[position] = most_doubtful(memory, position)
            if len(place):
                label = memory.labels[position, self.items[position]]
                self.labels[position, place[0]] = label.cpu().numpy()


def most_doubtful(memory: Memory, position: int) -> int:
    """The row without a true label whose two likeliest classes are closest to each other."""
    margin: Tensor = formulas.margin(memory.labels[position])
    return int(margin.masked_fill(~memory.open[position], 2.0).argmin())
