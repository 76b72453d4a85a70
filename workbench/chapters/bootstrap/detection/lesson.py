"""Detectors, the losses that let them object to missing boxes, and their training loop.

Every tensor has a leading axis of detectors, which train side by side and share nothing: for each
run one by binary cross-entropy ("baseline"), by multibox-soft and by multibox-hard (Reed et al.
2015, section 3.3), and one by the top-k heuristic (Szegedy et al. 2014), which leaves the k surest
locations without a box out of the loss.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.chapters.bootstrap.detection.scenes import TRAINING_SCENES, Scenery
from workbench.chapters.bootstrap.knobs import BOX_LOSSES, Settings
from workbench.science import formulas, nets

BATCH = 8  # scenes


class Detectors:
    """Networks that see the window around a cell and answer with the logit of a confidence, and
    with how far down and right of the cell the box begins."""

    def __init__(self, net: nets.Mlp):
        self.net = net

    def parameters(self) -> list[Tensor]:
        return self.net.parameters()

    def __call__(self, windows: Tensor) -> Tensor:
        """windows [detectors, scenes, cells, pixels] -> answers [detectors, scenes, cells, 3]."""
        return self.net(windows.flatten(1, 2)).unflatten(1, windows.shape[1:3])

    def only(self, run: int) -> "Detectors":
        """The detectors of one run, to use and not to train."""
        first = run * len(BOX_LOSSES)
        return Detectors(self.net.only(range(first, first + len(BOX_LOSSES))))


class Goal(NamedTuple):
    """What a detector minimises: a loss with its knobs, and a penalty on the weights."""

    loss: str
    beta: float
    k: int
    decay: float = 0.0


def top_k(a: Tensor, boxes: Tensor, k: int) -> Tensor:
    """Which locations count: all but the k surest ones without a box; [..., cells]."""
    surest = a.sigmoid().masked_fill(boxes > 0, -1.0).argsort(dim=-1, descending=True, stable=True)
    return (surest.argsort(-1) >= k) | (boxes > 0)


def confidence_loss(a: Tensor, boxes: Tensor, goal: Goal) -> Tensor:
    """The loss on confidences c = sigmoid(a), summed over cells, mean over scenes; both
    [scenes, cells]."""
    if goal.loss == "soft":
        return formulas.multibox_soft(a.sigmoid(), boxes, goal.beta)
    if goal.loss == "hard":
        return formulas.multibox_hard(a.sigmoid(), boxes, goal.beta)
    counted = top_k(a, boxes, goal.k if goal.loss == "top-k" else 0).to(a)
    entropy = F.binary_cross_entropy_with_logits(a, boxes, counted, reduction="none")
    return entropy.sum(-1).mean(-1)


def loss(
    model: Detectors, x: Tensor, boxes: Tensor, offset: Tensor, goals: Sequence[Goal]
) -> Tensor:
    """What each detector minimises, the mean over its scenes [detectors].

    x [detectors, scenes, cells, pixels]; boxes [..., cells] is 1 where a box was drawn; offset
    [..., cells, 2] of the boxes, which is learnt where they were drawn.
    """
    answers, values = model(x), []
    for d, goal in enumerate(goals):
        a, miss = answers[d, ..., 0], answers[d, ..., 1:] - offset[d]
        place = (miss.square() * boxes[d, ..., None]).sum((-2, -1)).mean() / 2
        squares = sum(weight[d].square().sum() for weight in model.net.weights)
        values.append(confidence_loss(a, boxes[d], goal) + place + goal.decay / 2 * squares)
    return torch.stack(values)


def fit(
    runs: Sequence[Settings], data: Scenery, device: str = "cpu", loss=loss, descend=None
) -> Iterator[tuple[int, Detectors]]:
    """Trains the four detectors of every run; yields (step, detectors) after every step.

    They stand in the order of runs, and within a run in that of BOX_LOSSES. In the warm-up all
    train by the baseline's loss. `descend(detectors, adam, *batch)` makes one step; without it,
    Adam follows autograd down `loss`.
    """
    stack = [(run, name) for run in runs for name in BOX_LOSSES]
    seeds, orders = (nets.generators([run.seed + start for run, _ in stack]) for start in (0, 1000))
    units = [data.windows.shape[-1], max(16, runs[0].width // 2), 3]
    model = Detectors(nets.Mlp(units, seeds, device))
    adam = nets.Adam(model.parameters(), [run.lr for run, _ in stack])
    batches = nets.Batches(TRAINING_SCENES, BATCH, orders, device)
    descend = descend or nets.descent(nets.autograd(loss))
    for step in range(1, runs[0].steps + 1):
        goals = tuple(
            Goal(name if step > run.warm_up else "baseline", run.beta, run.k, run.decay)
            for run, name in stack
        )
        descend(model, adam, *data.batch(batches.draw()), goals)
        yield step, model
