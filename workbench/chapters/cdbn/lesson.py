r"""A convolutional deep belief network: Boltzmann machines that share weights over all positions.

Pictures v and hidden maps h^k have the energy (Lee et al. 2009)

.. math:: E(v, h) = -\sum_{k, ij} h^k_{ij} I^k_{ij} - c \sum_{ij} v_{ij}, \qquad
          I^k = \tilde W^k * v + b_k,

where at most one unit of a block of hidden units is on (`blocks`). The gradient of log p(v) is a
difference of two means: over what data make the hidden units do, and over what the model dreams.
Contrastive divergence lets the model dream for k steps only, beginning with data. The second layer
takes the pooled units of the first for its pictures, once that has been trained.
"""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Generator, Tensor

from workbench.chapters.cdbn import blocks
from workbench.chapters.cdbn.gallery import Gallery
from workbench.chapters.cdbn.knobs import Settings
from workbench.chapters.cdbn.layer import Form, Layer, Means
from workbench.science import nets

BATCH = 64
PULL = 1.0  # of the sparsity target on hidden biases, beside the gradient
UPPER = 3  # width of a filter of the second layer


class Chance:
    """Uniform numbers in [0, 1) for a stack; each run's come from its own generator."""

    def __init__(self, generators: Sequence[Generator], device: str):
        self.generators = generators
        self.device = device

    def like(self, x: Tensor) -> Tensor:
        """As many as x [runs, ...] has."""
        runs = [torch.rand(x.shape[1:], generator=g) for g in self.generators]
        return torch.stack(runs).to(self.device)


def dream(
    layer: Layer, hidden: tuple[Tensor, Tensor], chance: Chance, drawn: bool = False
) -> Tensor:
    """A picture of hidden units that are drawn from their probabilities, P(h = 1) and P(off).

    Its pixels are probabilities, as those of a grey picture are; or they are `drawn` as 0 and 1.
    """
    on, off = hidden
    h = blocks.join(blocks.draw(on, chance.like(off)), layer.form.block)
    p = layer.down(h).sigmoid_()
    return (chance.like(p) < p).to(p.dtype) if drawn else p


def contrast(layer: Layer, v: Tensor, run: Settings, chance: Chance) -> tuple[Means, Means]:
    """CD-k: the means under the data v, and under pictures that k steps have made of them."""
    hidden = layer.probabilities(v)
    data = layer.means(v, blocks.join(hidden[0], layer.form.block))
    for _ in range(run.chain):
        dreamt = dream(layer, hidden, chance, run.drawn)
        hidden = layer.probabilities(dreamt)
    return data, layer.means(dreamt, blocks.join(hidden[0], layer.form.block))


class Climber:
    """Gradient ascent with momentum, with a sparsity target; a target of 0 is none."""

    def __init__(self, parameters: Sequence[Tensor], runs: Sequence[Settings]):
        device = parameters[0].device
        self.parameters = parameters
        self.speed = [torch.zeros_like(p) for p in parameters]
        self.rate = torch.tensor([run.lr for run in runs], device=device)
        self.momentum = torch.tensor([run.momentum for run in runs], device=device)
        self.target = torch.tensor([run.sparsity for run in runs], device=device)[:, None]

    def step(self, data: Means, model: Means) -> None:
        """One step up the difference of the means; the target pulls at the hidden biases."""
        pull = torch.where(self.target > 0, PULL * (self.target - data.hidden), 0)
        up = Means(*(a - b for a, b in zip(data, model, strict=True)))
        up = up._replace(hidden=up.hidden + pull)
        for p, speed, gradient in zip(self.parameters, self.speed, up, strict=True):
            every = (-1, *[1] * (p.ndim - 1))
            speed.mul_(self.momentum.view(every)).add_(gradient * self.rate.view(every))
            p.add_(speed)


class Network:
    """The layers of each run: one, or a second on the pooled units of the first."""

    def __init__(self, runs: Sequence[Settings], shape: tuple[int, int], device: str):
        first, generators = runs[0], nets.generators([run.seed for run in runs])
        forms = [Form(1, *shape, first.filters, first.window, first.block)]
        if first.second:
            more = first.filters + first.filters // 2
            forms.append(Form(first.filters, *forms[0].pooled, more, UPPER, first.block))
        self.layers = [Layer(form, generators, device) for form in forms]

    def below(self, v: Tensor, number: int) -> Tensor:
        """What layer `number` (0 or 1) looks at when the picture is v."""
        return self.layers[0].pool(v) if number else v


def fit(
    runs: Sequence[Settings],
    data: Gallery,
    device: str = "cpu",
    contrast: Callable[..., tuple[Means, Means]] = contrast,
) -> Iterator[tuple[int, Network]]:
    """Trains one layer after the other on pictures [count, 1, height, width]; yields (step,
    networks) after every step. `contrast` says what the two means are whose difference is climbed.
    """
    net = Network(runs, data.shape, device)
    orders, draws = (nets.generators([run.seed + s for run in runs]) for s in (1000, 2000))
    batches, chance = nets.Batches(len(data.train), BATCH, orders, device), Chance(draws, device)
    climbers = [Climber(layer.parameters(), runs) for layer in net.layers]
    for step in range(1, runs[0].steps + 1):
        number = (step - 1) * len(net.layers) // runs[0].steps
        v = net.below(data.train[batches.draw()], number)
        climbers[number].step(*contrast(net.layers[number], v, runs[0], chance))
        yield step, net
