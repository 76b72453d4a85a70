"""Bootstrapping: a classifier, the losses that let it object to its labels, and the training loop.

Every tensor has a leading axis of members, classifiers that train side by side and share nothing:
a run's own and those that it is compared with (`members.comparison`).
"""

from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.chapters.bootstrap.knobs import Settings
from workbench.chapters.bootstrap.labels import NO_LABEL, Task
from workbench.chapters.bootstrap.members import Goal, Member, members
from workbench.science import formulas, nets

STAY = 1.5  # logit of "the label is right" in a fresh noise layer: a third of ten classes
QUICK = 3  # how much faster a noise layer learns than the classifier before it

BOOTSTRAPS = {
    "soft": formulas.bootstrap_soft,
    "soft-detached": formulas.bootstrap_soft_detached,
    "hard": formulas.bootstrap_hard,
}


class Classifiers:
    """A classifier x -> logits for each member, and for those that reconstruct, last in the stack,
    a noise layer [given, true] and a picture of every class."""

    def __init__(self, stack: Sequence[Member], units: Sequence[int], device: str):
        self.members = stack
        self.net = nets.Mlp(units, nets.generators([m.seed for m in stack]), device)
        self.layers = sum(m.loss == "recon" for m in stack)
        pixels, classes = units[0], units[-1]
        noise = STAY * torch.eye(classes, device=device).repeat(self.layers, 1, 1)
        self.noise = noise.requires_grad_()
        self.reconstruction = torch.zeros(self.layers, classes, pixels, device=device)
        self.reconstruction.requires_grad_()

    def layer_parameters(self) -> list[Tensor]:
        return [self.noise, self.reconstruction] if self.layers else []

    def parameters(self) -> list[Tensor]:
        return self.net.parameters() + self.layer_parameters()

    def layer(self, position: int) -> tuple[Tensor, Tensor]:
        """The noise layer and the pictures of the member at `position`."""
        place = position - len(self.members)
        return self.noise[place], self.reconstruction[place]


def sizes(task: Task, width: int) -> list[int]:
    """Units of every layer; 784-500-300-10 for MNIST at the width of the paper."""
    pixels = task.data.pixels
    hidden = [width] if pixels <= 256 else [width, max(2, width * 3 // 5)]
    return [pixels, *hidden, len(task.classes)]


class Adams:
    """Adam for the classifiers, and a quicker one for their noise layers.

    All of their rates are times `pace`.
    """

    def __init__(self, model: Classifiers):
        self.pace = 1.0
        rates = [m.lr for m in model.members]
        self.parts = [nets.Adam(model.net.parameters(), rates)]
        if model.layers:
            quick = [QUICK * rate for rate in rates[-model.layers :]]
            self.parts.append(nets.Adam(model.layer_parameters(), quick))

    def step(self) -> None:
        for adam in self.parts:
            adam.step(self.pace)


def loss(model: Classifiers, x: Tensor, t: Tensor, goals: Sequence[Goal]) -> Tensor:
    """What each member minimises, the mean over its batch [members] (Reed et al. 2015, section 3).

    x [members, batch, pixels]; t [members, batch] the labels that these pictures were given. Of one
    without a label, only what the network says itself counts: its t is 0 for every class. The mean
    stays that over the whole batch, so that a labelled item weighs the same whatever the share.
    """
    if (t == NO_LABEL).any():
        t = F.one_hot(t + 1, model.net.biases[-1].shape[-1] + 1)[..., 1:].float()
    values = []
    for m, (logits, goal) in enumerate(zip(model.net(x), goals, strict=True)):
        if goal.loss == "cross-entropy":
            value = formulas.cross_entropy(logits, t[m])
        elif goal.loss == "recon":
            noise, pictures = model.layer(m)
            value = formulas.bootstrap_recon(logits, noise, t[m], x[m], pictures, goal.beta)
        else:
            value = BOOTSTRAPS[goal.loss](logits, t[m], goal.beta)
        squares = sum(weight[m].square().sum() for weight in model.net.weights)
        values.append(value + goal.decay / 2 * squares)
    return torch.stack(values)


def fit(
    runs: Sequence[Settings], data: Task, device: str = "cpu", loss=loss, descend=None
) -> Iterator[tuple[int, Classifiers, Tensor]]:
    """Trains the members of these runs; yields (step, classifiers, given labels) after every step.

    A run's members are its own classifier and those that it is compared with; members of one seed
    start from the same weights and see the same batches. The labels [members, n] are drawn once
    and stay: noise that changes with every epoch could not be learnt by heart.
    `descend(classifiers, adams, *batch)` makes one step; without it, Adam follows autograd down
    `loss`.
    """
    stack = members(runs)
    draws, orders = (nets.generators([m.seed + start for m in stack]) for start in (2000, 1000))
    given = [m.labels.draw(data, g) for m, g in zip(stack, draws, strict=True)]
    given = torch.stack(given).to(device)
    model = Classifiers(stack, sizes(data, runs[0].width), device)
    adams = Adams(model)
    batches = nets.Batches(len(data.x), 64 if len(data.x) <= 10_000 else 128, orders, device)
    descend = descend or nets.descent(nets.autograd(loss))
    for step in range(1, runs[0].steps + 1):
        rows = batches.draw()
        goals = tuple(m.goal(step) for m in stack)
        if runs[0].falling:
            adams.pace = 1 - (step - 1) / runs[0].steps
        descend(model, adams, data.x[rows], given.gather(1, rows), goals)
        yield step, model, given
