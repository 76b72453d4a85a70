"""The denoising adversarial autoencoder: noise teaches to repair, a critic makes codes samplable.

Every tensor has a leading axis of members, which train side by side and share nothing: the runs
and, beside each, the other corners of its square: without noise, without adversary, without both.
"""

import copy
from collections.abc import Iterator, Sequence

from torch import Tensor

from workbench.chapters.adversarial_codes import games
from workbench.chapters.adversarial_codes.knobs import Member, Settings, all_members
from workbench.science import formulas, nets
from workbench.science.corruption import gaussian
from workbench.science.tensors import Resident


class Autoencoder:
    """Encoders x -> code, decoders code -> logits of x, and critics of codes, for every member."""

    def __init__(self, stack: Sequence[Member], pixels: int, latent: int, device: str):
        hidden = games.hidden_layers(pixels)
        seeds = games.seeded(stack, 0)
        self.stack = list(stack)
        self.encoder = nets.Mlp([pixels, *hidden, latent], seeds, device)
        self.decoder = nets.Mlp([latent, *hidden, pixels], seeds, device)
        self.critic = nets.Mlp([latent, 64, 64, 1], seeds, device)
        self.adversary = games.column([member.adversary for member in stack], device)
        self.noise = games.column([member.noise for member in stack], device)

    @property
    def coder(self) -> list[Tensor]:
        """The weights that copy pictures and try to please the critic."""
        return [*self.encoder.parameters(), *self.decoder.parameters()]

    def parameters(self) -> list[Tensor]:
        return [*self.coder, *self.critic.parameters()]

    def only(self, position: int) -> "Autoencoder":
        """The networks of one member, to evaluate and not to train."""
        few = copy.copy(self)
        few.stack = [self.stack[position]]
        for part in ("encoder", "decoder", "critic"):
            setattr(few, part, getattr(self, part).only([position]))
        return few


def loss(net: Autoencoder, shown: Tensor, x: Tensor) -> Tensor:
    """Adds the cross-entropy a pixel and what the critic charges: means over the batch [members].

    shown, x [members, batch, pixels]: what the encoder is shown, and the clean answer in [0, 1].
    The critic charges -log D(code): the encoder wants its codes taken for draws from the prior.
    """
    code = net.encoder(shown)
    copied = formulas.bernoulli_nll(net.decoder(code), x).mean(-1) / x.shape[-1]
    return copied + net.adversary.flatten() * formulas.generator_loss(net.critic(code)[..., 0])


def critic_loss(net: Autoencoder, shown: Tensor, prior: Tensor) -> Tensor:
    """How badly the critic tells draws from the prior [members, batch, latent] from codes."""
    code = net.encoder(shown).detach()
    return formulas.discriminator_loss(net.critic(prior)[..., 0], net.critic(code)[..., 0])


def autograd(loss=loss, critic_loss=critic_loss) -> games.Gradient:
    """gradient(net, shown, x, prior): each player follows its own loss."""

    def gradient(net: Autoencoder, shown: Tensor, x: Tensor, prior: Tensor) -> None:
        games.follow(net.coder, loss(net, shown, x))
        games.follow(net.critic.parameters(), critic_loss(net, shown, prior))

    return gradient


def fit(
    runs: Sequence[Settings], data: Resident, device: str = "cpu", loss=loss, gradient=None
) -> Iterator[tuple[int, Autoencoder]]:
    """Trains the networks of all runs and yields (step, networks) after every step.

    `gradient(net, shown, x, prior)` fills each parameter's .grad; without it, autograd follows
    `loss` and the critic's. Both players move at the same moment.
    """
    first, stack = runs[0], all_members(runs)
    net = Autoencoder(stack, data.pixels, first.latent, device)
    adam = nets.Adam(net.parameters(), [member.lr for member in stack], games.BETAS)
    gradient = gradient or autograd(loss)
    batches = nets.Batches(len(data.train), games.BATCH, games.seeded(stack, 1), device)
    noise = nets.Noise([batches.size, data.pixels], games.seeded(stack, 2), device)
    prior = nets.Noise([batches.size, first.latent], games.seeded(stack, 3), device)
    for step in range(1, first.steps + 1):
        x = data.train[batches.draw()]
        shown = gaussian(x, net.noise, draws=noise.draw())
        gradient(net, shown, x, prior.draw())
        adam.step()
        yield step, net
