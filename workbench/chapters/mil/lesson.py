"""Multi-instance learning: the network with its attention, the loss of a bag, the training loop.

Every tensor has a leading axis of runs, which train side by side and share nothing; one run is the
ordinary case.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.chapters.mil import pooling
from workbench.chapters.mil.knobs import BATCH, INSTANCE, Settings
from workbench.chapters.mil.tensors import Data, take
from workbench.science import convnet, nets

UNITS, ATTENTION = 32, 32  # M and L of Ilse et al., who have 500 and 128
CONVOLUTIONS = {"convolutions": convnet.SMALL, "LeNet-5": convnet.LENET}  # of an encoder


class Head(NamedTuple):
    """What follows the embeddings, for each run: attention, pooling and a linear classifier.

    V and U [runs, M, L] and w [runs, L, 1] weigh instances, c [runs, M, 1] and b [runs, 1, 1]
    classify. Every run has all of them, whatever its pooling: runs of one seed start alike.
    """

    V: Tensor
    U: Tensor
    w: Tensor
    c: Tensor
    b: Tensor

    def only(self, runs: slice) -> "Head":
        """The heads of these runs."""
        return Head(*(part[runs] for part in self))

    def classify(self, z: Tensor) -> Tensor:
        """Log-odds ``c^T z + b``: [runs, n, M] -> [runs, n]."""
        return pooling.project(z, self.c) + self.b[:, 0]

    def weights(self, kind: str, h: Tensor, mask: Tensor) -> Tensor:
        """What every instance counts for, [runs, bags, instances].

        Instance-level: its own probability ``p_k``. Embedding-level: its share ``a_k``, of max
        pooling the share of the features it wins.
        """
        if kind in INSTANCE:
            return self.classify(h.flatten(1, 2)).view(mask.shape).sigmoid() * mask
        if kind == "max":
            return pooling.features_won(h, mask)
        if kind == "mean":
            return pooling.uniform_weights(h, mask)
        gate = self.U if kind == "gated" else None
        return pooling.attention_weights(h, mask, self.V, self.w, gate)

    def logits(self, kind: str, h: Tensor, mask: Tensor) -> Tensor:
        """Log-odds of a positive bag [runs, bags] from embeddings h [runs, bags, instances, M]."""
        if kind in INSTANCE:
            scores = self.classify(h.flatten(1, 2)).view(mask.shape)
            return pooling.POOLS[kind](scores, mask)
        if kind == "max":
            return self.classify(pooling.max_pool(h, mask))
        return self.classify(pooling.weighted(h, self.weights(kind, h, mask)))


def draw_head(units: int, attention: int, generators, device: str = "cpu") -> Head:
    """New heads for embeddings of `units` numbers, one for each generator."""
    V, U = (nets.Mlp([units, attention], generators, device).weights[0] for _ in range(2))
    w = nets.Mlp([attention, 1], generators, device).weights[0]
    classifier = nets.Mlp([units, 1], generators, device)
    return Head(V, U, w, classifier.weights[0], classifier.biases[0])


class Network:
    """An encoder and a head for each run.

    The encoder is a perceptron, or convolutions if the knobs say so and instances are pictures.
    `groups` are stretches of runs with the same pooling, which are pooled together.
    """

    def __init__(self, runs: Sequence[Settings], data: Data, device: str):
        generators, inputs = nets.generators([run.seed for run in runs]), data.x.shape[1]
        if runs[0].encoder in CONVOLUTIONS and data.shape:
            kind = CONVOLUTIONS[runs[0].encoder]
            self.encoder = convnet.Cnn(data.shape, UNITS, generators, device, kind)
        else:
            hidden = 64 if inputs <= 256 else 128
            self.encoder = nets.Mlp([inputs, hidden, UNITS], generators, device)
        self.head = draw_head(UNITS, ATTENTION, generators, device)
        self.kinds = [run.pooling for run in runs]
        self.groups = list(stretches(self.kinds))

    def parameters(self) -> list[Tensor]:
        return [*self.encoder.parameters(), *self.head]

    def embed(self, x: Tensor) -> Tensor:
        """Embeddings h: x [runs, bags, instances, inputs] -> [runs, bags, instances, UNITS]."""
        return self.encoder(x.flatten(1, 2)).relu().view(*x.shape[:3], UNITS)

    def logits(self, h: Tensor, mask: Tensor) -> Tensor:
        """Log-odds of every bag, [runs, bags]."""
        return self._pool(Head.logits, h, mask)

    def weights(self, h: Tensor, mask: Tensor) -> Tensor:
        """What every instance counts for, [runs, bags, instances]."""
        return self._pool(Head.weights, h, mask)

    def _pool(self, answer: Callable[..., Tensor], h: Tensor, mask: Tensor) -> Tensor:
        if len(self.groups) == 1:  # slices cost on the way back
            return answer(self.head, self.kinds[0], h, mask)
        parts = (answer(self.head.only(r), kind, h[r], mask[r]) for kind, r in self.groups)
        return torch.cat(list(parts))


def stretches(kinds: Sequence[str]) -> Iterator[tuple[str, slice]]:
    """Runs of one kind that lie side by side: (kind, their slice of the stack)."""
    start = 0
    for kind, members in groupby(kinds):
        end = start + len(list(members))
        yield kind, slice(start, end)
        start = end


def loss(network: Network, x: Tensor, mask: Tensor, y: Tensor) -> Tensor:
    """Cross-entropy of the bags' labels, the mean over the batch [runs]: no instance has a label.

    x [runs, bags, instances, inputs]; mask [runs, bags, instances]; y [runs, bags] is 0 or 1.
    """
    logits = network.logits(network.embed(x), mask)
    return F.binary_cross_entropy_with_logits(logits, y, reduction="none").mean(-1)


def fit(
    runs: Sequence[Settings], data: Data, device: str = "cpu", loss=loss, descend=None
) -> Iterator[tuple[int, Network, Tensor]]:
    """Trains a network for each run and yields (step, networks, losses [runs]) after every step.

    `descend(network, adam, x, mask, y)` makes one step and returns the losses before it; without
    it, Adam follows autograd down `loss`.
    """
    network = Network(runs, data, device)
    adam = nets.Adam(network.parameters(), [run.lr for run in runs])
    descend = descend or nets.descent(nets.autograd(loss))
    count = data.bags.y.shape[1]
    first = torch.arange(len(runs), device=device)[:, None] * count  # row of each run's first bag
    order = nets.generators([run.seed + 1000 for run in runs])
    batches = nets.Batches(count * -(-BATCH // count), BATCH, order, device)
    for step in range(1, runs[0].steps + 1):
        rows = batches.draw() % count  # of few bags each is several times in the draw
        items, mask, y = data.bags.pick(first + rows)
        yield step, network, descend(network, adam, take(data.x, items), mask, y)
