"""Autoencoders: their networks, their losses and their training loop.

Every tensor has a leading axis of networks, which train side by side and share nothing: the runs
and, beside each of them, the variants that it is compared with.
"""

import copy
from collections.abc import Callable, Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from workbench.chapters.autoencoder.knobs import Settings, Variant, all_variants
from workbench.science import formulas, nets
from workbench.science.corruption import DRAWS, NOISES, drop_block
from workbench.science.tensors import Resident

GREY = 0.5  # what a hole shows: black would look like background
LAMBDA = 0.5  # weight of the critic; Pathak et al.: 0.001, beside the mean over a hole's pixels
WARM_UP = 60  # steps; at full speed from the first one, wide networks die on MNIST
WIDEST = 64  # numbers of the largest code


class Autoencoder:
    """Encoders x -> code and decoders code -> x, one of each for every variant.

    Codes may differ in size: the smaller ones are padded with units that have no weights. Such a
    unit says nothing and gets no gradient, so a padded network is the network it would be alone.
    """

    def __init__(self, kind: str, variants: Sequence[Variant], pixels: int, device: str):
        hidden = [] if kind == "linear" else [128] if pixels <= 256 else [256, 256]
        encoders, decoders, critics = [], [], []
        for variant in variants:
            own = nets.generators([variant.seed])
            encoders.append(nets.Mlp([pixels, *hidden, variant.latent], own, device))
            decoders.append(nets.Mlp([variant.latent, *hidden[::-1], pixels], own, device))
            critics.append(nets.Mlp([pixels, 64, 1], own, device))
        self.variants = list(variants)
        self.encoder = stack(encoders)
        self.decoder = stack(decoders)
        judged = kind == "inpainting" and any(variant.adversarial for variant in variants)
        self.critic = stack(critics) if judged else None
        self.blame = column([LAMBDA * variant.adversarial for variant in variants], device)
        self.code_noise = column([variant.code_noise for variant in variants], device)
        sizes = column([variant.latent for variant in variants], device)
        self.used = (torch.arange(int(sizes.max()), device=device) < sizes).float()
        self.binary = kind == "hashing"

    def parameters(self) -> list[Tensor]:
        parts = [self.encoder, self.decoder] + ([self.critic] if self.critic else [])
        return [p for part in parts for p in part.parameters()]

    def encode(self, x: Tensor, jitter: Tensor | None = None) -> Tensor:
        """x [networks, batch, pixels] -> codes [networks, batch, latent]; jitter as in `loss`."""
        code = self.encoder(x)
        if not self.binary:
            return code
        return (code if jitter is None else code + jitter).sigmoid() * self.used

    def only(self, positions: Sequence[int]) -> "Autoencoder":
        """The networks at these positions, to evaluate and not to train."""
        few = copy.copy(self)
        few.variants = [self.variants[position] for position in positions]
        few.used = self.used[positions]
        few.encoder = self.encoder.only(positions)
        few.decoder = self.decoder.only(positions)
        return few


def stack(parts: Sequence[nets.Mlp]) -> nets.Mlp:
    """One stack of these networks; where one is narrower it gets units with all weights 0."""

    def join(tensors: Sequence[Tensor]) -> Tensor:
        tall, wide = (max(t.shape[i] for t in tensors) for i in (1, 2))
        padded = [F.pad(t.detach(), (0, wide - t.shape[2], 0, tall - t.shape[1])) for t in tensors]
        return torch.cat(padded).requires_grad_()

    joined = copy.copy(parts[0])
    joined.weights = [join(layer) for layer in zip(*(p.weights for p in parts), strict=True)]
    joined.biases = [join(layer) for layer in zip(*(p.biases for p in parts), strict=True)]
    return joined


def column(values: Sequence[float], device: str) -> Tensor:
    """One value for each network, as [networks, 1, 1]."""
    return torch.tensor(values, dtype=torch.float32, device=device).view(-1, 1, 1)


