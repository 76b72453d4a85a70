"""Ways to get labels wrong: patterns of flips, people with habits, and their majority."""

import torch
from torch import Generator, Tensor

from workbench.science.corruption.images import Level

# true -> wrong: read off figure 2 of Reed et al. 2015
PERMUTATION = (7, 9, 0, 4, 2, 1, 3, 5, 6, 8)


def uniform_flips(classes: int) -> Tensor:
    """A wrong label is any other class with equal odds: ``[true, wrong]``, rows sum to 1."""
    return (1 - torch.eye(classes)) / (classes - 1)


def pair_flips(classes: int) -> Tensor:
    """A wrong label is the next class, the last one's is the first: ``[true, wrong]``."""
    return torch.eye(classes).roll(1, 1)


def permutation_flips(classes: int) -> Tensor:
    """A wrong label is the paper's ``PERMUTATION`` of the true one: ``[true, wrong]``.

    With another number of classes than ten it is the class half-way round.
    """
    ten = classes == len(PERMUTATION)
    wrong = torch.tensor(PERMUTATION) if ten else torch.arange(classes).roll(-(classes // 2))
    return torch.eye(classes)[wrong]


def lookalike_flips(x: Tensor, y: Tensor, classes: int) -> Tensor:
    """A class-dependent matrix ``[true, wrong]``: the nearer two class means, the likelier.

    ``x [n, pixels]``, ``y [n]``. The odds fall as ``exp(-d / s)`` with the distance ``d`` of the
    means and a scale ``s`` that is a tenth of the mean distance (our choice).
    """
    members = torch.eye(classes, device=x.device)[y]
    means = (members.T @ x) / members.sum(0).clamp_min(1)[:, None]
    distance = torch.cdist(means, means).cpu()
    distance = distance / (0.1 * distance.sum() / (classes * (classes - 1))).clamp_min(1e-9)
    return torch.softmax((-distance).fill_diagonal_(-torch.inf), 1)


def wrong_labels(
    y: Tensor, rate: Level, flips: Tensor, generator: Generator | None = None
) -> Tensor:
    """A copy of the labels ``y [n]`` (int64, CPU) of which a share ``rate`` is wrong.

    ``flips [classes, classes]``: where a wrong label of each class goes; its diagonal is 0, so that
    no wrong label is right by chance. ``rate`` is one number, or one for each class. The number of
    wrong labels is exact to one item, over all and in each class, and so is every cell of
    ``flips``: chance decides which items, not how many. Draw once and keep: labels that change
    with every epoch are another, easier problem. Raises ValueError for a class that flips to
    itself.
    """
    if flips.diagonal().any():
        raise ValueError("flips has a class that goes to itself: set its diagonal to 0.")
    line = torch.randperm(len(y), generator=generator)
    line = line[torch.argsort(y[line], stable=True)]  # class by class, in random order within
    rates = torch.as_tensor(rate, dtype=torch.float64).expand(len(flips))[y[line]]
    due = torch.floor(torch.cumsum(rates, 0) + 0.5)  # how many are wrong up to here
    wrong = line[torch.diff(due, prepend=due.new_zeros(1)) > 0]
    noisy = y.clone()
    for c, goals in enumerate(flips.double().cumsum(1)):
        members = wrong[y[wrong] == c]
        members = members[torch.randperm(len(members), generator=generator)]
        quantiles = (torch.arange(len(members)) + 0.5) / max(len(members), 1) * goals[-1]
        noisy[members] = torch.searchsorted(goals, quantiles, right=True)
    return noisy


def noise_matrix(y: Tensor, noisy: Tensor, classes: int) -> Tensor:
    """``P(noisy = k | true = c)`` as it came out, ``[classes, classes]``; rows sum to 1 or 0."""
    counts = torch.zeros(classes, classes).index_put_(
        (y.cpu(), noisy.cpu()), torch.ones(len(y)), accumulate=True
    )
    return counts / counts.sum(1, keepdim=True).clamp_min(1)


def annotators(
    count: int, classes: int, careless: float, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    """``(rate [count], flips [count, classes, classes])`` of people with habits of their own.

    Each is wrong at a rate between half of and one and a half times ``careless`` (at most 0.95),
    and each mistakes a class for a few others of its own: odds are exponential draws, squared.
    """
    rates = (careless * (0.5 + torch.rand(count, generator=generator))).clamp_max(0.95)
    odds = -torch.rand(count, classes, classes, generator=generator).clamp_min(1e-6).log()
    odds = odds.square() * (1 - torch.eye(classes))
    return rates, odds / odds.sum(-1, keepdim=True)


def majority(votes: Tensor, classes: int) -> Tensor:
    """The class with the most of ``votes [annotators, n]``; the earlier annotator's in a tie."""
    counts = torch.nn.functional.one_hot(votes, classes).sum(0).double()  # (n, class)
    early = torch.linspace(0.5, 0.1, len(votes), dtype=counts.dtype)[:, None]
    first = torch.zeros_like(counts).scatter_reduce(
        1, votes.T, early.expand(votes.shape).T.contiguous(), "amax"
    )
    return (counts + first).argmax(1)


FLIPS = {"uniform": uniform_flips, "pair": pair_flips, "permutation": permutation_flips}
