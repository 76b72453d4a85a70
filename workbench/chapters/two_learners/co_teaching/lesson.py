"""Co-teaching: which items two networks learn from when some labels are wrong, and the loop.

Every tensor has a leading axis of networks, two for each member (`members.comparison`): networks
2 m and 2 m + 1 belong to member m. They see the same batches and share nothing but their picks.
"""

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from workbench.chapters.two_learners.co_teaching.members import Member, members
from workbench.chapters.two_learners.knobs import Settings
from workbench.chapters.two_learners.task import Task
from workbench.science import corruption, formulas, nets

BATCH = 128
FLIPS = {"symmetric": corruption.uniform_flips, "pair": corruption.pair_flips}


class Pairs:
    """Two classifiers x -> logits for each member; both learn from the labels `given` [members, n].

    `picks` [networks, batch] says of the latest batch what each network learnt from.
    """

    def __init__(self, stack: Sequence[Member], units: Sequence[int], given: Tensor, device: str):
        self.members = stack
        seeds = [m.seed + 1000 * k for m in stack for k in (0, 1)]
        self.net = nets.Mlp(units, nets.generators(seeds), device)
        self.given = given
        self.picks = torch.zeros(0)

    def parameters(self) -> list[Tensor]:
        return self.net.parameters()


def kept_share(epoch: int, tau: float, ramp: int) -> float:
    """R(T) = 1 - min(tau T / T_k, tau): the share of a batch that is kept after T epochs."""
    return 1 - min(tau * epoch / ramp, tau)


def kept_items(epoch: int, member: Member, batch: int) -> int:
    """The least number of items that is no less than R(T) of the batch, and at least one."""
    share = kept_share(epoch, member.tau, member.ramp)
    return max(1, math.ceil(share * batch - 1e-9))  # 1e-9: rounding must not keep one more


def pick(losses: Tensor, counts: Tensor, exchange: Tensor) -> Tensor:
    """Which items each network learns from, as 0 and 1: [networks, batch].

    losses [networks, batch] are those of the items by network; counts [networks] so many of the
    smallest are picked. Where exchange [members] is true, the two networks of a member get each
    other's picks (Han et al. 2018, algorithm 1).
    """
    ranks = losses.argsort(dim=-1, stable=True).argsort(-1)
    picks = (ranks < counts[:, None]).float().view(len(exchange), 2, -1)
    return torch.where(exchange[:, None, None], picks.flip(1), picks).flatten(0, 1)


def loss(model: Pairs, x: Tensor, t: Tensor, share: Tensor) -> Tensor:
    """Cross-entropy of each network, the mean over the items that it learns from [networks].

    x [networks, batch, pixels], t [networks, batch] the given labels, share [networks, batch]: 1
    over the number of picks for a picked item, and 0 for the others.
    """
    return (share * item_losses(model.net(x), t)).sum(-1)


def item_losses(logits: Tensor, t: Tensor) -> Tensor:
    """Cross-entropy of every item, [networks, batch]."""
    return formulas.cross_entropy(logits[..., None, :], t[..., None])


def sizes(data: Task, width: int) -> list[int]:
    """Units of every layer."""
    return [data.data.pixels, width, len(data.classes)]


def draw_labels(data: Task, member: Member) -> Tensor:
    """The label [n] that every training item is given: a share of them is wrong, once and for
    all."""
    generator = torch.Generator().manual_seed(member.seed + 2000)
    flips = FLIPS[member.pattern](len(data.classes))
    return corruption.wrong_labels(data.y, member.noise, flips, generator)


def fit(
    runs: Sequence[Settings], data: Task, device: str = "cpu", descend=None, pick=pick
) -> Iterator[tuple[int, Pairs]]:
    """Trains the members of these runs; yields (step, pairs of networks) after every step.

    Members of one seed start from the same weights and see the same labels and batches. `pick`
    chooses what each network learns from; `descend(pairs, adam, *batch)` makes one step, and
    without it Adam follows autograd down `loss`.
    """
    stack = members(runs)
    given = torch.stack([draw_labels(data, m) for m in stack]).to(device)
    model = Pairs(stack, sizes(data, runs[0].width), given, device)
    adam = nets.Adam(model.parameters(), [m.lr for m in stack for _ in (0, 1)])
    orders = nets.generators([m.seed + 3000 for m in stack])
    batches = nets.Batches(len(data.x), BATCH, orders, device)
    epoch_steps = len(data.x) // batches.size
    exchange = torch.tensor([m.exchange for m in stack], device=device)
    descend = descend or nets.descent(nets.autograd(loss))
    for step in range(1, runs[0].steps + 1):
        rows, epoch = batches.draw(), (step - 1) // epoch_steps
        x, t = data.x[rows].repeat_interleave(2, 0), given.gather(1, rows).repeat_interleave(2, 0)
        counts = [kept_items(epoch, m, batches.size) for m in stack for _ in (0, 1)]
        counts = torch.tensor(counts, device=device)
        with torch.no_grad():
            model.picks = pick(item_losses(model.net(x), t), counts, exchange)
        descend(model, adam, x, t, model.picks / counts[:, None])
        yield step, model
