r"""What must a small code keep of a picture?

An autoencoder squeezes a picture $x$ through a code $z = f(x)$ of a few numbers and asks for the
picture back, $\hat x = g(z)$. It minimises the squared error

$$L = \tfrac12\, \mathbb E\, \lVert x - g(f(\tilde x)) \rVert^2 .$$

No label is needed: the picture is its own answer. What the code learns depends on what the
encoder is shown, $\tilde x$, and on what the code may be:

* **linear**: no hidden layer. The best it can do is PCA of the same size (Baldi & Hornik 1989).
* **autoencoder**: $\tilde x = x$ and a hidden layer on either side, so the code may bend.
* **denoising**: $\tilde x$ is $x$ with noise; the answer stays clean (Vincent et al. 2008).
* **inpainting**: $\tilde x$ misses a block $\hat M$; only the block counts (Pathak et al. 2016):
  $L = \tfrac12 \lVert \hat M \odot (x - \hat x) \rVert^2 - \lambda \log D(\tilde x + \hat M \odot
  \hat x)$, where the critic $D$, if it is switched on, learns to tell filled pictures from real.
* **hashing**: $z = \sigma(f(x) + n)$ with noise $n$ on the code units. To be heard above it they
  go to 0 or 1, and rounding them to bits loses little (Salakhutdinov & Hinton 2009). Similar
  pictures are then found by counting the bits in which two codes differ.

All kinds use the squared error on a linear output, so that every number can stand beside PCA's.
Beside each run train those it is compared with: the same settings with one knob changed.
"""

import copy
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
import param

from workbench import formulas, metrics, nets
from workbench.chapters import Chapter, Claim, Published
from workbench.corruption import DRAWS, NOISES, drop_block
from workbench.frames import Curves, Frame, Images, Line, Scatter, Trace, check_finite, schedule
from workbench.later import F, Tensor, torch
from workbench.resident import Resident, resident
from workbench.settings import DataName, Stops
from workbench.settings import Settings as Base

LADDER = (1, 2, 4, 8, 16, 32)  # code sizes trained beside the one that was asked for
GREY = 0.5  # what a hole shows: black would look like background
LAMBDA = 0.5  # weight of the critic; Pathak et al.: 0.001, beside the mean over a hole's pixels
WARM_UP = 60  # steps; at full speed from the first one, wide networks die on MNIST
FRAMES = 40
HINT = "Lower the learning rate."


