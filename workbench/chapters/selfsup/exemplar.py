"""Exemplars: which picture is this, after it was moved, turned, zoomed and its contrast changed?

Every exemplar is a class of its own (Dosovitskiy et al. 2014).
"""

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from workbench.chapters.selfsup.lesson import FEATURES, Task, last_layer


class Exemplar(Task):
    """Asks which of the exemplars x was transformed.

    Exemplars are drawn with odds in proportion to their mean gradient, as flat patches look alike.
    """

    def __init__(self, x: Tensor, count: int, strength: dict[str, float], generator: Generator):
        energy = x.new_zeros(len(x))
        for axis in (-2, -1):
            if x.shape[axis] > 1:
                energy = energy + x.diff(dim=axis).abs().mean((1, 2, 3))
        odds = energy.double().cpu() + 1e-6
        self.rows = torch.multinomial(odds, min(count, len(x)), generator=generator).to(x.device)
        self.x = x[self.rows]
        self.strength = strength
        self.classes = len(self.rows)
        self.head = last_layer(FEATURES, self.classes, generator).to(x.device)

    def ask(self, rows: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        """As many exemplars as there are rows, drawn anew and each transformed in its own way."""
        which = torch.randint(self.classes, (len(rows),), generator=generator).to(rows.device)
        return warp(self.x[which], self.strength, generator), which

    def about(self, x: Tensor, ab: Tensor) -> "Exemplar":
        """Itself: a picture that was never an exemplar cannot be recognised."""
        return self


def warp(x: Tensor, strength: dict[str, float], generator: Generator) -> Tensor:
    """x [n, 1, h, w], each in a random transformation of its own.

    strength: `shift` in shares of a side, `zoom` in doublings, `turn` in degrees, `contrast` in
    doublings; each is the largest change, both ways. What comes in from outside is the border.
    torchvision's transforms draw once for a whole batch, which would be one transformation here.
    """
    draws = torch.rand((len(x), 5), generator=generator).mul_(2).sub_(1).to(x.device)
    angle = draws[:, 0] * (math.pi / 180 * strength["turn"])
    scale = torch.exp2(draws[:, 1] * strength["zoom"])
    shift = 2 * strength["shift"] * draws[:, 2:4]  # the grid's sides are 2 long
    h, w = x.shape[-2:]
    cos, sin = scale * angle.cos(), scale * angle.sin()
    rows = [cos, -sin * h / w, shift[:, 0], sin * w / h, cos, shift[:, 1]]
    grid = F.affine_grid(torch.stack(rows, -1).view(-1, 2, 3), x.shape, align_corners=False)
    moved = F.grid_sample(x, grid, padding_mode="border", align_corners=False)
    mean = moved.mean((1, 2, 3), keepdim=True)
    gain = torch.exp2(draws[:, 4] * strength["contrast"]).view(-1, 1, 1, 1)
    return mean + gain * (moved - mean)


def collisions(task: Exemplar, generator: Generator, count: int = 500) -> float:
    """Share of transformed exemplars that lie nearer to another exemplar than to their own.

    Nearer pixel by pixel: an encoder that is to tell these apart learns what does not matter.
    """
    x, which = task.ask(torch.zeros(count, dtype=torch.long, device=task.x.device), generator)
    nearest = torch.cdist(x.flatten(1), task.x.flatten(1)).argmin(1)
    return (nearest != which).float().mean().item()
