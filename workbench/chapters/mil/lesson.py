"""TODO."""

from collections.abc import Iterator, Sequence

import numpy as np

from workbench.chapters.mil import bags as bagtask
from workbench.chapters.mil import pooling
from workbench.chapters.mil.knobs import BATCH, Settings
from workbench.data.bags import Bags
from workbench.science import convnet, nets
from workbench.science.later import F, Tensor, torch

UNITS, ATTENTION = 32, 32  # M and L of Ilse et al., who have 500 and 128


class Network:
    """An encoder and a head for each run; `groups` are runs of one pooling, side by side.

    Instances are rows of `inputs` numbers; with a shape they are pictures, and the encoder is two
    convolutions.
    """

    def __init__(self, inputs: int, shape, runs: Sequence[Settings], device: str):
        generators = nets.generators([run.seed for run in runs])
        if shape:
            self.encoder = convnet.Cnn(shape, UNITS, generators, device)
        else:
            hidden = 64 if inputs <= 256 else 128
            self.encoder = nets.Mlp([inputs, hidden, UNITS], generators, device)
        self.head = pooling.Head(UNITS, ATTENTION, generators, device)
        self.kinds = kinds = [run.pooling for run in runs]
        self.groups = [
            (kind, slice(kinds.index(kind), kinds.index(kind) + kinds.count(kind)))
            for kind in dict.fromkeys(kinds)
        ]

    def parameters(self) -> list[Tensor]:
        return [*self.encoder.parameters(), *self.head.parameters()]

    def embed(self, x: Tensor) -> Tensor:
        """Embeddings h: x [runs, bags, instances, pixels] -> [runs, bags, instances, UNITS]."""
        return self.encoder(x.flatten(1, 2)).relu().view(*x.shape[:3], UNITS)

    def logits(self, h: Tensor, mask: Tensor) -> Tensor:
        """Log-odds of every bag, [runs, bags]."""
        return self._by_pooling(self.head.logits, h, mask)

    def weights(self, h: Tensor, mask: Tensor) -> Tensor:
        """What every instance counts for, [runs, bags, instances]."""
        return self._by_pooling(self.head.weights, h, mask)

    def learn(self, x: Tensor, mask: Tensor, y: Tensor) -> Tensor:
        """Log-odds of every bag, [runs, bags]; fills every parameter's .grad, zero before.

        Head and encoder are differentiated one after the other, so that what is known by hand is
        not worked out by autograd.
        """
        by_hand = isinstance(self.encoder, nets.Mlp)
        with torch.set_grad_enabled(not by_hand):
            h = self.embed(x)
        if len(self.groups) == 1:
            logits, to_h = self.head.learn(self.kinds[0], h, mask, y)
        else:
            found = [
                self.head.learn(kind, h[part], mask[part], y[part], part)
                for kind, part in self.groups
            ]
            logits, to_h = (torch.cat(parts) for parts in zip(*found, strict=True))
        if not by_hand:
            h.backward(to_h)
            return logits
        with torch.no_grad():  # ReLU lets a gradient through where its output is above zero
            to_h = torch.ops.aten.threshold_backward(to_h, h, 0)
            self.encoder.backward(to_h.flatten(1, 2))
        return logits

    def _by_pooling(self, answer, h: Tensor, mask: Tensor) -> Tensor:
        if len(self.groups) == 1:
            return answer(self.kinds[0], h, mask)
        return torch.cat([answer(kind, h[part], mask[part], part) for kind, part in self.groups])


def stacked(bags: Sequence[Bags], device: str) -> tuple[Tensor, Tensor, Tensor]:
    """items, mask [runs, bags, instances] and y [runs, bags] of one set of bags a run."""
    parts = (np.stack([getattr(b, part) for b in bags]) for part in ("items", "mask", "y"))
    items, mask, y = (torch.from_numpy(part).to(device) for part in parts)
    return items, mask, y.float()


def fit(runs: Sequence[Settings], device: str, shown) -> Iterator[tuple]:
    """Trains runs that differ in stackable knobs, those of one pooling side by side, and yields
    (step, network, instances x, the task of each run, its loss) after the steps in `shown`."""
    tasks, first = [bagtask.task(run) for run in runs], runs[0]
    x = torch.from_numpy(tasks[0].x).to(device)  # equal in runs that can share a stack
    items, mask, y = stacked([work.train for work in tasks], device)
    shape = tasks[0].shape if first.encoder == "convolutions" else None
    model = Network(x.shape[1], shape, runs, device)
    adam = nets.Adam(model.parameters(), [run.lr for run in runs])
    count, first_of = y.shape[1], torch.arange(len(runs), device=device)[:, None] * y.shape[1]
    order = nets.generators([run.seed + 1000 for run in runs])
    batches = nets.Batches(count * -(-BATCH // count), BATCH, order, device)
    for step in range(1, first.steps + 1):
        rows = first_of + batches.draw() % count  # of few bags each is several times in the draw
        some, there, truth = (picked(part.flatten(0, 1), rows) for part in (items, mask, y))
        adam.zero_grad()
        logits = model.learn(picked(x, some), there, truth)
        adam.step()
        if step in shown:
            loss = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
            yield step, model, x, tasks, [row.mean().item() for row in loss]


def picked(table: Tensor, rows: Tensor) -> Tensor:
    """``table[rows]``, in half the time."""
    return table.index_select(0, rows.flatten()).view(*rows.shape, *table.shape[1:])
