"""What a frame measures of the networks, on held-out items."""

from typing import NamedTuple

import torch
from torch import Tensor

from workbench.chapters.multitask.lesson import Networks
from workbench.chapters.multitask.problem import Problem
from workbench.science import formulas

JUDGED = 1000  # test items of a frame but the last
AGREED = 200  # training items over which the gradients of the tasks are compared


class Evaluation(NamedTuple):
    """accuracy [members] on the main task and other [members] on the other one; by_class
    [members, classes] is the accuracy on the items of each class, 0 where there are none."""

    accuracy: Tensor
    other: Tensor
    by_class: Tensor


@torch.no_grad()
def evaluate(net: Networks, data: Problem, whole: bool) -> Evaluation:
    """The answers of all members; `whole` asks for the complete test set."""
    count = None if whole else JUDGED
    y = data.y_test[:count].to(net.s.device)
    right = answers(net, net.main, data.data.test[:count]) == y
    y_other = data.y_other_test[:count].to(net.s.device)
    other = answers(net, net.other, data.x_other_test[:count]) == y_other
    of_class = torch.nn.functional.one_hot(y, len(data.names)).float()
    by_class = right.float() @ of_class / of_class.sum(0).clamp_min(1)
    return Evaluation(right.double().mean(1).cpu(), other.double().mean(1).cpu(), by_class.cpu())


def answers(net: Networks, head, x: Tensor) -> Tensor:
    """The label that every member gives each picture of x [n, pixels]: [members, n]."""
    members = len(net.members)
    parts = (net.features(part.expand(members, *part.shape)) for part in x.split(500))
    return torch.cat([head(h).argmax(-1) for h in parts], 1)


def cosine(net: Networks, data: Problem, position: int) -> float:
    """The cosine of the gradients of the two tasks on the trunk of one member; 0 where one is 0."""
    trunk, main, other = (part.only([position]) for part in (net.trunk, net.main, net.other))
    weights = [w.requires_grad_() for w in trunk.weights]
    sides = (main, data.x, data.y), (other, data.x_other, data.y_other)
    flat = []
    for head, x, y in sides:
        h = hidden(trunk, x[None, :AGREED])
        value = formulas.cross_entropy(head(h), y[None, :AGREED].to(x.device)).sum()
        flat.append(torch.cat([g.flatten() for g in torch.autograd.grad(value, weights)]).double())
    length = flat[0].norm() * flat[1].norm()
    return float(flat[0] @ flat[1] / length) if length > 0 else 0.0


def hidden(trunk, x: Tensor) -> Tensor:
    """The trunk's output, without the changes in place that its own call makes."""
    for weight, bias in zip(trunk.weights, trunk.biases, strict=True):
        x = torch.baddbmm(bias, x, weight).relu()
    return x
