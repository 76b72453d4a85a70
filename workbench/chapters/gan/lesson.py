r"""The game of Goodfellow et al. 2014: a generator forges, a discriminator tells forged from real.

.. math:: \min_G \max_D E \log D(x) + E \log(1 - D(G(z))),

where the generator minimises :math:`-E \log D(G(z))` instead, which has a slope from the start.
Every tensor has a leading axis of members: games that are played side by side and share nothing.
"""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from workbench.chapters.gan.draws import LATENT, Batch, Batches
from workbench.chapters.gan.knobs import Settings
from workbench.chapters.gan.members import Member, all_members
from workbench.chapters.gan.spectral import Discriminator
from workbench.science import formulas, nets

BETAS = (0.5, 0.999)  # Adam's, as Radford et al. 2015 have them
UNITS = {"plane": 64, "pictures": 128}  # of each of the two hidden layers
GAIN = (
    1.7  # of the first weights, against those of torch.nn.Linear: all layers then pass on variance
)


class Networks:
    """A generator z -> x and a discriminator x -> logit for each member.

    Pictures end in a sigmoid. `average` holds a running mean of the generator's parameters, from
    which `samples` are made; `gamma`, `decay` and `penalty` [members, 1, 1] are the knobs' values.
    """

    def __init__(self, stack: Sequence[Member], run: Settings, width: int, device: str):
        seeds = nets.generators([member.seed for member in stack])
        units = UNITS[run.kind]
        self.members = stack
        self.pictures = run.kind == "pictures"
        self.latent = LATENT[run.kind]
        self.generator = nets.Mlp([self.latent, units, units, width], seeds, device)
        spectral = run.loss == "hinge"
        self.discriminator = Discriminator([width, units, units, 1], seeds, device, spectral)
        with torch.no_grad():
            for weight in self.generator.weights + self.discriminator.weights:
                weight.mul_(GAIN)
        self.average = [p.detach().clone() for p in self.generator.parameters()]
        self.gamma = self.column([m.r1 for m in stack])
        self.decay = self.column([m.average for m in stack])
        self.penalty = self.column([m.penalty for m in stack])

    def column(self, values: Sequence[float]) -> Tensor:
        """One number for each member [members, 1, 1]."""
        return torch.tensor(values, device=self.average[0].device)[:, None, None]

    def parameters(self) -> list[Tensor]:
        return self.generator.parameters() + self.discriminator.parameters()

    def forge(self, z: Tensor) -> Tensor:
        """x [members, batch, width] of z [members, batch, latent]."""
        x = self.generator(z)
        return x.sigmoid() if self.pictures else x

    def judge(self, x: Tensor) -> Tensor:
        """The logit of D(x) [members, batch]: how real each item looks."""
        return self.discriminator(x)[..., 0]

    @torch.no_grad()
    def sample(self, position: int, z: Tensor) -> Tensor:
        """x [n, width] of z [n, latent], by one member alone and by its mean weights if it has
        some."""
        alone = self.generator.only([position])
        if self.decay[position] > 0:
            means = [mean[position : position + 1] for mean in self.average]
            alone.weights, alone.biases = means[: len(alone.weights)], means[len(alone.weights) :]
        x = alone(z[None])[0]
        return x.sigmoid() if self.pictures else x

    @torch.no_grad()
    def follow(self) -> None:
        """Moves the running mean of the generator's parameters to where they are."""
        for mean, parameter in zip(self.average, self.generator.parameters(), strict=True):
            mean.lerp_(parameter, 1 - self.decay)


def slopes(net: Networks, x: Tensor) -> Tensor:
    """The gradient of D's logit by its input, at each item of x."""
    x = x.detach().requires_grad_()
    (slope,) = torch.autograd.grad(net.judge(x).sum(), x, create_graph=True)
    return slope


def game_for_d(net: Networks, batch: Batch) -> Tensor:
    """What the discriminator minimises [members]: the game and R1 (Mescheder et al. 2018)."""
    fake = (net.forge(batch.z) + batch.fog).detach()
    game = formulas.discriminator_loss(net.judge(batch.real), net.judge(fake))
    r1 = formulas.r1_penalty(slopes(net, batch.real))
    return game + net.gamma[:, 0, 0] * r1


def game_for_g(net: Networks, batch: Batch) -> Tensor:
    """What the generator minimises [members], not saturating."""
    return formulas.generator_loss(net.judge(net.forge(batch.z) + batch.fog))


def wasserstein_for_d(net: Networks, batch: Batch) -> Tensor:
    """What a critic minimises [members], with the penalty of Gulrajani et al. 2017."""
    fake = (net.forge(batch.z) + batch.fog).detach()
    between = batch.mix * batch.real + (1 - batch.mix) * fake
    steep = formulas.gradient_penalty(slopes(net, between))
    game = formulas.wasserstein_loss(net.judge(batch.real), net.judge(fake))
    return game + net.penalty[:, 0, 0] * steep


def hinge_for_d(net: Networks, batch: Batch) -> Tensor:
    """What a discriminator with spectral normalisation minimises [members] (Miyato et al. 2018)."""
    fake = (net.forge(batch.z) + batch.fog).detach()
    return formulas.hinge_loss(net.judge(batch.real), net.judge(fake))


def score_for_g(net: Networks, batch: Batch) -> Tensor:
    """What the generator minimises against a critic [members]."""
    return formulas.critic_score(net.judge(net.forge(batch.z) + batch.fog))


LOSSES = {  # of D and of G
    "non-saturating": (game_for_d, game_for_g),
    "Wasserstein": (wasserstein_for_d, score_for_g),
    "hinge": (hinge_for_d, score_for_g),
}


Turn = Callable[[Networks, nets.Adam, nets.Adam, Batch], None]


def turn_of(loss_d: Callable, loss_g: Callable) -> Turn:
    """One turn of the game: a step of the discriminator, then a step of the generator."""
    descend_d, descend_g = (nets.descent(nets.autograd(loss)) for loss in (loss_d, loss_g))

    def turn(net: Networks, adam_d: nets.Adam, adam_g: nets.Adam, batch: Batch) -> None:
        descend_d(net, adam_d, batch)
        descend_g(net, adam_g, batch)

    return turn


def fit(
    runs: Sequence[Settings], data: Tensor, device: str = "cpu", losses=None, turn=None
) -> Iterator[tuple[int, Networks]]:
    """Plays the games of these runs on data [n, width]; yields (step, networks) after every turn.

    losses: of the discriminator and of the generator, for those that the knob `loss` names.
    `turn(networks, adam_d, adam_g, batch)` plays a turn; without it Adam follows autograd.
    """
    stack, first = all_members(runs), runs[0]
    net = Networks(stack, first, data.shape[1], device)
    adam_d = nets.Adam(net.discriminator.parameters(), [m.rate_d for m in stack], BETAS)
    adam_g = nets.Adam(net.generator.parameters(), [m.rate_g for m in stack], BETAS)
    batches = Batches(stack, first, data)
    turn = turn or turn_of(*(losses or LOSSES[first.loss]))
    for step in range(1, first.steps + 1):
        net.discriminator.refresh()
        turn(net, adam_d, adam_g, batches.draw(1 - step / first.steps))
        if net.decay.any():
            net.follow()
        yield step, net