class Corruption:
    """Spoils pictures before the encoder sees them, for each variant by its own knobs."""

    def __init__(self, run: Settings, variants: Sequence[Variant], data: Resident):
        device = data.train.device
        self.kind = run.kind
        self.noise = run.noise
        self.shape = data.shape
        self.level = column([variant.level for variant in variants], device)
        self.side = column([hole_side(variant, data) for variant in variants], device)

    def draw(self, shape: Sequence[int], generator: Generator) -> Tensor:
        """The random numbers [*shape, ...] that decide how pictures [*shape] are spoiled."""
        if self.kind == "denoising":
            height, width = self.shape
            return DRAWS[self.noise]((*shape, height * width), generator=generator)
        return torch.rand((*shape, 2 if self.kind == "inpainting" else 0), generator=generator)

    def __call__(self, x: Tensor, draws: Tensor) -> tuple[Tensor, Tensor | float]:
        """What the encoder is shown, and a mask that is 1 where the answer counts."""
        if self.kind == "denoising":
            return NOISES[self.noise](x, self.level, draws=draws), 1.0
        if self.kind == "inpainting":
            shown, hole = drop_block(x, self.side, *self.shape, draws=draws)
            return shown.add_(hole, alpha=GREY), hole
        return x, 1.0


def hole_side(variant: Variant | Settings, data: Resident) -> int:
    """Side of the hole in pixels."""
    return max(1, round(variant.hole * min(data.shape)))


def loss(net: Autoencoder, shown: Tensor, x: Tensor, hole, jitter) -> Tensor:
    """Half the squared error and, with a critic, what it charges: batch means [networks].

    shown, x [networks, batch, pixels]: what the encoder is shown, and the clean answer; hole: 1
    where the answer counts, or 1.0 for everywhere; jitter: noise on the code units, or None.
    """
    out = net.decoder(net.encode(shown, jitter))
    error = 0.5 * formulas.squared_error(hole * out, hole * x).mean(-1)
    if net.critic is None:
        return error
    filled = shown + hole * (out - shown)
    fooled = -F.logsigmoid(net.critic(filled)).mean((1, 2))  # not saturating: Goodfellow 2014
    return error + net.blame.flatten() * fooled


def critic_loss(critic: nets.Mlp, x: Tensor, filled: Tensor) -> Tensor:
    """How badly the critic tells real pictures from filled ones: its cross-entropy [networks]."""
    real, fake = critic(x), critic(filled)
    return -0.5 * (F.logsigmoid(real) + F.logsigmoid(-fake)).mean((1, 2))


def autograd(loss=loss, critic_loss=critic_loss) -> Callable[..., None]:
    """gradient(net, *batch): encoder and decoder follow `loss`, the critic follows its own."""

    def gradient(net: Autoencoder, shown: Tensor, x: Tensor, hole, jitter) -> None:
        nets.autograd(loss)(net, shown, x, hole, jitter)
        if net.critic is not None:
            with torch.no_grad():
                filled = shown + hole * (net.decoder(net.encode(shown, jitter)) - shown)
            nets.autograd(critic_loss)(net.critic, x, filled)

    return gradient


def pace(step: int, steps: int) -> float:
    """The share of the learning rate: it rises at first and falls to 0 over the last third."""
    return min(1.0, step / WARM_UP, 3 * (1 - (step - 1) / steps))


def stream(draw: Callable, shape: Sequence[int], generators, device, block: int = 16):
    """Random numbers [networks, *shape, ...], step by step, each network's from its generator."""
    while True:
        numbers = [draw((block, *shape), generator=generator) for generator in generators]
        yield from torch.stack(numbers, 1).to(device).unbind()


def fit(
    runs: Sequence[Settings], data: Resident, device: str = "cpu", loss=loss, gradient=None
) -> Iterator[tuple[int, Autoencoder]]:
    """Trains the networks of all runs and yields (step, networks) after every step.

    `gradient(net, *batch)` fills each parameter's .grad; without it, autograd follows `loss`.
    """
    first = runs[0]
    variants = all_variants(runs, data.pixels, device)
    net = Autoencoder(first.kind, variants, data.pixels, device)
    adam = nets.Adam(net.parameters(), [variant.lr for variant in variants])
    gradient = gradient or autograd(loss)
    order = nets.generators([variant.seed + 1000 for variant in variants])
    chance = nets.generators([variant.seed + 2000 for variant in variants])
    size = 64 if len(data.train) <= 10_000 else 128
    batches = nets.Batches(len(data.train), size, order, device)
    corrupt = Corruption(first, variants, data)
    draws = stream(corrupt.draw, [batches.size], chance, device)
    noise = stream(torch.randn, [batches.size, WIDEST], chance, device)
    for step in range(1, first.steps + 1):
        x = data.train[batches.draw()]
        shown, hole = corrupt(x, next(draws))
        jitter = net.code_noise * next(noise)[..., : net.used.shape[-1]] if net.binary else None
        gradient(net, shown, x, hole, jitter)
        adam.step(pace(step, first.steps))
        yield step, net
