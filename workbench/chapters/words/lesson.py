r"""Skip-gram with negative sampling: a word's vector predicts which words stand near it.

Every word has two vectors, :math:`v_w` as a centre and :math:`u_c` as company. Of each pair (w, c)
that the text has, a shallow predictor shall say yes, and of w with k words that are drawn from a
noise distribution :math:`P_n` it shall say no (Mikolov et al. 2013):

.. math:: L = -\log \sigma(u_c \cdot v_w) - \sum_{i=1}^k \log \sigma(-u_{n_i} \cdot v_w),
   \qquad n_i \sim P_n(c) \propto \#(c)^{3/4}.

Nobody counts anything here, yet the best answer is a logarithm of counts (Levy & Goldberg 2014):

.. math:: u_c \cdot v_w = \log \frac{\#(w, c)}{\#(w) P_n(c)} - \log k.
"""

from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.chapters.words.knobs import Settings
from workbench.chapters.words.pairs import NoiseWords, Pairs, keep_chances, noise_chances
from workbench.data.texts.corpus import Corpus
from workbench.science import nets

BATCH = 512  # pairs
SHARED = 128  # noise words of a batch that shares them


class Vectors:
    """Two vectors for each word: centre and context [runs, words, dimension].

    Company begins at zero, so that every first answer is one half.
    """

    def __init__(self, words: int, dimension: int, generators, device: str):
        first = [torch.rand(words, dimension, generator=g) - 0.5 for g in generators]
        self.centre = (torch.stack(first) / dimension).to(device).requires_grad_()
        self.context = torch.zeros_like(self.centre).requires_grad_()

    def parameters(self) -> list[Tensor]:
        return [self.centre, self.context]


def rows(table: Tensor, words: Tensor) -> Tensor:
    """The rows [runs, ..., dimension] of table [runs, words, dimension] for words [runs, ...]."""
    return table.flatten(0, 1)[places(table, words)]


def places(table: Tensor, words: Tensor) -> Tensor:
    """Where words [runs, ...] of a table of all runs [runs, words, dimension] lie in one list."""
    first = torch.arange(len(table), device=words.device) * table.shape[1]
    return words + first.view(-1, *[1] * (words.ndim - 1))


def loss(net: Vectors, pairs: Tensor, noise: Tensor, weight: float) -> Tensor:
    """L in nats, the mean over the batch [runs].

    pairs [2, runs, groups, pairs of a group] are centres and contexts; the pairs of a group share
    their noise words noise [runs, groups, draws], each of which counts `weight` times.
    """
    v, u = rows(net.centre, pairs[0]), rows(net.context, pairs[1])
    yes = F.logsigmoid((u * v).sum(-1))
    no = F.logsigmoid(-v @ rows(net.context, noise).mT)
    return -(yes + weight * no.sum(-1)).mean((1, 2))


class Adagrad:
    """Adagrad (Duchi et al. 2011): a number that has moved much moves less. lr: one a run."""

    def __init__(self, parameters: Sequence[Tensor], lr: Sequence[float]):
        self.parameters = parameters
        self.lr = torch.tensor(lr, device=parameters[0].device)[:, None, None]
        self.squares = [torch.full_like(p, 1e-10, requires_grad=False) for p in parameters]
        for p in parameters:
            p.grad = torch.zeros_like(p)

    @torch.no_grad()
    def step(self) -> None:
        for p, square in zip(self.parameters, self.squares, strict=True):
            square.addcmul_(p.grad, p.grad)
            p.sub_(p.grad.mul_(self.lr).mul_(square.rsqrt()))


class Draws:
    """What each step of each run learns from: its pairs, and its noise words."""

    def __init__(self, runs: Sequence[Settings], corpus: Corpus, device: str):
        self.device = device
        self.groups = 1 if runs[0].shared else BATCH
        draws = SHARED if runs[0].shared else runs[0].k
        self.weight = runs[0].k / draws
        keep = keep_chances(corpus.counts, runs[0].subsample)
        orders, others = (nets.generators([run.seed + s for run in runs]) for s in (1000, 2000))
        self.pairs = [Pairs(corpus, runs[0].window, keep, g) for g in orders]
        self.noise = [
            NoiseWords(noise_chances(corpus.counts, run.exponent), (self.groups, draws), g)
            for run, g in zip(runs, others, strict=True)
        ]

    def draw(self) -> tuple[Tensor, Tensor, float]:
        """Pairs [2, runs, groups, pairs of a group], noise words [runs, groups, draws] and weight,
        as `loss` takes them."""
        pairs = torch.stack([each.draw(BATCH) for each in self.pairs], 1)
        noise = torch.stack([each.draw() for each in self.noise])
        pairs = pairs.view(2, len(self.pairs), self.groups, -1)
        return pairs.to(self.device), noise.to(self.device), self.weight


def fit(
    runs: Sequence[Settings], data: Corpus, device: str = "cpu", loss=loss, descend=None
) -> Iterator[tuple[int, Vectors, Tensor]]:
    """Trains vectors for each run; yields (step, vectors, loss of the batch [runs]) after every
    step.

    `descend(net, adagrad, pairs, noise, weight)` makes one step; without it, Adagrad follows
    autograd down `loss`.
    """
    seeds = nets.generators([run.seed for run in runs])
    net = Vectors(len(data.words), runs[0].dimension, seeds, device)
    adagrad = Adagrad(net.parameters(), [run.lr for run in runs])
    draws = Draws(runs, data, device)
    descend = descend or nets.descent(nets.autograd(loss))
    for step in range(1, runs[0].steps + 1):
        losses = descend(net, adagrad, *draws.draw())
        yield step, net, losses
