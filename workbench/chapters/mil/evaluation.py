"""What a stack of networks answers about bags, as plain numbers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.mil.bags import Task
from workbench.chapters.mil.knobs import BATCH
from workbench.chapters.mil.lesson import Network
from workbench.chapters.mil.tensors import stack
from workbench.data.bags import Bags
from workbench.science import metrics


class Answers(NamedTuple):
    """What one run answers about some bags, all NumPy: p [bags] is the probability of a positive
    bag, weights [bags, K] what its instances count for, and spread [bags] the entropy of the
    weights, from 0 (one instance has it all) to 1 (all are alike)."""

    p: NDArray
    weights: NDArray
    spread: NDArray


@torch.no_grad()
def evaluate(network: Network, x: Tensor, bags: Sequence[Bags]) -> list[Answers]:
    """The answers of every run about its bags, of instances x [n, inputs]."""
    items, mask, _ = stack(bags, x.device.type)
    runs, count = items.shape[:2]
    rows = torch.arange(-(-count // BATCH) * BATCH, device=x.device) % count
    each = torch.arange(runs, device=x.device)[:, None]
    parts = []
    for some in rows.split(2 * BATCH):  # whole vector registers, so that company changes nothing
        h, part_mask = network.embed(x[items[each, some]]), mask[:, some]
        parts.append((network.logits(h, part_mask), network.weights(h, part_mask)))
    logits, weights = (torch.cat(part, 1)[:, :count].cpu() for part in zip(*parts, strict=True))
    spread = entropy(weights, mask.cpu())
    columns = (logits.sigmoid().numpy(), weights.numpy(), spread.numpy())
    return [Answers(*columns) for columns in zip(*columns, strict=True)]


def entropy(weights: Tensor, mask: Tensor) -> Tensor:
    """Entropy of the weights, scaled to sum 1, as a share of its largest value log K: [..., bags].

    A bag of one instance has 0.
    """
    a = weights / weights.sum(-1, keepdim=True).clamp_min(1e-30)
    nats = -torch.special.xlogy(a, a).sum(-1)
    return nats / mask.sum(-1).clamp_min(2).log()


def attention_numbers(task: Task, answers: Answers) -> dict[str, float]:
    """Where the weights lie: their entropy, and whether witnesses have them, if any are known."""
    y = task.test.y
    scalars = {
        "spread_positive": float(answers.spread[y].mean()),
        "spread_negative": float(answers.spread[~y].mean()),
    }
    if task.known:
        bags, weights = task.test.take(np.flatnonzero(y)), answers.weights[y]
        scalars["top_witness"] = float(top_is_witness(bags, weights).mean())
        scalars["instance_auc"] = metrics.auc_within(bags.truth, weights, bags.mask)
    return scalars


def top_is_witness(bags: Bags, weights: NDArray) -> NDArray:
    """Whether the largest weight of each bag is a witness's, [bags]."""
    return np.take_along_axis(bags.truth, weights.argmax(1)[:, None], 1)[:, 0]


class Member(NamedTuple):
    """The run in row `row` of a stack, and the instances x [n, inputs] that it knows."""

    network: Network
    row: int
    x: Tensor

    @torch.no_grad()
    def answer_without_one(self, bags: Bags, bag: int, positions: NDArray) -> NDArray:
        """P(positive) of a bag when the instance at each of the positions is out, [positions]."""
        network, x, own = self.network, self.x, slice(self.row, self.row + 1)
        items, mask = (torch.from_numpy(part[bag]).to(x.device) for part in (bags.items, bags.mask))
        h = network.embed(x[items].expand(len(network.kinds), 1, *x[items].shape))[own]
        rest = mask.repeat(1, len(positions), 1)
        rest[0, range(len(positions)), positions] = False
        h = h.expand(1, len(positions), -1, -1)
        kind = network.kinds[self.row]
        return network.head.only(own).logits(kind, h, rest)[0].sigmoid().cpu().numpy()
