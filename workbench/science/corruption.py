"""Ways to damage images, so that a network has something to repair, and ways to get labels wrong.

Each noise takes clean images ``x [..., batch, pixels]`` in [0, 1] and a level, and returns a
damaged copy on the device of ``x``; ``x`` itself is never written to. A level is a float or a
tensor that broadcasts, such as ``[K, 1, 1]`` with one level for each of K runs; runs that share
one ``x [batch, pixels]`` then also share the random numbers, so they differ by their level only.

``draws`` are the random numbers, where the caller has them already: a population hands in a stack
of what each run's own generator gave, and then a run does not depend on whom it trains with.
Otherwise they come from ``generator`` (None: torch's global one), which lives on the device of
``x``. ``DRAWS`` names the distribution of each noise: ``DRAWS[name](shape, generator=...)``.

The noises are those of Vincent et al. 2010 (JMLR 11), section 3.3; the hole is that of Pathak et
al. 2016, section 3.3. Wrong labels are in the second half; their permutation is that of Reed et al.
2015, figure 2.
"""

from workbench.science.later import Generator, Tensor, torch

Level = float | Tensor


def gaussian(
    x: Tensor, level: Level, generator: Generator | None = None, draws: Tensor | None = None
) -> Tensor:
    """``x + level * n`` with ``n ~ N(0, 1)``: ``level`` is the standard deviation of the noise.

    Not clipped to [0, 1]. Clipping would pull black and white pixels inwards and make the noise
    smaller than its level, and ``r(x) - x = sigma^2 grad log p(x)`` (Alain & Bengio 2014) holds
    for the plain sum only. A picture of it is clipped when it is drawn.
    """
    if draws is None:
        draws = _draw(torch.randn, x, x.shape, generator)
    return x + level * draws


def salt_and_pepper(
    x: Tensor, level: Level, generator: Generator | None = None, draws: Tensor | None = None
) -> Tensor:
    """A share ``level`` of the pixels becomes 0 or 1 with equal odds; ``draws`` are uniform."""
    if draws is None:
        draws = _draw(torch.rand, x, x.shape, generator)
    return torch.where(draws < level, (draws < 0.5 * level).to(x.dtype), x)


def masking(
    x: Tensor, level: Level, generator: Generator | None = None, draws: Tensor | None = None
) -> Tensor:
    """A share ``level`` of the pixels becomes 0 (``nu`` of Vincent et al.); uniform ``draws``."""
    if draws is None:
        draws = _draw(torch.rand, x, x.shape, generator)
    return x * (draws >= level)


def drop_block(
    x: Tensor,
    side: int | Tensor,
    height: int,
    width: int,
    generator: Generator | None = None,
    draws: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Set one ``side x side`` block of each image to 0: ``(corrupted, mask)``.

    ``x [..., batch, height * width]`` holds one channel, row by row; ``mask`` is 1 on the hole and
    0 elsewhere (``M^`` of Pathak et al.). The block lies anywhere inside the image with equal
    odds, so ``0 <= side <= min(height, width)``. ``draws [..., batch, 2]`` are uniform: how far
    down and how far right.
    """
    if draws is None:
        draws = _draw(torch.rand, x, (*x.shape[:-1], 2), generator)
    hole = (
        _span(draws[..., :1], side, height)[..., :, None]
        & _span(draws[..., 1:], side, width)[..., None, :]
    ).flatten(-2)
    return x.masked_fill(hole, 0), hole.to(x.dtype)


def _span(draw: Tensor, side: int | Tensor, length: int) -> Tensor:
    """Which of ``length`` places a stretch of ``side`` covers: ``[..., batch, length]``."""
    start = torch.floor(draw * (length - side + 1))
    place = torch.arange(length, device=draw.device)
    return (place >= start) & (place < start + side)


def _draw(kind, x: Tensor, shape, generator: Generator | None) -> Tensor:
    return kind(shape, generator=generator, device=x.device, dtype=x.dtype)


NOISES = {"gaussian": gaussian, "salt-and-pepper": salt_and_pepper, "masking": masking}


def normal_draws(*shape, **how) -> Tensor:
    return torch.randn(*shape, **how)


def uniform_draws(*shape, **how) -> Tensor:
    return torch.rand(*shape, **how)


DRAWS = {"gaussian": normal_draws, "salt-and-pepper": uniform_draws, "masking": uniform_draws}


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
        mine = wrong[y[wrong] == c]
        mine = mine[torch.randperm(len(mine), generator=generator)]
        places = (torch.arange(len(mine)) + 0.5) / max(len(mine), 1) * goals[-1]
        noisy[mine] = torch.searchsorted(goals, places, right=True)
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
