"""MixUp with a memory (Arazo et al. 2020): soft guesses of all items, remembered over the epochs.

At the end of every epoch the memory gets the network's softmax of each item without a label; in the
epoch that follows these are the labels. Mixup, labelled items in every batch and two regularisers
are meant to keep the network from believing its own mistakes.
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

SIZE = 100  # items of a batch
LONGEST_EPOCH = 100  # batches: in larger pools an epoch ends before every item was met
ITEMS_AT_ONCE = 5000  # that are written into the memory
DROPS = (0.65, 0.87)  # shares of the steps after which the learning rate falls to a tenth


class Weights(NamedTuple):
    """What R_A and R_H weigh, each [members]."""

    a: Tensor
    h: Tensor


def imbalance(p: Tensor) -> Tensor:
    """R_A = sum_c 1/C log(1/C / h_c) with h the mean prediction: 0 where all classes are as likely.

    p [members, batch, classes] are the predictions: [members].
    """
    classes = p.shape[-1]
    return -(p.mean(-2).clamp_min(1e-8) * classes).log().mean(-1)


def uncertainty(p: Tensor) -> Tensor:
    """R_H = -1/N sum_i sum_c h_ic log h_ic, the mean entropy of the predictions: [members]."""
    return formulas.entropy(p).mean(-1)


def loss(net: nets.Mlp, x: Tensor, t: Tensor, weights: Weights) -> Tensor:
    """CE + l_A R_A + l_H R_H [members] (Arazo et al. 2020, eq. 6).

    x [members, batch, d] and their labels t [members, batch, classes] are blended already: the
    cross-entropy of a blend of labels is the blend of their cross-entropies.
    """
    logits = net(x)
    p = logits.softmax(-1)
    cross_entropy = formulas.cross_entropy(logits, t)
    return cross_entropy + weights.a * imbalance(p) + weights.h * uncertainty(p)


class Memory:
    """The label [members, n, classes] that every item has at this moment, a distribution.

    A true label stays as it is. The others are empty until they are first written, and only those
    of members that remember are ever written.
    """

    def __init__(self, stack: Sequence[Member], given: Tensor, classes: int):
        labelled = given >= 0
        remembers = torch.tensor([member.remembers for member in stack], device=given.device)
        self.labels = F.one_hot(given.clamp_min(0), classes) * labelled[..., None].float()
        self.open = ~labelled & remembers[:, None]
        self.start = torch.tensor([member.start for member in stack])
        self.written = torch.zeros(len(stack), dtype=torch.bool)

    @torch.no_grad()
    def write(self, net: nets.Mlp, x: Tensor, progress: float) -> None:
        """Writes the softmax of x [n, d] where T1 is over; progress is the share of the steps."""
        due = (self.start <= progress) & self.open.any(1).cpu()
        for position in torch.nonzero(due)[:, 0].tolist():
            alone = net.only([position])  # the same bits in any company
            for rows in torch.nonzero(self.open[position])[:, 0].split(ITEMS_AT_ONCE):
                self.labels[position, rows] = alone(x[None, rows])[0].softmax(-1)
        self.written |= due


class Batches:
    """Draws rows [members, batch]: labelled ones, and the whole pool's once a memory is written."""

    def __init__(self, stack: Sequence[Member], pool: Pool, given: Tensor):
        device, seeds = str(pool.x.device), [member.seed for member in stack]
        orders = nets.generators([seed + 2000 for seed in seeds])
        self.all = nets.Batches(len(pool.x), SIZE, orders, device)
        labelled = draws.labelled_rows(given)
        self.labelled = draws.Rows(labelled, self.all.size, [s + 1000 for s in seeds], device)
        least = torch.tensor([member.least for member in stack], device=device)
        self.first = torch.arange(self.all.size, device=device) < least[:, None]

    def draw(self, written: Tensor) -> Tensor:
        """`written` [members] says whose memory is; at least k items of a batch are labelled."""
        labelled, pool = self.labelled.draw(), self.all.draw()
        alone = ~written.to(pool.device)[:, None]
        return torch.where(self.first | alone, labelled, pool)


def epoch_length(items: int) -> int:
    """Batches in an epoch: once through the pool, if it is small."""
    return min(max(1, items // SIZE), LONGEST_EPOCH)


def fit(
    runs: Sequence[Settings], data: Pool, device: str = "cpu", loss=loss, gradient=None
) -> Iterator[tuple[int, nets.Mlp, Memory]]:
    """Trains the members of these runs; yields (step, networks, memory) after every step.

    `gradient(net, x, t, weights)` leaves the gradient in each .grad; without it, it is autograd's
    of `loss`.
    """
    stack, steps = members(runs), runs[0].steps
    given, seeds = give_labels(data, stack), [member.seed for member in stack]
    net = make_networks(data, stack, runs[0].width)
    adam = nets.Adam(net.parameters(), [member.lr for member in stack])
    memory, batches = Memory(stack, given, len(data.classes)), Batches(stack, data, given)
    shares = draws.shares([member.mix for member in stack], steps, seeds, device)
    partners = draws.Partners(batches.all.size, [seed + 6000 for seed in seeds], device)
    weights = Weights(*torch.tensor([(m.weight_a, m.weight_h) for m in stack], device=device).T)
    gradient = gradient or nets.autograd(loss)
    epoch = epoch_length(len(data.x))
    for step in range(1, steps + 1):
        rows, blend = batches.draw(memory.written), (shares[step - 1], partners.draw())
        x, t = data.x[rows], draws.pick(memory.labels, rows)
        gradient(net, *(draws.blend(part, *blend) for part in (x, t)), weights)
        adam.step(pace=0.1 ** sum(step > drop * steps for drop in DROPS))
        if step % epoch == 0:
            memory.write(net, data.x, step / steps)
        yield step, net, memory
