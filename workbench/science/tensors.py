"""Data that lives on the device: one tensor a set, loaded once a process. No DataLoader."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from workbench import data
from workbench.core.pictures import GAP_GREY


@dataclass(frozen=True, eq=False)
class Resident:
    """A data set as flat rows on one device: train [n, pixels], test [m, pixels], values 0..1."""

    images: data.ImageSet
    train: Tensor
    test: Tensor

    @property
    def pixels(self) -> int:
        return self.train.shape[1]

    @property
    def shape(self) -> tuple[int, int]:
        return self.images.height, self.images.width

    @property
    def labels(self) -> np.ndarray | None:
        """Class of each test row, or None where nobody knows."""
        return self.images.y_test

    def tiles(self, rows: Tensor, columns: int) -> np.ndarray:
        """Rows [n, pixels] as a grid of pictures [n / columns, columns, height, width]."""
        return rows.detach().cpu().numpy().reshape(-1, columns, *self.shape)

    def row(self, rows: Tensor, places: int) -> np.ndarray:
        """The first of these rows [n, pixels] side by side [1, places, height, width]; a place that
        nothing fills is grey as the gaps are, for a black one would be a picture."""
        filled = rows[:places].detach().cpu()
        empty = torch.full((places - len(filled), self.pixels), GAP_GREY / 255)
        return self.tiles(torch.cat([filled, empty]), places)

    def examples(self, count: int = 10) -> np.ndarray:
        """Numbers of `count` test rows to show: one of each class as far as they reach."""
        rows = np.arange(len(self.test))
        if self.labels is not None:
            firsts = np.unique(self.labels, return_index=True)[1]
            rows = np.concatenate([firsts, np.setdiff1d(rows, firsts)])
        return np.resize(rows, count)


@data.cache_by(data.locate, 4)
def resident(name: str, device: str = "cpu") -> Resident:
    """The data set `name` on `device`; colour pictures become grey. Raises data.DataError."""
    images = data.load(name)

    def rows(x: np.ndarray) -> Tensor:
        grey = x.mean(-1, dtype=np.float32) if x.ndim == 4 else x
        return torch.from_numpy(np.ascontiguousarray(grey).reshape(len(x), -1).copy()).to(device)

    return Resident(images, rows(images.x_train), rows(images.x_test))
