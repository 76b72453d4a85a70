"""A team: networks that learn one pool side by side, each from labels of its own.

A network learns in company what it would learn alone.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.ceal import pretext, queries, soft
from workbench.chapters.ceal.members import Member
from workbench.chapters.ceal.pool import Pool
from workbench.science import nets
from workbench.science.convnet import Cnn

BATCH = 64
ITEMS_AT_ONCE = 500  # for predictions: what convolutions make of more leaves the cache


class Build(NamedTuple):
    """How the networks of a team are built.

    `network` is "MLP" or "CNN" (anything but "CNN" has one hidden layer of `width` units); `lower`
    times the rate is that of the layers below the last; `pretext` is "none" or "rotation".
    """

    network: str = "MLP"
    width: int = 128
    lower: float = 1.0
    pretext: str = "none"


SMALL = Build()


class Team:
    """The networks of some members, and their labels.

    known [members, n] is the class that the expert gave an item, believed [members, n] the class
    that the network itself gave it, and each is -1 elsewhere. So D^L of a member is where `known`
    is not -1 and D^H where `believed` is not; no item is in both. Where a member's labels are soft,
    `soft` holds them by its position: probabilities [n, classes].
    """

    def __init__(
        self, members: Sequence[Member], pool: Pool, build: Build = SMALL, device: str = "cpu"
    ):
        self.members = members
        self.pool = pool
        self.build = build
        self.device = device
        self.soft: dict[int, Tensor] = {}
        self.mixes = 0  # rounds of training in which soft labels were blended
        self.order = nets.generators([member.seed + 1000 for member in members])
        self.chance = [np.random.default_rng([member.seed, 2000]) for member in members]
        self.known = np.full((len(members), len(pool)), -1)
        self.believed = self.known.copy()
        for position, member in enumerate(members):
            count = len(pool) if member.rule.asks == "ALL" else member.initial
            rows = queries.first_labels(pool.y, count, np.random.default_rng([member.seed, 3000]))
            self.known[position, rows] = pool.y[rows]
        self.begin()

    def begin(self) -> None:
        """Makes fresh networks, those of the members' seeds."""
        self.net = self._make(len(self.pool.classes))
        if self.build.pretext == "rotation" and self.pool.pictured:
            seeds, shape = [m.seed for m in self.members], self.pool.data.shape
            trained = pretext.rotation(self._make, self.pool.x, shape, seeds)
            pretext.take_features(self.net, trained)
        layers = [self.build.lower] * (len(self.net.weights) - 1) + [1.0]
        rates = [member.lr for member in self.members]
        self.adam = nets.Adam(self.net.parameters(), rates, factors=2 * layers)

    def _make(self, classes: int) -> nets.Mlp | Cnn:
        seeds = nets.generators([member.seed for member in self.members])
        if self.build.network == "CNN":
            return Cnn(self.pool.data.shape, classes, seeds, self.device)
        return nets.Mlp([self.pool.x.shape[1], self.build.width, classes], seeds, self.device)

    def logits(self, position: int, x: Tensor) -> Tensor:
        """What the network at `position` makes of x [n, d]: [n, classes], with a gradient."""
        return alone(self.net, position, x)

    @torch.no_grad()
    def predict(self, position: int, x: Tensor | None = None) -> Tensor:
        """The probabilities [n, classes] that a network gives the classes of x, or of the pool."""
        parts = (self.pool.x if x is None else x).split(ITEMS_AT_ONCE)
        return torch.cat([alone(self.net, position, part).softmax(-1).cpu() for part in parts])

    def accuracy(self, position: int) -> float:
        """The share of the test items that the network classifies rightly."""
        predicted = self.predict(position, self.pool.x_test).argmax(1).numpy()
        return float((predicted == self.pool.y_test).mean())

    def open_rows(self, position: int) -> NDArray:
        """The rows D^U, to which the expert has given no label."""
        return np.flatnonzero(self.known[position] < 0)

    def tune(self, steps: int, descend: Callable[..., None]) -> None:
        """Trains on mini-batches of D^L and D^H.

        Each item is as likely as any other, unless a share of the batch is kept for D^L.
        """
        labels = np.where(self.known >= 0, self.known, self.believed)
        y = torch.from_numpy(labels).to(self.device)
        batches = self._draw_batches(labels, steps)
        adam = soft.Step(self, self._blenders(batches)) if self.soft else self.adam
        for rows in batches:
            descend(self.net, adam, self.pool.x[rows], y.gather(1, rows))

    def _blenders(self, batches: Tensor) -> dict[int, soft.Blender]:
        """What blends the batches of each member whose labels are soft."""
        self.mixes += 1
        return {
            position: soft.Blender(
                self.pool.x,
                p,
                self.known[position],
                batches[:, position],
                [self.members[position].seed, 5000, self.mixes],
            )
            for position, p in self.soft.items()
        }

    def _draw_batches(self, labels: NDArray, steps: int) -> Tensor:
        """Rows [steps, members, BATCH] that have a label, drawn with replacement."""
        batches = []
        for position, (own, generator) in enumerate(zip(labels, self.order, strict=True)):
            u = torch.rand(steps, BATCH, generator=generator, dtype=torch.float64)
            paid, believed = self.known[position] >= 0, self.believed[position] >= 0
            # who believes nothing draws from D^L alone, whatever the share
            count = round(self.members[position].paid * BATCH) if believed.any() else 0
            second = believed if count else own >= 0
            parts = zip(u.split([count, BATCH - count], 1), (paid, second), strict=True)
            batches.append(torch.cat([pick(draws, of) for draws, of in parts], 1))
        return torch.stack(batches, 1).to(self.device)

    def forget(self) -> None:
        """Puts every D^H back into D^U and discards its labels."""
        self.believed[:] = -1
        self.soft.clear()


def pick(u: Tensor, chosen: NDArray) -> Tensor:
    """Rows among the `chosen` ones (bool [n]), drawn by uniform numbers u [steps, items]."""
    rows = torch.from_numpy(np.flatnonzero(chosen))
    return rows[(u * len(rows)).long()]


def alone(net: nets.Mlp | Cnn, position: int, x: Tensor) -> Tensor:
    """The network at `position` without the others: x [n, d] -> logits [n, classes]."""
    if isinstance(net, Cnn):
        return net.evaluate(position, x)
    *hidden, (weight, bias) = zip(net.weights, net.biases, strict=True)
    for w, b in hidden:
        x = torch.addmm(b[position], x, w[position]).relu_()
    return torch.addmm(bias[position], x, weight[position])
