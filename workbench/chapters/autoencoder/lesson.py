"""TODO."""

import copy
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workbench.chapters.autoencoder.knobs import Settings
from workbench.science import formulas, nets
from workbench.science.corruption import DRAWS, NOISES, drop_block
from workbench.science.later import F, Tensor, torch
from workbench.science.tensors import Resident

LADDER = (1, 2, 4, 8, 16, 32)  # code sizes trained beside the one that was asked for
GREY = 0.5  # what a hole shows: black would look like background
LAMBDA = 0.5  # weight of the critic; Pathak et al.: 0.001, beside the mean over a hole's pixels
WARM_UP = 60  # steps; at full speed from the first one, wide networks die on MNIST


class Member(NamedTuple):
    """One network of a stack: the knobs in which those that train side by side may differ."""

    latent: int
    level: float
    hole: float
    adversarial: bool
    code_noise: float
    lr: float
    seed: int


def family(run: Settings, ladder: bool = True) -> list[Member]:
    """The run, first, and those it is compared with: the same but for one knob."""
    me = Member(*(getattr(run, knob) for knob in Member._fields))
    kin = {
        "denoising": [me._replace(level=0)],
        "inpainting": [me._replace(adversarial=False)],
        "hashing": [me._replace(code_noise=0)],
    }.get(run.kind, [me._replace(latent=k) for k in LADDER if run.ladder and ladder])
    return list(dict.fromkeys([me, *kin]))


class Autoencoder:
    """Encoders x -> code and decoders code -> x, one of each for every run of the stack.

    Codes may differ in size: the smaller ones are padded with units that have no weights. Such a
    unit says nothing and gets no gradient, so a padded run is the run it would be alone.
    """

    def __init__(self, kind: str, runs: Sequence[Member], pixels: int, device: str):
        hidden = [] if kind == "linear" else [128] if pixels <= 256 else [256, 256]
        pairs, critics = [], []
        for run in runs:
            own = nets.generators([run.seed])
            encoder = nets.Mlp([pixels, *hidden, run.latent], own, device)
            pairs.append((encoder, nets.Mlp([run.latent, *hidden[::-1], pixels], own, device)))
            critics.append(nets.Mlp([pixels, 64, 1], own, device))
        self.encoder, self.decoder = (_side_by_side(half) for half in zip(*pairs, strict=True))
        judged = kind == "inpainting" and any(run.adversarial for run in runs)
        self.critic = _side_by_side(critics) if judged else None
        self.blame = _column([LAMBDA * run.adversarial for run in runs], device)
        sizes = _column([run.latent for run in runs], device)
        self.used = (torch.arange(int(sizes.max()), device=device) < sizes).float()
        self.binary = kind == "hashing"

    def parameters(self) -> list[Tensor]:
        parts = [self.encoder, self.decoder] + ([self.critic] if self.critic else [])
        return [p for part in parts for p in part.parameters()]

    def encode(self, x: Tensor, jitter: Tensor | None = None) -> Tensor:
        """x [runs, batch, pixels] -> codes [runs, batch, latent]; jitter is the hashing noise."""
        code = self.encoder(x)
        if not self.binary:
            return code
        return (code if jitter is None else code + jitter).sigmoid() * self.used

    def only(self, places: Sequence[int]) -> "Autoencoder":
        """The runs at these places of the stack, to look at and not to train."""
        few = copy.copy(self)
        few.used = self.used[places]
        for half in ("encoder", "decoder"):
            part = copy.copy(getattr(self, half))
            part.weights = [w.detach()[places] for w in part.weights]
            part.biases = [b.detach()[places] for b in part.biases]
            setattr(few, half, part)
        return few


def _side_by_side(parts: Sequence[nets.Mlp]) -> nets.Mlp:
    """One stack of these networks; where one is narrower it gets units with all weights 0."""

    def join(tensors: Sequence[Tensor]) -> Tensor:
        tall, wide = (max(t.shape[i] for t in tensors) for i in (1, 2))
        padded = [F.pad(t.detach(), (0, wide - t.shape[2], 0, tall - t.shape[1])) for t in tensors]
        return torch.cat(padded).requires_grad_()

    stack = copy.copy(parts[0])
    stack.weights = [join(layer) for layer in zip(*(p.weights for p in parts), strict=True)]
    stack.biases = [join(layer) for layer in zip(*(p.biases for p in parts), strict=True)]
    return stack


def _column(values: Sequence[float], device: str) -> Tensor:
    """One value for each run, as [runs, 1, 1]."""
    return torch.tensor(values, dtype=torch.float32, device=device).view(-1, 1, 1)


def gradient_by_autograd(net: Autoencoder, seen: Tensor, x: Tensor, hole, jitter) -> None:
    """Gradients of the loss in the module's docstring (mean over the batch), left in each .grad.

    seen, x [runs, batch, pixels]: what the encoder is shown, and the clean answer; hole: 1 where
    the answer counts, or 1.0 for everywhere; jitter: noise on the code units, or None. The critic
    learns at the same time. This is the lesson; what follows is the same, written out for speed.
    """
    for p in net.parameters():
        p.grad.zero_()
    out = net.decoder(net.encode(seen, jitter))
    loss = 0.5 * formulas.squared_error(hole * out, hole * x).mean(-1)
    if net.critic is None:
        return loss.sum().backward()
    filled = seen + hole * (out - seen)
    fooled = -F.logsigmoid(net.critic(filled)).mean((1, 2))  # not saturating: Goodfellow 2014
    (loss + net.blame.flatten() * fooled).sum().backward()
    for p in net.critic.parameters():
        p.grad.zero_()
    real, fake = net.critic(x), net.critic(filled.detach())
    told = -0.5 * (F.logsigmoid(real) + F.logsigmoid(-fake)).mean((1, 2))
    return told.sum().backward()


def corruption(first: Settings, runs: Sequence[Member | Settings], data: Resident):
    """corrupt(x, draws) -> (what the encoder is shown, where the answer counts), for these runs."""
    device = data.train.device
    if first.kind == "denoising":
        noise, level = NOISES[first.noise], _column([run.level for run in runs], device)
        return lambda x, draws: (noise(x, level, draws=draws), 1.0)
    if first.kind == "inpainting":
        side = _column([hole_side(run, data) for run in runs], device)

        def drop(x, draws):
            seen, hole = drop_block(x, side, *data.shape, draws=draws)
            return seen.add_(hole, alpha=GREY), hole

        return drop
    return lambda x, draws: (x, 1.0)


def hole_side(run: Member | Settings, data: Resident) -> int:
    """Side of the hole in pixels."""
    return max(1, round(run.hole * min(data.shape)))


def draws_of(run: Settings, rows: int, pixels: int):
    """Which random numbers `corruption` needs for so many pictures: (torch.rand or randn, shape)"""
    if run.kind == "denoising":
        return DRAWS[run.noise], (rows, pixels)
    return torch.rand, (rows, 2 if run.kind == "inpainting" else 0)


def stream(kind, shape, generators, device, block: int = 16) -> Iterator[Tensor]:
    """Random numbers [runs, *shape], one step after the other, each run's from its generator."""
    while True:
        runs = [kind((block, *shape), generator=g) for g in generators]
        yield from torch.stack(runs, 1).to(device).unbind()
