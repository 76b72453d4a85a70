"""Pretext tasks: questions about pictures whose answers cost nothing.

A task asks (`ask`: pictures -> what the network sees, and the answer), and scores (`logits`,
`loss`, `right`). All of them train the same encoder, which sees lightness alone: colour is the
answer of one task and is shown to none. What a task draws comes from the generator it is given;
transformations are made for a whole batch at once, on the device.
"""

import copy
import math
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Generator, Tensor, nn

CHANNELS = (16, 32, 64)
PARTS = 2  # features are means over PARTS x PARTS parts of the last map


class Encoder(nn.Module):
    """Three convolutions with ReLU: x [n, 1, h, w] -> map [n, 64, about h / 4, about w / 4].

    `stride` is that of each layer: pictures up to 12 pixels keep more of their few pixels. He et
    al.'s initial weights, drawn on the CPU so that a seed means the same network everywhere.
    """

    def __init__(self, side: int, generator: Generator):
        super().__init__()
        self.stride = (1, 2, 1) if side <= 12 else (2, 2, 1) if side <= 24 else (2, 2, 2)
        kernels, sizes = (3 if side <= 12 else 5, 3, 3), (1, *CHANNELS)
        self.layers = nn.ModuleList(
            drawn(nn.Conv2d(i, o, k, s, k // 2), generator)
            for i, o, k, s in zip(sizes[:-1], CHANNELS, kernels, self.stride, strict=True)
        )

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x).relu()
        return x

    def features(self, x: Tensor) -> Tensor:
        """What a probe reads: x [n, 1, h, w] -> [n, 256]."""
        return F.adaptive_avg_pool2d(self(x), PARTS).flatten(1)


FEATURES = CHANNELS[-1] * PARTS**2


@torch.no_grad()
def under(encoder: Encoder, ab: Tensor) -> Tensor:
    """The mean colour under every place of the encoder's map: ab [n, 2, h, w] -> [n, 2, h', w']."""
    size = encoder(ab[:1, :1]).shape[-2:]
    return F.adaptive_avg_pool2d(ab, size)


def drawn(layer: nn.Module, generator: Generator) -> nn.Module:
    """The layer with weights N(0, 2 / fan_in) from the generator and no bias (He et al. 2015)."""
    fan_in = layer.weight[0].numel()
    with torch.no_grad():
        noise = torch.randn(layer.weight.shape, generator=generator)
        layer.weight.copy_(noise * (2 / fan_in) ** 0.5)
        layer.bias.zero_()
    return layer


def linear(inputs: int, outputs: int, generator: Generator) -> nn.Linear:
    """A last layer that starts nearly undecided."""
    layer = drawn(nn.Linear(inputs, outputs), generator)
    with torch.no_grad():
        layer.weight.mul_(0.1)
    return layer


class Choice:
    """A task with one right answer of `classes`; `chance` is what guessing gets right."""

    head: nn.Module
    classes: int
    x: Tensor

    def of(self, x: Tensor, ab: Tensor):
        """The same task, and the same head, about other pictures."""
        other = copy.copy(self)
        other.x = x
        return other

    @property
    def chance(self) -> float:
        return 1 / self.classes

    def logits(self, encoder: Encoder, x: Tensor) -> Tensor:
        """Scores [n, classes] of the answers to the questions x."""
        return self.head(encoder.features(x))

    def loss(self, encoder: Encoder, x: Tensor, y: Tensor) -> Tensor:
        return F.cross_entropy(self.logits(encoder, x), y)

    def right(self, logits: Tensor, y: Tensor) -> float:
        return (logits.argmax(-1) == y).float().mean().item()


class Labels(Choice):
    """No pretext at all: the true class. It teaches the encoder that the others stand beside."""

    def __init__(self, x: Tensor, y: Tensor, classes: int, generator: Generator):
        self.x, self.y, self.classes = x, y, classes
        self.head = linear(FEATURES, classes, generator).to(x.device)

    def ask(self, rows: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        return self.x[rows], self.y[rows]


class Rotation(Choice):
    """By how many quarter turns was the picture turned? Gidaris et al. 2018."""

    classes = 4

    def __init__(self, x: Tensor, generator: Generator):
        self.x, side = x, min(x.shape[-2:])
        top, left = ((length - side) // 2 for length in x.shape[-2:])
        self.square = slice(top, top + side), slice(left, left + side)
        self.head = linear(FEATURES, 4, generator).to(x.device)

    def ask(self, rows: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        """The middle squares of these rows, turned, and the number of quarter turns."""
        turns = torch.randint(4, (len(rows),), generator=generator).to(rows.device)
        x = self.x[rows][(..., *self.square)]
        return self.turned(x, turns), turns

    @staticmethod
    def turned(x: Tensor, turns: Tensor) -> Tensor:
        """x [n, c, side, side], each turned by its number of quarter turns, anticlockwise."""
        four = torch.stack([torch.rot90(x, k, (-2, -1)) for k in range(4)])
        return four[turns % 4, torch.arange(len(x), device=x.device)]


class Exemplar(Choice):
    """Which of N pictures is this, after it was moved, turned, zoomed and its contrast changed?

    Dosovitskiy et al. 2014: every exemplar is a class of its own. Exemplars are drawn with odds
    in proportion to their mean gradient, as flat patches look alike.
    """

    def __init__(self, x: Tensor, count: int, strength: dict[str, float], generator: Generator):
        energy = sum(
            x.diff(dim=axis).abs().mean((1, 2, 3)) for axis in (-2, -1) if x.shape[axis] > 1
        )
        odds = energy.double().cpu() + 1e-6
        self.rows = torch.multinomial(odds, min(count, len(x)), generator=generator).to(x.device)
        self.x, self.strength, self.classes = x[self.rows], strength, len(self.rows)
        self.head = linear(FEATURES, self.classes, generator).to(x.device)

    def ask(self, rows: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        """As many exemplars as there are rows, drawn anew and each transformed in its own way."""
        which = torch.randint(self.classes, (len(rows),), generator=generator).to(rows.device)
        return warp(self.x[which], self.strength, generator), which

    def of(self, x: Tensor, ab: Tensor):
        """Itself: who was never an exemplar cannot be recognised."""
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


@lru_cache(maxsize=8)
def permutations(items: int, count: int) -> NDArray:
    """`count` orders of `items` things [count, items] in which as many places differ as can.

    The first is the identity; then always the one whose smallest Hamming distance to those before
    is largest (Noroozi & Favaro 2016, algorithm 1, with the minimum in place of the mean). Chosen
    so among all orders, 100 of nine come to a distance of 6 only; so nine are ordered by a group in
    which no two agree in more than 2 places, while its 504 last. All orders if there are no more.
    """
    few = _moebius() if items == 9 else _all_orders(items)
    chosen = _farthest(few, few[:1], min(count, len(few)))
    if len(few) < count and items == 9:
        chosen = _farthest(_all_orders(items), chosen, count)
    return chosen.astype(np.int64)


def _farthest(pool: NDArray, chosen: NDArray, count: int) -> NDArray:
    """The chosen orders and more of the pool, each as far as can be from those before it."""
    nearest = np.full(len(pool), pool.shape[1], np.uint8)
    for order in chosen:
        np.minimum(nearest, (pool != order).sum(1, dtype=np.uint8), out=nearest)
    more = []
    for _ in range(count - len(chosen)):
        more.append(pool[nearest.argmax()])
        np.minimum(nearest, (pool != more[-1]).sum(1, dtype=np.uint8), out=nearest)
    return np.concatenate([chosen, *(order[None] for order in more)])


def _moebius() -> NDArray:
    """The maps x -> (ax + b) / (cx + d) of the nine points of a projective line over GF(8).

    [504, 9], the identity first; 0..7 are the field's elements, 8 is infinity. Three points and
    their images fix a map, so two of them agree in at most two places.
    """
    times_g, plus_1 = (0, 2, 4, 6, 3, 1, 7, 5, 8), (1, 0, 3, 2, 5, 4, 7, 6, 8)
    inverse = (8, 1, 5, 6, 7, 2, 3, 4, 0)
    found = {tuple(range(9)): None}
    for order in (queue := list(found)):
        for step in (times_g, plus_1, inverse):
            image = tuple(step[point] for point in order)
            if image not in found:
                found[image] = None
                queue.append(image)
    return np.array(queue, np.uint8)


def _all_orders(items: int) -> NDArray:
    """All orders of `items` things [items!, items], the identity first."""
    orders = np.zeros((1, 1), np.uint8)
    for n in range(1, items):
        parts = [np.insert(orders, at, n, axis=1) for at in range(n, -1, -1)]
        orders = np.concatenate(parts)
    return orders


SPREAD = 50.0  # regression's outputs are ab / SPREAD: a rate that suits the others suits it
