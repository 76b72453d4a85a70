"""Rotation: by how many quarter turns was the picture turned? Gidaris et al. 2018."""

import torch
from torch import Generator, Tensor

from workbench.chapters.selfsup.lesson import FEATURES, Task, last_layer


class Rotation(Task):
    """Asks about the middle square of a picture, turned by none to three quarters."""

    classes = 4

    def __init__(self, x: Tensor, generator: Generator):
        self.x = x
        side = min(x.shape[-2:])
        top, left = ((length - side) // 2 for length in x.shape[-2:])
        self.square = slice(top, top + side), slice(left, left + side)
        self.head = last_layer(FEATURES, 4, generator).to(x.device)

    def ask(self, rows: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        """The middle squares of these rows, turned, and the number of quarter turns."""
        turns = torch.randint(4, (len(rows),), generator=generator).to(rows.device)
        return turn(self.x[rows][(..., *self.square)], turns), turns


def turn(x: Tensor, turns: Tensor) -> Tensor:
    """x [n, c, side, side], each turned by its number of quarter turns, anticlockwise."""
    four = torch.stack([torch.rot90(x, k, (-2, -1)) for k in range(4)])
    return four[turns % 4, torch.arange(len(x), device=x.device)]
