"""Two views of every item: half of the pixels of one picture, the rest of it or of another.

The dial rho says how far the views depend on each other once the class is known. At 0 the second
view is always of another picture of the class, as co-training assumes; at 1 it is the rest of the
same picture. The views have the same sizes and the same pixels throughout.
"""

from typing import NamedTuple

import torch
from torch import Generator, Tensor

from workbench.chapters.two_learners.members import Member
from workbench.chapters.two_learners.task import Task
from workbench.data import DataError


class Views(NamedTuple):
    """What the two views of every item are made of.

    masks [2, pixels]: 1 where a view has a pixel. partner [n] and test_partner [m]: the number of
    the picture of which an item's second view is; the first is of its own.
    """

    masks: Tensor
    partner: Tensor
    test_partner: Tensor

    def masks_for(self, learners: int) -> Tensor:
        """The masks [learners, 2, pixels] of what each learner sees of both pictures: two
        learners have a view each, and one has both."""
        first, second = self.masks
        nothing = torch.zeros_like(first)
        if learners == 1:
            return self.masks[None]
        return torch.stack([torch.stack([first, nothing]), torch.stack([nothing, second])])


def cut(split: str, shape: tuple[int, int], generator: Generator) -> Tensor:
    """The masks [2, pixels] of a cut; the two views share no pixel and leave none out.

    shape: (height, width). Pictures of one column are cut by rows, those of one row by columns;
    of a single pixel one view gets nothing.
    """
    height, width = shape
    pixels = torch.arange(height * width)
    row, column = pixels // width, pixels % width
    if split == "random":
        first = torch.randperm(len(pixels), generator=generator) < len(pixels) // 2
    elif split == "in turn":
        first = (row + column) % 2 == 0
    elif (split == "left/right" and width > 1) or height == 1:
        first = column < width // 2
    else:
        first = row < height // 2
    return torch.stack([first, ~first]).float()


def pair(y: Tensor, rho: float, generator: Generator) -> Tensor:
    """For each item, itself with probability rho, otherwise another of its class y [n] -> [n].

    Every other item of the class is equally likely. The only item of a class has itself.
    """
    own = torch.arange(len(y))
    other = own.clone()
    for c in y.unique():
        members = torch.nonzero(y == c)[:, 0]
        if len(members) > 1:
            turns = torch.randint(1, len(members), (len(members),), generator=generator)
            other[members] = members[(torch.arange(len(members)) + turns) % len(members)]
    same = torch.rand(len(y), generator=generator) < rho
    return torch.where(same, own, other)


def cut_by_names(written: str, columns: tuple[str, ...]) -> Tensor:
    """The masks [2, columns] of a table: the first view has the columns whose names are written,
    with commas between them. Raises DataError for other names, and where a view has none."""
    names = [name.strip() for name in written.split(",") if name.strip()]
    if not columns:
        raise DataError("These are pictures, and their pixels have no names: empty the columns.")
    if unknown := [name for name in names if name not in columns]:
        raise DataError(f"The table has no column {unknown[0]!r}; it has {', '.join(columns)}.")
    first = torch.tensor([name in names for name in columns])
    if first.all() or not first.any():
        raise DataError("Each view needs a column: name some of the table's, and not all.")
    return torch.stack([first, ~first]).float()


def make_views(member: Member, task: Task, cut=cut) -> Views:
    """The views of all items of a task. The same seed gives the same cut for every rho."""
    masks, pairs, test_pairs = (
        torch.Generator().manual_seed(member.seed + start) for start in (4000, 5000, 6000)
    )
    if member.columns:
        both = cut_by_names(member.columns, task.columns)
    else:
        both = cut(member.split, task.shape, masks)
    return Views(both, pair(task.y, member.rho, pairs), pair(task.y_test, member.rho, test_pairs))


def see(x: Tensor, rows: Tensor, partner: Tensor, masks: Tensor) -> Tensor:
    """What each learner sees of its items rows [learners, items]: [learners, items, pixels].

    x [n, pixels] are the pictures, partner [learners, n] those of the second views, and masks
    [learners, 2, pixels] say what of the two pictures a learner sees.
    """
    return x[rows] * masks[:, :1] + x[partner.gather(1, rows)] * masks[:, 1:]
