"""A team: networks that learn one pool side by side, each from labels of its own.

A network learns in company what it would learn alone.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.ceal import queries
from workbench.chapters.ceal.members import Member
from workbench.chapters.ceal.pool import Pool
from workbench.science import nets
from workbench.science.convnet import Cnn

BATCH = 64
ITEMS_AT_ONCE = 500  # for predictions: what convolutions make of more leaves the cache


class Team:
    """The networks of some members, and their labels.

    known [members, n] is the class that the expert gave an item, believed [members, n] the class
    that the network itself gave it, and each is -1 elsewhere. So D^L of a member is where `known`
    is not -1 and D^H where `believed` is not; no item is in both.
    """

    def __init__(
        self, members: Sequence[Member], pool: Pool, network: str, width: int, device: str = "cpu"
    ):
        self.members = members
        self.pool = pool
        self.network = network
        self.width = width
        self.device = device
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
        seeds, classes = nets.generators([m.seed for m in self.members]), len(self.pool.classes)
        if self.network == "CNN":
            self.net = Cnn(self.pool.data.shape, classes, seeds, self.device)
        else:
            self.net = nets.Mlp([self.pool.x.shape[1], self.width, classes], seeds, self.device)
        self.adam = nets.Adam(self.net.parameters(), [member.lr for member in self.members])

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
        for rows in self._draw_batches(labels, steps):
            descend(self.net, self.adam, self.pool.x[rows], y.gather(1, rows))

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