class Settings(Base):
    """The knobs of the autoencoders."""

    data = DataName("digits", label="Data", doc="The pictures to learn from, without labels.")
    kind = param.Selector(
        default="autoencoder",
        label="Kind",
        objects=["linear", "autoencoder", "denoising", "inpainting", "hashing"],
        doc="What the encoder is shown and what the code may be.",
    )
    latent = Stops(
        10,
        [1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64],
        label="Code size",
        doc="Numbers in the code; bits when hashing.",
    )
    noise = param.Selector(
        default="masking",
        objects=list(NOISES),
        label="Noise",
        doc="How a picture is corrupted: Gaussian noise, black and white pixels, or missing ones.",
    )
    level = param.Number(
        0.3,
        bounds=(0, 0.8),
        step=0.05,
        label="Noise level",
        doc="Standard deviation of Gaussian noise, or the share of pixels hit.",
    )
    hole = param.Number(
        0.4,
        bounds=(0.1, 0.7),
        step=0.05,
        label="Hole (share of the side)",
        doc="Side of the dropped block as a share of the picture's shorter side.",
    )
    adversarial = param.Boolean(
        False, label="Critic", doc="Also reward fillings that a critic takes for real pictures."
    )
    code_noise = Stops(
        4.0,
        [0, 0.5, 1, 2, 4, 8],
        label="Noise on the code",
        doc="Standard deviation of the noise on the inputs of the code units.",
    )
    ladder = param.Boolean(
        True,
        label="Other code sizes",
        precedence=2,
        doc="Train codes of 1 to 32 numbers beside yours (pictures up to 16 x 16, or a GPU).",
    )
    lr = Stops(
        0.01,
        [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
        label="Learning rate",
        precedence=2,
        doc="Adam's step size: it rises over 60 steps and falls to 0 over the last third.",
    )
    steps = Stops(
        800,
        [100, 200, 400, 800, 1500, 3000, 6000, 12000, 20000],
        label="Steps",
        precedence=2,
        doc="Mini-batches to train on.",
    )
    seed = param.Integer(
        0,
        bounds=(0, 99),
        label="Seed",
        precedence=2,
        doc="Draws the initial weights, the order of the data and the noise.",
    )

    relevant = {
        "noise": lambda s: s.kind == "denoising",
        "level": lambda s: s.kind == "denoising",
        "hole": lambda s: s.kind == "inpainting",
        "adversarial": lambda s: s.kind == "inpainting",
        "code_noise": lambda s: s.kind == "hashing",
        "ladder": lambda s: s.kind in ("linear", "autoencoder"),
    }


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


@torch.no_grad()
def gradient_by_hand(net: Autoencoder, seen: Tensor, x: Tensor, hole, jitter) -> None:
    """The gradient of `gradient_by_autograd` by the chain rule, at less than half the cost."""
    code = net.encode(seen, jitter)
    out = net.decoder(code)
    batch = x.shape[1]
    d_out = (out - x).mul_(hole).div_(batch)
    if net.critic is not None:
        both = net.critic(torch.cat([x, seen + hole * (out - seen)], 1)).sigmoid_()
        d_input = net.critic.backward((both - 1).mul_(net.blame / batch), to_input=True)
        d_out.addcmul_(d_input[:, batch:], hole)
        both[:, :batch] -= 1
        net.critic.backward(both.div_(2 * batch))  # replaces what the line above left in .grad
    d_code = net.decoder.backward(d_out, to_input=True)
    if net.binary:
        d_code.mul_(code).mul_(1 - code)
    net.encoder.backward(d_code)


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


def train_together(
    runs: Sequence[Settings], device: str = "cpu", gradient=gradient_by_hand
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    first, data = runs[0], resident(runs[0].data, device)
    families = [family(run, data.pixels <= 256 or device != "cpu") for run in runs]
    members = {m: place for place, m in enumerate(dict.fromkeys(chain(*families)))}
    places = [[members[m] for m in kin] for kin in families]
    net = Autoencoder(first.kind, list(members), data.pixels, device)
    adam = nets.Adam(net.parameters(), [m.lr for m in members])
    order, noise = (nets.generators([m.seed + offset for m in members]) for offset in (1000, 2000))
    batch = 64 if len(data.train) <= 10_000 else 128
    batches = nets.Batches(len(data.train), batch, order, device)
    corrupt = corruption(first, list(members), data)
    draws = stream(*draws_of(first, batches.size, data.pixels), noise, device)
    loud = _column([m.code_noise for m in members], device)
    hiss = stream(torch.randn, (batches.size, 64 * net.binary), noise, device)
    shown = schedule(first.steps, FRAMES)
    for step in range(1, first.steps + 1):
        x = data.train[batches.draw()]
        seen, hole = corrupt(x, next(draws))
        jitter = next(hiss)[..., : net.used.shape[-1]] * loud if net.binary else None
        gradient(net, seen, x, hole, jitter)
        adam.step(pace=min(1.0, step / WARM_UP, 3 * (1 - (step - 1) / first.steps)))
        if step in shown:
            stacks = zip(places, runs, families, strict=True)
            yield [snapshot(net.only(p), data, run, kin, step) for p, run, kin in stacks]


def train(settings: Settings, device: str = "cpu") -> Iterator[Frame]:
    """Trains one autoencoder and those it is compared with, and yields its frames."""
    for (frame,) in train_together([settings], device):
        yield frame


SHOWN = 1000  # how many train and test pictures a frame's numbers are measured on
FITTED = 10_000  # how many training pictures PCA is fitted to
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
DEPTHS = (1, 2, 5, 10, 20, 50, 100)  # neighbours that precision is counted among
QUERIES = 200


@dataclass(frozen=True, eq=False)
class Look:
    """Pictures and what the networks of a family, the run itself first, make of them.

    x [n, pixels] clean; seen: as the encoder is shown them; hole: 1 where the answer counts;
    codes [members, n, latent]; out [members, n, pixels], outside a hole what was shown.
    """

    x: Tensor
    seen: Tensor
    hole: Tensor
    codes: Tensor
    out: Tensor

    def mse(self, out: Tensor | None = None) -> np.ndarray:
        """Squared error per pixel that counts, of each member or of this other answer."""
        error = ((self.out if out is None else out) - self.x) * self.hole
        return (error.square().sum((-2, -1)) / self.hole.sum()).cpu().numpy()


def look(net: Autoencoder, run: Settings, data: Resident, x: Tensor) -> Look:
    """Corrupts x [n, pixels] as the run does, the same way each time, and sends it through."""
    kind, shape = draws_of(run, len(x), data.pixels)
    draws = kind(shape, generator=torch.Generator().manual_seed(1)).to(x.device)
    seen, hole = corruption(run, [run], data)(x, draws[None])
    seen, hole = seen.view(x.shape), torch.as_tensor(hole, device=x.device).expand(1, *x.shape)[0]
    codes = net.encode(seen.expand(len(net.used), *x.shape))
    return Look(x, seen, hole, codes, torch.where(hole > 0, net.decoder(codes), seen))


@lru_cache(maxsize=4)
def principal(data: Resident) -> tuple[Tensor, Tensor]:
    """Mean and all principal components of the training pictures."""
    rows = data.train[:FITTED]
    return formulas.pca(rows, min(rows.shape))[:2]


def pca_answer(data: Resident, shown: Look, k: int) -> Tensor:
    """What PCA with k components makes of what the encoder is shown."""
    mean, components = principal(data)
    return formulas.pca_reconstruct(shown.seen, mean, components[:k])


@dataclass(frozen=True, eq=False)
class Scene:
    """A run at one instant: its family's networks on held-out, training and example pictures."""

    net: Autoencoder
    data: Resident
    run: Settings
    kin: list[Member]
    held: Look
    trained: Look
    shots: Look


@torch.no_grad()
def snapshot(net: Autoencoder, data: Resident, run: Settings, kin: list, step: int) -> Frame:
    """What was measured after `step` steps and what it looks like."""
    last = step == run.steps
    scene = Scene(
        net,
        data,
        run,
        kin,
        held=look(net, run, data, data.test if last else data.test[:SHOWN]),
        trained=look(net.only([0]), run, data, data.train[: FITTED if last else SHOWN // 2]),
        shots=look(net, run, data, data.test[torch.from_numpy(data.examples())]),
    )
    scalars = {"mse": scene.held.mse()[0], "train_mse": scene.trained.mse()[0]}
    check_finite(step, scalars, HINT)
    more, rows, caption, pictures = EXHIBITS[run.kind](scene)
    tiles = data.tiles(torch.cat(list(rows.values())), len(scene.shots.x))
    grid = Images(GRIDS, tiles, tuple(rows), caption=caption)
    pictures = {"reconstructions": grid, "codes": _codes(scene), **pictures}
    scalars = {name: float(value) for name, value in (scalars | more).items()}
    return Frame(step, run.steps, scalars, pictures, "done" if last else "training")


GRIDS = "Clean, corrupted, reconstructed"


def _codes(s: Scene) -> Scatter:
    """The held-out codes in a plane. Axes of codes are arbitrary: turned, they do not jump."""
    k, shown = s.run.latent, slice(600)
    mean, components = principal(s.data)
    codes = s.held.codes[0, shown, :k]
    pixels = formulas.pca_code(s.held.x[shown], mean, components[:2])
    labels = "z1", "z2"
    if k == 1:
        codes, labels = torch.cat([codes, pixels[:, :1]], 1), ("z1", "first axis of the pixels")
    if k > 2:
        labels = "first axis", "second axis"
        scores = formulas.pca_code(codes, *formulas.pca(codes, 2)[:2])
        u, _, v = torch.linalg.svd(scores.mT @ pixels)
        codes = scores @ (u @ v)
    caption = "Two axes of largest variance of the codes, turned towards those of the pixels. "
    return Scatter(
        "Codes of held-out pictures",
        codes.cpu().numpy(),
        None if s.data.labels is None else s.data.labels[shown],
        s.data.images.classes,
        *labels,
        caption=(caption if k > 2 else "") + "Training never saw a label.",
    )


def _beside_pca(s: Scene):
    k = s.run.latent
    scalars = {
        "pca_mse": s.held.mse(pca_answer(s.data, s.held, k)),
        "pca_train_mse": s.trained.mse(pca_answer(s.data, s.trained, k)),
    }
    rows = {
        "held-out": s.shots.x,
        "decoded": s.shots.out[0],
        f"PCA, {k}": pca_answer(s.data, s.shots, k),
    }
    return scalars, rows, f"From codes of {k} numbers.", {"sizes": _sizes(s)}


def _sizes(s: Scene) -> Curves:
    """Held-out error of PCA for every size, and of the networks that were trained."""
    mean, components = principal(s.data)
    scores = formulas.pca_code(s.held.x, mean, components).square().sum(0).cumsum(0)
    left = ((s.held.x - mean).square().sum() - scores[:64]) / s.held.x.numel()
    keep = left > 1e-3 * left[0]  # the axis is logarithmic; what is left at the end is rounding
    order = np.argsort([m.latent for m in s.kin])
    sizes, errors = np.array([m.latent for m in s.kin], float), s.held.mse()
    caption = "Each mark is a network of its own, trained beside this one. "
    if s.run.kind == "linear":
        caption += "Linear ones come down to PCA's curve, never below it."
    return Curves(
        "Error against code size",
        (
            Line("PCA", 1.0 + np.flatnonzero(keep.cpu()), left[keep].cpu().numpy(), "dashed"),
            Line("trained", sizes[order], errors[order]),
            Line("this run", sizes[:1], errors[:1], "dots"),
        ),
        "numbers in the code",
        "squared error per pixel",
        log_x=True,
        log_y=True,
        caption=caption if len(s.kin) > 1 else "Held-out pictures.",
    )


def _noises(s: Scene):
    error, noisy = formulas.psnr(s.held.mse()), formulas.psnr(s.held.mse(s.held.seen))
    scalars = {
        "pca_mse": s.held.mse(pca_answer(s.data, s.held, s.run.latent)),
        "psnr": error[0],
    }
    if s.run.level > 0:
        scalars |= {"gain": error[0] - noisy, "plain_gain": error[-1] - noisy}
    rows = {
        "clean": s.shots.x,
        "corrupted": s.shots.seen,
        "denoised": s.shots.out[0],
        "plain autoencoder": s.shots.out[-1],
    }
    caption = "The plain one has the same weights to start from and never saw noise."
    return scalars, rows, caption, {"noise": _gains(s)}


def _gains(s: Scene) -> Curves:
    x = s.data.test[:QUERIES]
    kind, shape = draws_of(s.run, len(x), s.data.pixels)
    draws = kind(shape, generator=torch.Generator().manual_seed(2)).to(x.device)
    seen = NOISES[s.run.noise](x, _column(LEVELS, x.device), draws=draws)  # (level, picture, pixel)
    flat = seen.flatten(0, 1)
    out = s.net.decoder(s.net.encode(flat.expand(len(s.kin), *flat.shape)))
    both = torch.cat([seen[None], out.unflatten(1, seen.shape[:2])])
    psnr = formulas.psnr((both - x).square().mean((-2, -1))).cpu().numpy()
    gain = psnr[1:] - psnr[0]
    levels = np.array(LEVELS)
    return Curves(
        "PSNR gain against noise level",
        (
            Line("denoising", levels, gain[0]),
            Line("plain autoencoder", levels, gain[-1]),
            Line("left as it is", levels, 0 * levels, "dashed"),
        ),
        "noise level",
        "gain (dB)",
        caption=f"Trained at {s.run.level:g}. Below 0 it harms more than it repairs: a small code "
        "cannot keep what little noise leaves intact.",
    )


def _holes(s: Scene):
    mean = principal(s.data)[0]
    inside = s.held.hole > 0
    true = s.held.x[inside].std().clamp_min(1e-6)
    spread = [out[inside].std() / true for out in s.held.out]
    scalars = {"fill_mse": s.held.mse(mean), "contrast": spread[0]}
    rows = {"clean": s.shots.x, "with a hole": s.shots.seen, "filled": s.shots.out[0]}
    if s.run.adversarial:
        scalars |= {"plain_mse": s.held.mse()[-1], "plain_contrast": spread[-1]}
        rows["no critic"] = s.shots.out[-1]
    rows["mean fill"] = torch.where(s.shots.hole > 0, mean, s.shots.x)
    side = hole_side(s.run, s.data)
    caption = (
        f"A hole of {side} x {side} pixels. The squared error asks for the mean of all "
        "that could be there, which is blurred."
    )
    return scalars, rows, caption, {}


def _bits(s: Scene):
    shots = (s.shots.codes > 0.5).float()
    held = (s.held.codes > 0.5).float()
    k = s.run.latent
    loud, silent = (formulas.saturation(s.held.codes[m, :, :k]).item() for m in (0, -1))
    scalars = {
        "bits_mse": s.held.mse(s.net.decoder(held))[0],
        "saturation": loud,
        "saturation_off": silent,
        "entropy": metrics.bits_entropy(held[0, :, :k].cpu().numpy()).mean(),
    }
    rows = {
        "held-out": s.shots.x,
        "from the code": s.shots.out[0],
        "from its bits": s.net.decoder(shots)[0],
        "bits, no noise": s.net.decoder(shots)[-1],
    }
    base = s.net.encode(s.data.train[:SHOWN].expand(len(s.kin), -1, -1)) > 0.5
    base, queries = base[..., :k].cpu().numpy(), s.held.codes[:, :QUERIES, :k].cpu().numpy() > 0.5
    pictures = {
        "neighbours": _neighbours(s, base[0]),
        "activations": _activations(s),
    }
    if s.data.labels is not None:
        found = [precision(s.data, q, b) for q, b in zip(queries, base, strict=True)]
        pictures["precision"] = _precision(s, found)
        at_ten = DEPTHS.index(10)
        scalars |= {
            "precision": found[0][at_ten],
            "precision_off": found[-1][at_ten],
            "chance": chance(s.data),
        }
    caption = f"{k} bits a picture; the last row: a network whose code units had no noise."
    return scalars, rows, caption, pictures


def _neighbours(s: Scene, base: np.ndarray) -> Images:
    rows = s.data.examples(6)
    asked = s.data.test[torch.from_numpy(rows)]
    bits = s.net.encode(asked.expand(len(s.kin), -1, -1))[0, :, : s.run.latent] > 0.5
    near = metrics.hamming(bits.cpu().numpy(), base).argsort(1, kind="stable")[:, :8]
    found = s.data.train[torch.from_numpy(near)]  # (query, neighbour, pixel)
    tiles = torch.cat([asked[:, None], found], 1).flatten(0, 1)
    return Images(
        "Nearest codes",
        s.data.tiles(tiles, 9),
        columns=("query", *map(str, range(1, 9))),
        caption="A held-out query and the training pictures whose bits differ least from its own.",
    )


def _activations(s: Scene) -> Curves:
    codes = s.held.codes[..., : s.run.latent].flatten(1).cpu().numpy()
    edges = np.linspace(0, 1, 21)
    shares = [np.histogram(c, edges)[0] / len(c) for c in codes]
    middle = (edges[1:] + edges[:-1]) / 2
    return Curves(
        "How sure the code units are",
        (Line("this run", middle, shares[0]), Line("no noise", middle, shares[-1], "dashed")),
        "activation",
        "share of activations",
        caption="Noise pushes activations to 0 and 1, so rounding them to bits costs little.",
    )


def precision(data: Resident, queries: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Share of the nearest training pictures with the query's label, for each of DEPTHS."""
    y, base_y = data.images.y_test[: len(queries)], data.images.y_train[: len(base)]
    return metrics.precision_curve(queries, y, base, base_y, DEPTHS)


@lru_cache(maxsize=16)
def pca_precision(data: Resident, bits: int) -> np.ndarray:
    """The same with the signs of the first principal components for bits."""
    mean, components = principal(data)
    parts = data.test[:QUERIES], data.train[:SHOWN]
    return precision(
        data, *((formulas.pca_code(x, mean, components[:bits]) > 0).cpu().numpy() for x in parts)
    )


def chance(data: Resident) -> float:
    """Precision of guessing: the chance that a query and a training picture share a label."""
    y, base_y = data.images.y_test[:QUERIES], data.images.y_train[:SHOWN]
    return float((y[:, None] == base_y).mean())


def _precision(s: Scene, found: list[np.ndarray]) -> Curves:
    depths = np.array(DEPTHS, float)
    return Curves(
        "Precision among the nearest",
        (
            Line("this run", depths, found[0]),
            Line("no noise", depths, found[-1]),
            Line("signs of PCA", depths, pca_precision(s.data, s.run.latent), "dashed"),
            Line("chance", depths, np.full(len(depths), chance(s.data)), "dashed"),
        ),
        "neighbours",
        "share with the query's label",
        log_x=True,
        caption=f"{QUERIES} held-out queries against {SHOWN} training pictures, "
        f"{s.run.latent} bits. Labels judge only.",
    )


EXHIBITS = {
    "linear": _beside_pca,
    "autoencoder": _beside_pca,
    "denoising": _noises,
    "inpainting": _holes,
    "hashing": _bits,
}


def outcome(**knobs) -> Frame:
    """The last frame of a run on the CPU."""
    return deque(train(Settings(**knobs)), maxlen=1).pop()


def _linear_is_pca(seed: int) -> tuple[bool, str]:
    end = outcome(kind="linear", steps=1500, ladder=False, seed=seed).scalars
    ratio = end["train_mse"] / end["pca_train_mse"]
    return 1 - 1e-5 <= ratio <= 1.02, f"training error {ratio:.4f} of PCA's"


def _bending_beats_pca(seed: int) -> tuple[bool, str]:
    end = outcome(ladder=False, seed=seed).scalars
    ratio = end["train_mse"] / end["pca_train_mse"]
    return ratio < 0.7, f"training error {ratio:.2f} of PCA's"


def _denoiser(seed: int) -> tuple[np.ndarray, np.ndarray]:
    picture = outcome(kind="denoising", seed=seed).pictures["noise"]
    return picture.lines[0].y, picture.lines[1].y


def _gains_everywhere(seed: int) -> tuple[bool, str]:
    gain, _ = _denoiser(seed)
    return bool((gain > 0).all()), f"gains {_decibels(gain)} dB at levels 0.1 to 0.6"


def _plain_loses(seed: int) -> tuple[bool, str]:
    gain, plain = _denoiser(seed)
    ahead = (gain - plain)[2:]
    return bool((ahead > 0).all()), f"ahead by {_decibels(ahead)} dB at levels 0.3 to 0.6"


def _decibels(values: np.ndarray) -> str:
    return " ".join(f"{v:.1f}" for v in values)


def _fills_better_than_the_mean(seed: int) -> tuple[bool, str]:
    end = outcome(kind="inpainting", seed=seed).scalars
    ratio = end["mse"] / end["fill_mse"]
    return ratio < 0.7, f"error in the hole {ratio:.2f} of the mean picture's"


def _critic_adds_contrast(seed: int) -> tuple[bool, str]:
    end = outcome(kind="inpainting", adversarial=True, seed=seed).scalars
    more, error = end["contrast"] - end["plain_contrast"], end["mse"] / end["plain_mse"]
    said = f"contrast {end['contrast']:.2f} against {end['plain_contrast']:.2f}"
    return more > 0 and error < 1.1, f"{said}, error {error:.2f} times"


def _noise_saturates(seed: int) -> tuple[bool, str]:
    end = outcome(kind="hashing", seed=seed).scalars
    on, off = end["saturation"], end["saturation_off"]
    return off < 0.3 and on > 0.9, f"{off:.1%} without noise, {on:.1%} with it"


def _bits_find(seed: int) -> tuple[bool, str]:
    end = outcome(kind="hashing", seed=seed).scalars
    return end["precision"] > 3 * end["chance"], (
        f"precision at 10: {end['precision']:.2f} (chance {end['chance']:.2f})"
    )


CLAIMS = (
    Claim(
        "linear-is-pca",
        "In 1500 steps the linear autoencoder reaches PCA's error within 2 %, "
        "and never goes below it.",
        _linear_is_pca,
    ),
    Claim(
        "bending-beats-pca",
        "With a hidden layer the same code keeps more than PCA.",
        _bending_beats_pca,
    ),
    Claim(
        "denoiser-gains",
        "A denoiser trained on 30 % missing pixels gains PSNR at every level from 10 to 60 %.",
        _gains_everywhere,
    ),
    Claim(
        "plain-loses",
        "An autoencoder that never saw noise loses to the denoiser at 30 % and above.",
        _plain_loses,
    ),
    Claim(
        "fills",
        "In-painting beats filling the hole with the mean picture.",
        _fills_better_than_the_mean,
    ),
    Claim(
        "critic",
        "The critic raises the contrast of the filling at hardly any cost in error.",
        _critic_adds_contrast,
    ),
    Claim(
        "saturates",
        "Noise on the code units drives more than 90 % of activations to within "
        "0.05 of 0 or 1; without it there are fewer than 30 %.",
        _noise_saturates,
    ),
    Claim(
        "bits-find",
        "Ten bits find pictures of the same digit more than three times as often as chance.",
        _bits_find,
    ),
)

CHAPTER = Chapter(
    name="autoencoder",
    number=1,
    title="Autoencoders",
    question="What must a small code keep of a picture?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    train_together=train_together,
    stackable=Member._fields[1:],  # codes of other sizes agree with a run alone to rounding only
    traces=(
        Trace(
            "Learning curves",
            {
                "mse": "held-out",
                "train_mse": "training set",
                "pca_mse": "PCA",
                "fill_mse": "mean fill",
                "plain_mse": "no critic",
                "bits_mse": "from the bits",
            },
            "squared error per pixel",
            log_y=True,
            dashed=("pca_mse", "fill_mse"),
            caption="Dashed is what costs no training: PCA with a code of the same size, or the "
            "mean picture in the hole.",
        ),
        Trace(
            "PSNR gain",
            {"gain": "denoising", "plain_gain": "plain autoencoder"},
            "dB",
            caption="Against the corrupted picture as it is, at the level of training.",
        ),
        Trace(
            "Contrast of the filling",
            {"contrast": "this run", "plain_contrast": "no critic"},
            "spread of pixels, share of the true one",
            caption="Below 1 the filling is blurred: a mean of what could be there.",
        ),
        Trace(
            "Saturation",
            {"saturation": "this run", "saturation_off": "no noise"},
            "share of activations",
            caption="Within 0.05 of 0 or 1.",
        ),
    ),
    layout=(
        "Learning curves",
        "reconstructions",
        "codes",
        "sizes",
        "noise",
        "neighbours",
        "precision",
        "activations",
        "PSNR gain",
        "Saturation",
        "Contrast of the filling",
    ),
    thumbnail="reconstructions",
    reading={
        "mse": "Held-out squared error per pixel (of the hole, when in-painting). 0 is perfect.",
        "train_mse": "The same on training pictures. Far below held-out: overfitting.",
        "pca_mse": "Held-out error of PCA with a code of the same size, shown the same pictures.",
        "gain": "Decibels of PSNR that denoising gains over the corrupted picture.",
        "plain_gain": "The same for an autoencoder that never saw noise.",
        "fill_mse": "Error of the mean picture in the hole: what to beat.",
        "contrast": "Spread of the filled pixels as a share of the true ones. Below 1 is blur.",
        "saturation": "Share of code units within 0.05 of 0 or 1.",
        "entropy": "Mean entropy of a bit: 1 is on for half the pictures, 0 is dead.",
        "precision": "Share of the 10 nearest codes with the query's label.",
    },
    claims=CLAIMS,
    published=(
        Published(
            "Context encoder features, VOC 2007 classification (AlexNet)",
            "56.5 % mAP",
            "Pathak et al. 2016, as a later comparison lists it",
        ),
        Published(
            "Context encoder features, VOC 2007 detection",
            "44.5 % mAP",
            "Pathak et al. 2016, as a later comparison lists it",
        ),
        Published(
            "Context encoder features, VOC 2012 segmentation",
            "29.7 mIoU",
            "Pathak et al. 2016, as a later comparison lists it",
        ),
    ),
    try_this=(
        ("Two numbers a digit: which ones lie together?", "latent=2"),
        ("No hidden layer: does it ever pass PCA?", "kind=linear&steps=3000"),
        ("Half the pixels missing: does it still read the digit?", "kind=denoising&level=0.5"),
        ("Gaussian noise: when does repairing harm?", "kind=denoising&noise=gaussian"),
        ("A hole of half the side, with a critic", "kind=inpainting&hole=0.5&adversarial=true"),
        ("32 bits: look up a digit", "kind=hashing&latent=32"),
    ),
)
