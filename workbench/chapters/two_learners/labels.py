"""What is labelled: a few items by a person, and more in every round by the learners themselves."""

from typing import NamedTuple

import torch
from torch import Generator, Tensor

from workbench.chapters.two_learners.task import Task
from workbench.data import DataError

UNKNOWN = -1
PERSON = 0  # the teacher of the first labels; the learners are 1 and 2


class Pick(NamedTuple):
    """A label that a learner gives: the item, its class, how sure the learner is, and who it is."""

    item: int
    label: int
    sure: float
    teacher: int


class Labels:
    """The labels of a member: `label` [n] is UNKNOWN where there is none, `teacher` [n] gave it.

    `rows` are the items that have one, `rest` those that have none, in random order; the pool U' is
    the first of them, so that it is refilled when some are taken out. `latest` are the picks of the
    last round.
    """

    def __init__(self, first: Tensor, classes: Tensor, n: int, pool: int, generator: Generator):
        self.label = torch.full((n,), UNKNOWN)
        self.teacher = torch.full((n,), PERSON)
        self.label[first] = classes
        line = torch.randperm(n, generator=generator)
        self.rest = line[self.label[line] == UNKNOWN]
        self.size = pool
        self.rows = first
        self.latest: list[Pick] = []

    @property
    def pool(self) -> Tensor:
        """U': the items that a learner may choose from now."""
        return self.rest[: self.size]

    def add(self, picks: list[Pick]) -> None:
        """Gives the items of these picks their labels and takes them out of the pool."""
        self.latest = picks
        if not picks:
            return
        items = torch.tensor([pick.item for pick in picks])
        self.label[items] = torch.tensor([pick.label for pick in picks])
        self.teacher[items] = torch.tensor([pick.teacher for pick in picks])
        self.rest = self.rest[~torch.isin(self.rest, items)]
        self.rows = torch.cat([self.rows, items])


def begin(task: Task, count: int, pool: int, seed: int) -> Labels:
    """The labels that a person gives at first: `count` items of each class, or all where a class
    has fewer. Raises DataError when no item would be left without a label."""
    generator = torch.Generator().manual_seed(seed + 2000)
    line = torch.randperm(len(task.y), generator=generator)
    first = torch.cat([line[task.y[line] == c][:count] for c in task.y.unique()])
    if len(first) == len(task.y):
        raise DataError(
            f"{task.data.images.name} has {len(first)} training pictures, and all would have a "
            "label: ask for fewer labels a class."
        )
    return Labels(first, task.y[first], len(task.y), pool, generator)


def surest(p: Tensor, per: int) -> list[tuple[int, int]]:
    """(place, class) of the `per` likeliest items of every class, of those that are taken for it.

    p [items, classes] are probabilities. Taking some of *every* class keeps the easy ones from
    taking over.
    """
    sure, chosen = p.max(-1)
    places = []
    for c in range(p.shape[-1]):
        own = torch.nonzero(chosen == c)[:, 0]
        best = own[sure[own].argsort(descending=True, stable=True)[:per]]
        places += [(place, c) for place in best.tolist()]
    return places


def settle(picks: list[Pick]) -> list[Pick]:
    """The picks with every item once: where two learners name it, the surer one counts."""
    best: dict[int, Pick] = {}
    for pick in picks:
        if pick.item not in best or pick.sure > best[pick.item].sure:
            best[pick.item] = pick
    return list(best.values())
