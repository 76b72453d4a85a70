"""InfoGAN (Chen et al. 2016): a generator whose codes can be read off what it draws.

Every tensor has a leading axis of members, which train side by side and share nothing: the runs
and, beside each, the same game in which nobody asks for the codes.
"""

import copy
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.chapters.adversarial_codes import games
from workbench.chapters.adversarial_codes.knobs import Member, Settings, all_members
from workbench.science import formulas, nets
from workbench.science.tensors import Resident

NOISE, STYLES = 10, 2  # numbers that nobody asks for, and numbers that are codes
SPREAD = 0.5  # deviation of Q's guess of a style; OpenAI's code fixes it, too


class Code(NamedTuple):
    """What the generator is given: category [members, batch, K] as one 1 among zeros, styles
    [members, batch, 2] in [-1, 1], and noise [members, batch, 10]."""

    category: Tensor
    styles: Tensor
    noise: Tensor


class Players:
    """Generators, discriminators, and readers Q on the discriminators' last hidden layer."""

    def __init__(self, stack: Sequence[Member], pixels: int, categories: int, device: str):
        (wide,) = games.hidden_layers(pixels)
        seeds = games.seeded(stack, 0)
        inputs = categories + STYLES + NOISE
        self.stack = list(stack)
        self.categories = categories
        self.generator = games.network([inputs, wide, wide, pixels], seeds, device)
        self.trunk = games.network([pixels, wide, wide], seeds, device)
        self.head = games.network([wide, 1], seeds, device)
        self.reader = games.network([wide, 64, categories + STYLES], seeds, device)
        self.information = games.column([member.information for member in stack], device)
        self.style_weight = games.column([member.styles for member in stack], device)
        self.r1 = games.column([member.r1 for member in stack], device)

    @property
    def makers(self) -> list[Tensor]:
        """The weights of the generators and of the readers."""
        return [*self.generator.parameters(), *self.reader.parameters()]

    @property
    def judges(self) -> list[Tensor]:
        """The weights of the discriminators."""
        return [*self.trunk.parameters(), *self.head.parameters()]

    def parameters(self) -> list[Tensor]:
        return [*self.makers, *self.judges]

    def make(self, code: Code) -> Tensor:
        """Pictures [members, batch, pixels] in (0, 1)."""
        return self.generator(torch.cat(code, -1)).sigmoid()

    def judge(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """How real pictures look [members, batch] (logits), and what Q reads [.., batch, K + 2]."""
        hidden = self.trunk(x).relu()
        return self.head(hidden)[..., 0], self.reader(hidden)

    def only(self, position: int) -> "Players":
        """The networks of one member, to evaluate and not to train."""
        few = copy.copy(self)
        few.stack = [self.stack[position]]
        for part in ("generator", "trunk", "head", "reader"):
            setattr(few, part, getattr(self, part).only([position]))
        return few


def category_bound(read: Tensor, category: Tensor) -> Tensor:
    """L_I = E log Q(c|x) + H(c) <= I(c; x) in nats, a mean over the batch [members]."""
    size = category.shape[-1]
    log_q = read[..., :size].log_softmax(-1)
    return (category * log_q).sum(-1).mean(-1) + math.log(size)


def style_bound(read: Tensor, styles: Tensor) -> Tensor:
    """The same for the styles, of which each has the entropy log 2, under Gaussian guesses."""
    apart = (read[..., -styles.shape[-1] :] - styles) / SPREAD
    log_q = -0.5 * apart.square() - math.log(SPREAD) - 0.5 * math.log(2 * math.pi)
    return (log_q + math.log(2)).sum(-1).mean(-1)


def slope(net: Players, x: Tensor) -> Tensor:
    """dD/dx at these pictures [members, batch, pixels], which R1 charges for."""
    x = x.detach().requires_grad_()
    (grad,) = torch.autograd.grad(net.judge(x)[0].sum(), x, create_graph=True)
    return grad


def asked(net: Players, read: Tensor, code: Code) -> Tensor:
    """What both sides lose where the codes cannot be read: -lambda L_I [members]."""
    return -(
        net.information.flatten() * category_bound(read, code.category)
        + net.style_weight.flatten() * style_bound(read, code.styles)
    )


def judge_loss(net: Players, x: Tensor, code: Code) -> Tensor:
    """The discriminator's loss [members]; its hidden layers serve Q as well."""
    real, _ = net.judge(x)
    fake, read = net.judge(net.make(code).detach())
    told_apart = formulas.discriminator_loss(real, fake)
    flat = net.r1.flatten() * formulas.r1_penalty(slope(net, x))
    return told_apart + flat + asked(net, read, code)


def maker_loss(net: Players, code: Code) -> Tensor:
    """The loss [members] of the generator and of Q (not saturating: Goodfellow et al. 2014)."""
    fake, read = net.judge(net.make(code))
    return formulas.generator_loss(fake) + asked(net, read, code)


def autograd(judge_loss=judge_loss, maker_loss=maker_loss) -> games.Gradient:
    """gradient(net, x, code): each side follows its own loss."""

    def gradient(net: Players, x: Tensor, code: Code) -> None:
        games.follow(net.judges, judge_loss(net, x, code))
        games.follow(net.makers, maker_loss(net, code))

    return gradient


def make_codes(stack: Sequence[Member], size: int, categories: int, device: str) -> Iterator[Code]:
    """Codes for a batch after the other: equal odds for each category and for each style."""
    drawn = games.uniform([size, 1 + STYLES], games.seeded(stack, 2), device)
    noise = nets.Noise([size, NOISE], games.seeded(stack, 3), device)
    for numbers in drawn:
        category = F.one_hot((numbers[..., 0] * categories).long(), categories).float()
        yield Code(category, 2 * numbers[..., 1:] - 1, noise.draw())


def fit(
    runs: Sequence[Settings], data: Resident, device: str = "cpu", loss=maker_loss, gradient=None
) -> Iterator[tuple[int, Players]]:
    """Trains the networks of all runs and yields (step, networks) after every step.

    `gradient(net, x, code)` fills each parameter's .grad; without it, autograd follows `loss` for
    the generator and Q, and `judge_loss` for the discriminator. Both sides move at the same moment.
    """
    first, stack = runs[0], all_members(runs)
    net = Players(stack, data.pixels, first.categories, device)
    rates = [member.lr for member in stack]
    makers = nets.Adam(net.makers, rates, games.BETAS)
    judges = nets.Adam(net.judges, rates, games.BETAS)
    gradient = gradient or autograd(maker_loss=loss)
    batches = nets.Batches(len(data.train), games.BATCH, games.seeded(stack, 1), device)
    codes = make_codes(stack, batches.size, first.categories, device)
    for step in range(1, first.steps + 1):
        gradient(net, data.train[batches.draw()], next(codes))
        makers.step()
        judges.step()
        yield step, net
