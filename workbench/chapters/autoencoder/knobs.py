"""The knobs of the autoencoders, and which networks a run is compared with."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import param

from workbench.core import knobs
from workbench.core.settings import Settings as Base

LADDER = (1, 2, 4, 8, 16, 32)  # code sizes trained beside the one that was asked for
SMALL = 256  # pixels; the ladder of larger pictures is too much for a CPU


class Settings(Base):
    """The knobs of the autoencoders."""

    data = knobs.data("The pictures to learn from, without labels.")
    kind = param.Selector(
        default="autoencoder",
        label="Kind",
        objects=["linear", "autoencoder", "denoising", "inpainting", "hashing"],
        doc="What the encoder is shown and what the code may be.",
    )
    latent = knobs.Stops(
        10,
        [1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64],
        label="Code size",
        doc="Numbers in the code; bits when hashing.",
    )
    noise = param.Selector(
        default="masking",
        objects=["gaussian", "salt-and-pepper", "masking"],
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
    code_noise = knobs.Stops(
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
    lr = knobs.learning_rate(
        0.01,
        doc="Adam's step size: it rises over 60 steps and falls to 0 over the last third.",
    )
    steps = knobs.steps(800, [100, 200, 400, 800, 1500, 3000, 6000, 12000, 20000])
    seed = knobs.seed()

    relevant = {
        "noise": lambda s: s.kind == "denoising",
        "level": lambda s: s.kind == "denoising",
        "hole": lambda s: s.kind == "inpainting",
        "adversarial": lambda s: s.kind == "inpainting",
        "code_noise": lambda s: s.kind == "hashing",
        "ladder": lambda s: s.kind in ("linear", "autoencoder"),
    }


class Variant(NamedTuple):
    """One network: the knobs in which those that train side by side may differ."""

    latent: int
    level: float
    hole: float
    adversarial: bool
    code_noise: float
    lr: float
    seed: int


def comparison(run: Settings, pixels: int, device: str) -> list[Variant]:
    """The run itself, first, and the variants it is compared with: the same but for one knob."""
    own = Variant(*(getattr(run, knob) for knob in Variant._fields))
    ladder = run.ladder and (pixels <= SMALL or device != "cpu")
    others = {
        "denoising": [own._replace(level=0)],
        "inpainting": [own._replace(adversarial=False)],
        "hashing": [own._replace(code_noise=0)],
    }.get(run.kind, [own._replace(latent=size) for size in LADDER if ladder])
    return list(dict.fromkeys([own, *others]))


def all_variants(runs: Sequence[Settings], pixels: int, device: str) -> list[Variant]:
    """The variants of all these runs; what two runs share is there once."""
    return list(dict.fromkeys(chain(*(comparison(run, pixels, device) for run in runs))))
