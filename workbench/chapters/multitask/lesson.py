r"""Multi-task learning: a trunk that two tasks share, and a head for each.

The main task has few labels, the other task has many. With fixed weights a network minimises

.. math:: L = L_{main} + w L_{other},

and with learnt ones :math:`\sum_t e^{-s_t} L_t + s_t / 2`, where :math:`s_t` is a parameter of the
network (Kendall et al. 2018). In transfer the tasks come one after the other: half of the steps go
to the other task, and the rest to the main one. Every tensor has a leading axis of members, which
train side by side and share nothing.
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from workbench.chapters.multitask.knobs import Settings
from workbench.chapters.multitask.members import Member, all_members
from workbench.chapters.multitask.problem import Problem, few_labelled, shuffle
from workbench.science import formulas, nets

UNITS = 64  # of each of the trunk's two layers
FEW, MANY = 32, 64  # items of a mini-batch: of the main task, and of the other
UNCERTAINTY_RATE = 0.02  # step size of the learnt weights


class Networks:
    """A trunk x -> h and two heads h -> logits for each member.

    `s` [members, 2] are the logarithms of the learnt uncertainties; `learnt` [members, 1] says
    whose weights are learnt, `least` [members, 1] is where s stops: minus the log of the cap.
    """

    def __init__(self, stack: Sequence[Member], units: tuple[int, int, int], device: str):
        pixels, classes, others = units
        seeds = nets.generators([m.seed for m in stack])
        self.members = stack
        self.trunk = nets.Mlp([pixels, UNITS, UNITS], seeds, device)
        self.main = nets.Mlp([UNITS, classes], seeds, device)
        self.other = nets.Mlp([UNITS, others], seeds, device)
        self.s = torch.zeros(len(stack), 2, device=device).requires_grad_()
        self.learnt = torch.tensor([[m.learnt] for m in stack], device=device)
        self.least = -torch.tensor([[m.cap] for m in stack], device=device).log()

    def parameters(self) -> list[Tensor]:
        parts = (self.trunk, self.main, self.other)
        return [p for part in parts for p in part.parameters()] + [self.s]

    def features(self, x: Tensor) -> Tensor:
        """h [members, batch, UNITS] of pictures [members, batch, pixels]."""
        return self.trunk(x).relu()

    def weights(self, fixed: Tensor) -> Tensor:
        """What each task counts for [members, 2]: `fixed`, or e^-s where weights are learnt."""
        return torch.where(self.learnt, (-self.s.maximum(self.least)).exp(), fixed)


def loss(net: Networks, few: tuple, many: tuple, fixed: Tensor) -> Tensor:
    """What each member minimises [members].

    few and many are the mini-batches (x [members, batch, pixels], y [members, batch]) of the main
    and of the other task; fixed [members, 2] are the weights of those that do not learn them.
    """
    heads = ((net.main, few), (net.other, many))
    losses = [formulas.cross_entropy(head(net.features(x)), y) for head, (x, y) in heads]
    price = torch.where(net.learnt, net.s.maximum(net.least) / 2, 0)
    return (net.weights(fixed) * torch.stack(losses, 1) + price).sum(1)


class Adams:
    """Adam for the networks, and another for the weights that are learnt."""

    def __init__(self, net: Networks):
        *rest, s = net.parameters()
        self.networks = nets.Adam(rest, [m.lr for m in net.members])
        self.weights = nets.Adam([s], UNCERTAINTY_RATE)

    def step(self) -> None:
        self.networks.step()
        self.weights.step()


def fixed_weights(net: Networks, run: Settings, step: int) -> Tensor:
    """What the tasks count for at this step [members, 2], where that is not learnt."""
    other = torch.tensor([m.weight for m in net.members], device=net.s.device)
    if run.kind == "sharing":
        return torch.stack([torch.ones_like(other), other], 1)
    late = step > run.steps // 2
    return torch.stack([torch.full_like(other, late), other * (not late)], 1)


def fit(
    runs: Sequence[Settings], data: Problem, device: str = "cpu", loss=loss, descend=None
) -> Iterator[tuple[int, Networks, Tensor]]:
    """Trains the networks of these runs; yields (step, networks, weights [members, 2]) after every
    step.

    `descend(networks, adams, few, many, fixed)` makes one step; without it, Adam follows autograd
    down `loss`.
    """
    stack, first = all_members(runs), runs[0]
    draws, orders, others = (
        nets.generators([m.seed + s for m in stack]) for s in (3000, 1000, 2000)
    )
    rows = [few_labelled(data.y, first.labels, g) for g in draws]
    few, y = torch.stack(rows).to(device), data.y.to(device)
    y_other = torch.stack(
        [shuffle(data.y_other, m.shuffled, g) for m, g in zip(stack, draws, strict=True)]
    ).to(device)
    units = data.x.shape[1], len(data.names), len(data.other_names)
    net = Networks(stack, units, device)
    adams = Adams(net)
    main_batches = nets.Batches(few.shape[1], FEW, orders, device)
    other_batches = nets.Batches(len(data.x_other), MANY, others, device)
    descend = descend or nets.descent(nets.autograd(loss))
    for step in range(1, first.steps + 1):
        own, more = few.gather(1, main_batches.draw()), other_batches.draw()
        fixed = fixed_weights(net, first, step)
        batch = (data.x_other[more], y_other.gather(1, more))
        descend(net, adams, (data.x[own], y[own]), batch, fixed)
        yield step, net, net.weights(fixed).detach()
