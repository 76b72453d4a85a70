"""Jigsaw: in which order are the tiles of the picture? Noroozi & Favaro 2016."""

from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn

from workbench.chapters.selfsup.lesson import FEATURES, Encoder, Task, draw_weights, last_layer
from workbench.chapters.selfsup.permutations import permutations

GAP = 0.15  # share of a cell that its tile leaves free


class Safeguards(NamedTuple):
    """What keeps tiles from giving their order away without a look at the picture.

    With `gap` a tile is cut at a random place of a larger cell, so that edges do not continue into
    each other; with `normalise` every tile has mean 0 and deviation 1, so that brightness does not
    tell neighbours.
    """

    gap: bool
    normalise: bool


class Jigsaw(Task):
    """Asks in which of `count` permutations the side x side tiles are shown.

    Each tile goes through the encoder by itself; a small network reads all of their features.
    """

    def __init__(
        self, x: Tensor, side: int, count: int, safeguards: Safeguards, generator: Generator
    ):
        self.x = x
        self.side = side
        self.normalise = safeguards.normalise
        self.orders = torch.from_numpy(permutations(side * side, count)).to(x.device)
        self.classes = len(self.orders)
        self.cells = [max(1, length // side) for length in x.shape[-2:]]
        self.tile = [tile_length(cell, safeguards.gap) for cell in self.cells]
        self.origins = self.corners(x.shape[-2:])
        self.head = nn.Sequential(  # one layer for every tile by itself, then for all of them
            draw_weights(nn.Linear(FEATURES, 64), generator),
            nn.ReLU(),
            nn.Flatten(),
            draw_weights(nn.Linear(64 * side * side, 128), generator),
            nn.ReLU(),
            last_layer(128, self.classes, generator),
        ).to(x.device)

    def corners(self, shape) -> list[list[int]]:
        """Upper left corner of every cell, row by row; the grid lies in the middle."""
        starts = [
            [
                min(max(0, length - self.side * cell) // 2 + i * cell, length - cell)
                for i in range(self.side)
            ]
            for length, cell in zip(shape, self.cells, strict=True)
        ]
        return [[top, left] for top in starts[0] for left in starts[1]]

    def ask(self, rows: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        """Tiles [n, tiles, 1, th, tw] in a drawn order, and the number of that order [n].

        With order s, position i shows tile s(i).
        """
        which = torch.randint(self.classes, (len(rows),), generator=generator).to(rows.device)
        tiles = self.cut(self.x[rows], generator)
        order = self.orders[which]
        shown = tiles[torch.arange(len(rows), device=rows.device)[:, None], order]
        return level(shown) if self.normalise else shown, which

    def cut(self, x: Tensor, generator: Generator) -> Tensor:
        """x [n, 1, h, w] -> its tiles [n, tiles, 1, th, tw], in their right order."""
        th, tw = self.tile
        slack = torch.tensor(
            [cell - tile for cell, tile in zip(self.cells, self.tile, strict=True)]
        )
        draws = torch.rand((len(x), len(self.origins), 2), generator=generator)
        jump = (draws * (slack + 1)).long()  # (picture, tile, down and right)
        corner = (torch.tensor(self.origins) + jump).to(x.device)
        down = corner[..., 0, None] + torch.arange(th, device=x.device)  # (picture, tile, th)
        right = corner[..., 1, None] + torch.arange(tw, device=x.device)
        picture = torch.arange(len(x), device=x.device)[:, None, None, None]
        return x[:, 0][picture, down[..., :, None], right[..., None, :]].unsqueeze(2)

    def logits(self, encoder: Encoder, x: Tensor) -> Tensor:
        return self.head(encoder.features(x.flatten(0, 1)).view(*x.shape[:2], -1))


def tile_length(cell: int, gap: bool) -> int:
    """How long a tile is in a cell of this length."""
    return cell - max(1, round(GAP * cell)) if gap and cell > 1 else cell


def level(tiles: Tensor) -> Tensor:
    """Every tile with mean 0 and deviation 1; a flat one stays flat."""
    mean = tiles.mean((-2, -1), keepdim=True)
    deviation = (tiles - mean).square().mean((-2, -1), keepdim=True).sqrt()
    return (tiles - mean) / (deviation + 0.05)


def solve_by_seams(task: Jigsaw, x: Tensor) -> Tensor:
    """The order whose seams fit best [n]: no learning, only differences across edges.

    x are questions of the task. A high share of right answers says that the puzzle can be solved
    without knowing what is on it.
    """
    side = task.side
    positions = torch.argsort(task.orders, 1)  # tile t stands at positions[t]
    cost = torch.zeros(len(x), task.classes, device=x.device)
    for t in range(side * side):
        if t % side < side - 1:
            cost += seam(x[..., -1], x[..., 0], positions[:, t], positions[:, t + 1])
        if t < side * (side - 1):
            cost += seam(x[..., -1, :], x[..., 0, :], positions[:, t], positions[:, t + side])
    return cost.argmin(1)


def seam(edges: Tensor, facing: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Squared differences between facing edges: edges [n, tiles, 1, pixels] -> [n, orders]."""
    apart = torch.cdist(edges.flatten(2), facing.flatten(2)) ** 2  # (picture, first, second)
    return apart[:, first, second]
