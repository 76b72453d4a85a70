"""CatGAN (Springenberg 2015): a classifier that is sure of real pictures and not of invented ones.

Every tensor has a leading axis of members, which train side by side and share nothing: the runs
and, beside each, the same entropies without an adversary, and with labels a plain classifier.
"""

import copy
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.chapters.adversarial_codes import games
from workbench.chapters.adversarial_codes.knobs import Member, Settings, all_members
from workbench.chapters.adversarial_codes.labels import Labelled, give_labels
from workbench.science import formulas, nets
from workbench.science.tensors import Resident

NOISE = 16  # numbers that the generator draws from
BLUR = 0.3  # deviation of the noise on all that the classifier is trained on
BATCH = 100  # far more than there are categories: their mean is the marginal
LABELLED = 32  # pictures with a label in a batch
LEAST = 1e-9  # of a mean probability, whose logarithm is taken


class Batch(NamedTuple):
    """x [members, batch, pixels] has no labels; given [members, m, pixels] has the labels
    t [members, m, K] (m may be 0); z [members, batch, 16] is what the generator draws from, and
    blur [members, 2 batch + m, pixels] the noise on x, invented and given pictures in turn."""

    x: Tensor
    given: Tensor
    t: Tensor
    z: Tensor
    blur: Tensor


class Players:
    """Classifiers x -> logits of K categories, and generators z -> x."""

    def __init__(self, stack: Sequence[Member], pixels: int, categories: int, device: str):
        (wide,) = games.hidden_layers(pixels)
        seeds = games.seeded(stack, 0)
        self.stack = list(stack)
        self.categories = categories
        self.classifier = games.network([pixels, wide, wide, categories], seeds, device)
        self.generator = games.network([NOISE, wide, wide, pixels], seeds, device)
        self.doubt = games.column([member.doubt for member in stack], device)
        self.certain = games.column([member.certain for member in stack], device)

    def parameters(self) -> list[Tensor]:
        return [*self.classifier.parameters(), *self.generator.parameters()]

    def make(self, z: Tensor) -> Tensor:
        """Pictures [members, batch, pixels] in (0, 1)."""
        return self.generator(z).sigmoid()

    def only(self, position: int) -> "Players":
        """The networks of one member, to evaluate and not to train."""
        few = copy.copy(self)
        few.stack = [self.stack[position]]
        for part in ("classifier", "generator"):
            setattr(few, part, getattr(self, part).only([position]))
        return few


def mean_entropy(logits: Tensor) -> Tensor:
    """E H[p(y|x)], how unsure single answers [members, batch, K] are, in nats [members]."""
    log_p = logits.log_softmax(-1)  # finite where p is 0, and so is its gradient
    return -(log_p.exp() * log_p).sum(-1).mean(-1)


def marginal_entropy(logits: Tensor) -> Tensor:
    """H[E p(y|x)], how evenly the categories are used, in nats [members]."""
    return formulas.entropy(logits.softmax(-1).mean(-2).clamp_min(LEAST))


def judge_loss(net: Players, batch: Batch) -> Tensor:
    """The classifier's loss [members]: use all categories, be sure of real pictures and unsure of
    invented ones, and be right about those with a label."""
    noisy = torch.cat([batch.x, net.make(batch.z).detach(), batch.given], 1) + batch.blur
    sizes = [batch.x.shape[1], batch.z.shape[1], batch.given.shape[1]]
    real, fake, given = net.classifier(noisy).split(sizes, 1)
    certain, doubt = net.certain.flatten(), net.doubt.flatten()
    entropies = mean_entropy(real) - marginal_entropy(real) - doubt * mean_entropy(fake)
    right = formulas.cross_entropy(given, batch.t) if sizes[-1] else 0.0
    return certain * entropies + right


def maker_loss(net: Players, batch: Batch) -> Tensor:
    """The generator's loss [members]: be taken for real, for all categories alike."""
    count = batch.x.shape[1]
    fake = net.classifier(net.make(batch.z) + batch.blur[:, count : 2 * count])
    return mean_entropy(fake) - marginal_entropy(fake)


def autograd(judge_loss=judge_loss, maker_loss=maker_loss) -> games.Gradient:
    """gradient(net, batch): each side follows its own loss."""

    def gradient(net: Players, batch: Batch) -> None:
        games.follow(net.classifier.parameters(), judge_loss(net, batch))
        games.follow(net.generator.parameters(), maker_loss(net, batch))

    return gradient


def make_batches(
    stack: Sequence[Member], data: Resident, labelled: Labelled, device: str
) -> Iterator[Batch]:
    """One batch after the other; members of one seed see the same."""
    batches = nets.Batches(len(data.train), BATCH, games.seeded(stack, 1), device)
    size, count = batches.size, labelled.rows.shape[1]
    few = nets.Batches(count, LABELLED, games.seeded(stack, 2), device) if count else None
    z = nets.Noise([size, NOISE], games.seeded(stack, 3), device)
    shown = 2 * size + (few.size if few else 0)
    blur = nets.Noise([shown, data.pixels], games.seeded(stack, 4), device)
    while True:
        places = few.draw() if few else labelled.rows
        rows, t = labelled.rows.gather(1, places), labelled.y.gather(1, places)
        yield Batch(
            x=data.train[batches.draw()],
            given=data.train[rows],
            t=F.one_hot(t, labelled.categories).float(),
            z=z.draw(),
            blur=BLUR * blur.draw(),
        )


def fit(
    runs: Sequence[Settings], data: Resident, device: str = "cpu", loss=judge_loss, gradient=None
) -> Iterator[tuple[int, Players]]:
    """Trains the networks of all runs and yields (step, networks) after every step.

    `gradient(net, batch)` fills each parameter's .grad; without it, autograd follows `loss` for
    the classifier and `maker_loss` for the generator. Both sides move at the same moment.
    """
    first, stack = runs[0], all_members(runs)
    labelled = give_labels(first, stack, data, device)
    net = Players(stack, data.pixels, labelled.categories, device)
    adam = nets.Adam(net.parameters(), [member.lr for member in stack], games.BETAS)
    gradient = gradient or autograd(judge_loss=loss)
    batches = make_batches(stack, data, labelled, device)
    for step in range(1, first.steps + 1):
        gradient(net, next(batches))
        adam.step()
        yield step, net
