"""Pseudo-Label (Lee 2013): a classifier that learns from its own hard guesses.

Every tensor has a leading axis of members, classifiers that train side by side and share nothing:
a run's own and those that it is compared with (`members.comparison`).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from workbench.chapters.pseudo import draws
from workbench.chapters.pseudo.knobs import Settings
from workbench.chapters.pseudo.members import Member, members
from workbench.chapters.pseudo.pool import Pool, give_labels, make_networks
from workbench.science import formulas, nets

LABELLED, UNLABELLED = 32, 128  # items of each in a batch


class Batch(NamedTuple):
    """x [members, 32, d] with labels t [members, 32, classes] as distributions; u [members, 128, d]
    has no labels. The network guesses from `u` and learns from `noisy`, which is u or u + noise."""

    x: Tensor
    t: Tensor
    u: Tensor
    noisy: Tensor


class Belief(NamedTuple):
    """What the guesses weigh at this step, alpha(t), and the least confidence that counts; each
    [members, 1]."""

    alpha: Tensor
    sure: Tensor


def belief_at(stack: Sequence[Member], step: int, steps: int, device: str) -> Belief:
    """alpha(t) of every member, which grows from T1 to T2."""
    pairs = [(member.belief(step, steps), member.sure) for member in stack]
    return Belief(*torch.tensor(pairs, device=device).T[..., None].unbind())


def guess(net: nets.Mlp, u: Tensor, sure: Tensor) -> tuple[Tensor, Tensor]:
    """The class that the network finds likeliest, and 1 where it is sure enough to count, else 0.

    Both [members, batch]. The guess is a label like any other: no gradient flows into it.
    """
    with torch.no_grad():
        confidence, label = net(u).softmax(-1).max(-1)
    return label, (confidence >= sure).float()


def loss(net: nets.Mlp, batch: Batch, belief: Belief) -> Tensor:
    """Adds CE(labels) and alpha(t) CE(own guesses), means [members]: Lee 2013, eq. 15."""
    label, counts = guess(net, batch.u, belief.sure)
    log_p = net(batch.noisy).log_softmax(-1)
    own = -log_p.gather(-1, label[..., None])[..., 0]
    labelled = formulas.cross_entropy(net(batch.x), batch.t)
    return labelled + (belief.alpha * counts * own).mean(-1)


class Batches:
    """Draws the batches of all members; members of one seed see the same."""

    def __init__(self, stack: Sequence[Member], pool: Pool, given: Tensor, steps: int):
        device, seeds = str(pool.x.device), [member.seed for member in stack]
        self.x = pool.x
        self.targets = F.one_hot(given.clamp_min(0), len(pool.classes)).float()
        self.labelled = draws.Rows(
            draws.labelled_rows(given), LABELLED, [seed + 1000 for seed in seeds], device
        )
        self.others = draws.Rows(
            draws.other_rows(given), UNLABELLED, [seed + 2000 for seed in seeds], device
        )
        self.share = draws.shares([member.mix for member in stack], steps, seeds, device)
        self.jitter = torch.tensor([m.jitter for m in stack], device=device)[:, None, None]
        shape = (LABELLED + UNLABELLED, pool.x.shape[1])
        self.noise = nets.Noise(shape, nets.generators([s + 4000 for s in seeds]), device)

    def draw(self, step: int) -> Batch:
        """The batch of a step. Labelled items are blended with their neighbours in the batch, which
        are drawn at random as well."""
        rows = self.labelled.draw()
        x, t, u = self.x[rows], draws.pick(self.targets, rows), self.x[self.others.draw()]
        noisy = u
        if self.jitter.any():
            near, far = (self.jitter * self.noise.draw()).split([LABELLED, UNLABELLED], 1)
            x, noisy = x + near, u + far
        share = self.share[step - 1]
        x, t = (share * part + (1 - share) * part.roll(1, 1) for part in (x, t))
        return Batch(x, t, u, noisy)


def fit(
    runs: Sequence[Settings], data: Pool, device: str = "cpu", loss=loss, descend=None
) -> Iterator[tuple[int, nets.Mlp]]:
    """Trains the members of these runs and yields (step, networks) after every step.

    `descend(net, adam, batch, belief)` makes one step; without it, Adam follows autograd down
    `loss`.
    """
    stack, steps = members(runs), runs[0].steps
    net = make_networks(data, stack, runs[0].width)
    adam = nets.Adam(net.parameters(), [member.lr for member in stack])
    batches = Batches(stack, data, give_labels(data, stack), steps)
    descend = descend or nets.descent(nets.autograd(loss))
    for step in range(1, steps + 1):
        descend(net, adam, batches.draw(step), belief_at(stack, step, steps, device))
        yield step, net
