"""The knobs of codes with an adversary, and which networks a run is compared with."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import param

from workbench.core import knobs
from workbench.core.knobs import Stops
from workbench.core.settings import Settings as Base

DENOISING, INFOGAN, CATGAN = "denoising", "infogan", "catgan"


class Settings(Base):
    """The knobs of codes with an adversary."""

    data = knobs.data("The pictures to learn from. Labels judge; only CatGAN may be given a few.")
    kind = param.Selector(
        default=DENOISING,
        objects=[DENOISING, INFOGAN, CATGAN],
        label="Method",
        doc="A denoising adversarial autoencoder, InfoGAN, or CatGAN.",
    )
    adversary = Stops(
        0.1,
        [0, 0.01, 0.03, 0.1, 0.3, 1],
        label="Adversary (weight)",
        doc="Weight of the critic's judgement in the encoder's loss; 0: no adversary.",
    )
    noise = Stops(
        0.4,
        [0, 0.1, 0.25, 0.4, 0.6],
        label="Noise (deviation)",
        doc="Deviation of the noise on what the encoder is shown; the answer stays clean.",
    )
    latent = Stops(8, [1, 2, 4, 8, 16, 32], label="Code size", doc="Numbers in the code.")
    information = Stops(
        1.0,
        [0, 0.1, 0.3, 1, 3],
        label="Lambda of the category",
        doc="Weight of what a picture tells about its category; 1 in the paper.",
    )
    styles = Stops(
        0.1,
        [0, 0.01, 0.03, 0.1, 0.3],
        label="Lambda of the styles",
        doc="Weight of what a picture tells about its two styles.",
    )
    categories = param.Integer(
        10,
        bounds=(2, 30),
        label="Categories K",
        doc="Values of the category. CatGAN with labels has as many as there are classes.",
    )
    labels = Stops(
        2,
        [0, 1, 2, 5, 10, 20],
        label="Labels a class",
        doc="Pictures of each class whose class CatGAN is told; 0: it has no labels.",
    )
    doubt = Stops(
        1.0,
        [0, 0.1, 0.3, 1, 3],
        label="Doubt (weight w)",
        doc="Weight of CatGAN's doubt about invented pictures; 0: no adversary.",
    )
    r1 = Stops(
        0.1,
        [0, 0.03, 0.1, 0.3, 1],
        label="R1 (gamma)",
        precedence=2,
        doc="Penalty on the slope of InfoGAN's discriminator at real pictures.",
    )
    lr = knobs.learning_rate(0.002, [0.0001, 0.0003, 0.001, 0.002, 0.003, 0.01])
    steps = knobs.steps(1500, [100, 200, 400, 800, 1500, 3000, 6000])
    seed = knobs.seed("the initial weights, the order of the pictures, the noise and the codes")

    relevant = {
        "adversary": lambda s: s.kind == DENOISING,
        "noise": lambda s: s.kind == DENOISING,
        "latent": lambda s: s.kind == DENOISING,
        "information": lambda s: s.kind == INFOGAN,
        "styles": lambda s: s.kind == INFOGAN,
        "categories": lambda s: s.kind == INFOGAN or (s.kind == CATGAN and s.labels == 0),
        "labels": lambda s: s.kind == CATGAN,
        "doubt": lambda s: s.kind == CATGAN,
        "r1": lambda s: s.kind == INFOGAN,
    }


class Member(NamedTuple):
    """One game of a stack: the knobs in which those that train side by side may differ."""

    lr: float
    seed: int
    adversary: float = 0.0
    noise: float = 0.0
    information: float = 0.0
    styles: float = 0.0
    r1: float = 0.0
    doubt: float = 0.0
    certain: float = 1.0  # weight of CatGAN's entropies; 0 is a plain classifier


def comparison(run: Settings) -> dict[str, Member]:
    """The games that a run compares, by role, its own first."""
    base = Member(run.lr, run.seed)
    if run.kind == DENOISING:
        own = base._replace(adversary=run.adversary, noise=run.noise)
        return {
            "own": own,
            "no_noise": own._replace(noise=0.0),
            "no_adversary": own._replace(adversary=0.0),
            "plain": base,
        }
    if run.kind == INFOGAN:
        own = base._replace(information=run.information, styles=run.styles, r1=run.r1)
        return {"own": own, "free": own._replace(information=0.0, styles=0.0)}
    games = {"own": base._replace(doubt=run.doubt), "alone": base}
    return games | ({"labels": base._replace(certain=0.0)} if run.labels else {})


def all_members(runs: Sequence[Settings]) -> list[Member]:
    """The members of all these runs; what two runs share is there once."""
    return list(dict.fromkeys(chain(*(comparison(run).values() for run in runs))))


def positions(stack: Sequence[Member], run: Settings) -> dict[str, int]:
    """Where in the stack each role of the run is."""
    return {role: stack.index(member) for role, member in comparison(run).items()}
