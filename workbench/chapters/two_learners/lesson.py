"""Co-training: learners with a view each label items for both, and the loop that trains them.

Every tensor has a leading axis of learners, softmax regressions that train side by side: those of
all members that the runs compare (`members.comparison`). They share nothing but the labels of their
member. A learner that lacks a view sees zeros in its place.
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Generator, Tensor

from workbench.chapters.two_learners import views
from workbench.chapters.two_learners.knobs import Settings
from workbench.chapters.two_learners.labels import Labels, Pick, begin, settle, surest
from workbench.chapters.two_learners.members import Member, members
from workbench.chapters.two_learners.task import Task
from workbench.science import formulas, nets

ROUND_STEPS = 25  # of training, after which the learners label
BATCH = 64
QUICK = 10  # how much faster a softmax regression may learn than the knob `lr` says


class Learners:
    """Softmax regressions: `net` turns views [learners, items, pixels] into logits.

    `own[m]` are the positions of member m's learners in the stack.
    """

    def __init__(self, stack: Sequence[Member], data: Task, device: str, cut=views.cut):
        self.members = stack
        self.own = [part.tolist() for part in positions([m.learners for m in stack])]
        self.x = data.x
        self.views = [views.make_views(m, data, cut) for m in stack]
        self.masks = torch.cat([v.masks_for(m.learners) for v, m in self.pairs()]).to(device)
        partner = [v.partner for v, m in self.pairs() for _ in range(m.learners)]
        self.partner = torch.stack(partner).to(device)
        seeds = [m.seed + 1000 * k for m in stack for k in range(m.learners)]
        units = [data.data.pixels, len(data.classes)]
        self.net = nets.Mlp(units, nets.generators(seeds), device)

    def pairs(self):
        """The views of every member, and the member."""
        return zip(self.views, self.members, strict=True)

    def parameters(self) -> list[Tensor]:
        return self.net.parameters()

    def see(self, rows: Tensor) -> Tensor:
        """What the learners see of training items [learners, items]: [learners, items, pixels]."""
        return views.see(self.x, rows, self.partner, self.masks)

    def answer(self, m: int, x: Tensor, rows: Tensor, partner: Tensor) -> Tensor:
        """What member m's learners say of items, probabilities [learners, items, classes].

        x [n, pixels] are pictures, rows [items] some of them, and partner [n] those of which the
        second views are.
        """
        own = self.own[m]
        rows, partner = (part.to(x.device).expand(len(own), -1) for part in (rows, partner))
        return self.net.only(own)(views.see(x, rows, partner, self.masks[own])).softmax(-1)


def positions(counts: Sequence[int]) -> Sequence[Tensor]:
    """Where in a stack the learners of each member are, which has so many."""
    return torch.arange(sum(counts)).split(list(counts))


def loss(model: Learners, x: Tensor, t: Tensor) -> Tensor:
    """Cross-entropy of each learner, the mean over its batch [learners].

    x [learners, batch, pixels] is what it sees, t [learners, batch] the labels that it learns from.
    """
    return formulas.cross_entropy(model.net(x), t)


@torch.no_grad()
def teach(model: Learners, labels: Sequence[Labels]) -> None:
    """One round of labelling (Blum & Mitchell 1998, table 1): each learner labels those items of
    its member's pool that it is surest of, and all learners of the member learn from them."""
    for m, (member, known) in enumerate(zip(model.members, labels, strict=True)):
        p = model.answer(m, model.x, known.pool, model.views[m].partner).cpu()
        picks = [
            Pick(int(known.pool[place]), c, float(p[k, place, c]), k + 1)
            for k in range(member.learners)
            for place, c in surest(p[k], member.quota)
        ]
        known.add(settle(picks))


def draw(
    stack: Sequence[Member], labels: Sequence[Labels], generators: Sequence[Generator]
) -> tuple[Tensor, Tensor]:
    """Labelled items and their labels, [learners, batch] each; learners of one member see the
    same."""
    rows, targets = [], []
    for member, known, generator in zip(stack, labels, generators, strict=True):
        chosen = known.rows[torch.randint(len(known.rows), (BATCH,), generator=generator)]
        rows += [chosen] * member.learners
        targets += [known.label[chosen]] * member.learners
    return torch.stack(rows), torch.stack(targets)


def fit(
    runs: Sequence[Settings], data: Task, device: str = "cpu", descend=None, cut=views.cut
) -> Iterator[tuple[int, Learners, list[Labels]]]:
    """Trains the members of these runs; yields (step, learners, labels) after every step.

    Members of one seed begin with the same labels and the same pool. `cut(split, shape, generator)`
    makes the views. `descend(learners, adam, *batch)` makes one step; without it, Adam follows
    autograd down `loss`. Raises DataError for a task without unlabelled items.
    """
    stack = members(runs)
    model = Learners(stack, data, device, cut)
    labels = [begin(data, m.labels, m.pool, m.seed) for m in stack]
    generators = nets.generators([m.seed + 3000 for m in stack])
    rates = [QUICK * m.lr for m in stack for _ in range(m.learners)]
    adam = nets.Adam(model.parameters(), rates)
    descend = descend or nets.descent(nets.autograd(loss))
    for step in range(1, runs[0].steps + 1):
        if step > 1 and step % ROUND_STEPS == 1:
            teach(model, labels)
        rows, t = (part.to(device) for part in draw(stack, labels, generators))
        descend(model, adam, model.see(rows), t)
        yield step, model, labels
