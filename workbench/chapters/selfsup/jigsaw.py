"""TODO."""

import torch
from torch import Generator, Tensor, nn

from workbench.chapters.selfsup.tasks import FEATURES, Choice, Encoder, drawn, linear, permutations


class Jigsaw(Choice):
    """In which order are the tiles? Noroozi & Favaro 2016.

    Each tile goes through the encoder by itself; a small network reads all of their features and
    names one of `permutations`. With `gap` a tile is cut at a random place of a larger cell, so
    that edges do not continue into each other; with `normalise` every tile has mean 0 and
    deviation 1, so that brightness does not tell neighbours.
    """

    def __init__(
        self, x: Tensor, side: int, count: int, gap: bool, normalise: bool, generator: Generator
    ):
        self.x, self.side, self.normalise = x, side, normalise
        self.orders = torch.from_numpy(permutations(side * side, count)).to(x.device)
        self.classes = len(self.orders)
        cells = [max(1, length // side) for length in x.shape[-2:]]
        self.tile = [
            cell - max(1, round(0.15 * cell)) if gap and cell > 1 else cell for cell in cells
        ]
        self.cells = cells
        self.origins = self.places(x.shape[-2:])
        self.head = nn.Sequential(  # one layer for every tile by itself, then for all of them
            drawn(nn.Linear(FEATURES, 64), generator),
            nn.ReLU(),
            nn.Flatten(),
            drawn(nn.Linear(64 * side * side, 128), generator),
            nn.ReLU(),
            linear(128, self.classes, generator),
        ).to(x.device)

    def places(self, shape) -> list[list[int]]:
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

        With order s, place i shows tile s(i).
        """
        which = torch.randint(self.classes, (len(rows),), generator=generator).to(rows.device)
        tiles = self.cut(self.x[rows], generator)
        order = self.orders[which]
        shown = tiles[torch.arange(len(rows), device=rows.device)[:, None], order]
        return self.levelled(shown) if self.normalise else shown, which

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

    @staticmethod
    def levelled(tiles: Tensor) -> Tensor:
        """Every tile with mean 0 and deviation 1; a flat one stays flat."""
        mean = tiles.mean((-2, -1), keepdim=True)
        deviation = (tiles - mean).square().mean((-2, -1), keepdim=True).sqrt()
        return (tiles - mean) / (deviation + 0.05)

    def logits(self, encoder: Encoder, x: Tensor) -> Tensor:
        return self.head(encoder.features(x.flatten(0, 1)).view(*x.shape[:2], -1))

    def by_seams(self, x: Tensor) -> Tensor:
        """The order whose seams fit best [n]: no learning, only differences across edges.

        A high share of right answers says that the puzzle can be solved without knowing what is
        on it.
        """
        n, side = len(x), self.side
        places = torch.argsort(self.orders, 1)  # tile t stands at place places[t]
        cost = torch.zeros(n, self.classes, device=x.device)
        for t in range(side * side):
            if t % side < side - 1:
                cost += self._seam(x[..., -1], x[..., 0], places[:, t], places[:, t + 1])
            if t < side * (side - 1):
                cost += self._seam(x[..., -1, :], x[..., 0, :], places[:, t], places[:, t + side])
        return cost.argmin(1)

    @staticmethod
    def _seam(one: Tensor, other: Tensor, first: Tensor, second: Tensor) -> Tensor:
        """Squared differences between facing edges: edges [n, tiles, 1, pixels] -> [n, orders]."""
        apart = torch.cdist(one.flatten(2), other.flatten(2)) ** 2  # (picture, first, second)
        return apart[:, first, second]
