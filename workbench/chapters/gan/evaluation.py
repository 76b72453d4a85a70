"""What a frame measures of a game."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.gan import by_hand
from workbench.chapters.gan.knobs import Settings
from workbench.chapters.gan.lesson import Networks
from workbench.chapters.gan.members import games
from workbench.chapters.gan.rivals import nearest
from workbench.chapters.gan.shapes import LEAST_SHARE
from workbench.chapters.gan.targets import Target, load_target, numbers

SAMPLES = 1000  # of each game, that its numbers are measured on
REAL = 500  # held-out items that D is asked about


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Samples [n, width] of one game, its numbers, and the share of the samples in each mode or
    class."""

    samples: Tensor
    numbers: dict[str, float]
    shares: NDArray


@torch.no_grad()
def evaluate(net: Networks, position: int, target: Target) -> Evaluation:
    """What one game has come to; it is the same in any company."""
    z = numbers(SAMPLES, net.latent, net.members[position].seed).to(target.train.device)
    samples = net.sample(position, z)
    judge = net.discriminator.only([position])
    scores = [judge(x[None])[0, :, 0].sigmoid().mean() for x in (target.test[:REAL], samples)]
    measured = {"real_score": scores[0].item(), "fake_score": scores[1].item()}
    if target.shape is not None:
        shares = target.shape.shares(samples.cpu().numpy())
        return Evaluation(samples.cpu(), in_modes(shares) | measured, shares)
    measured = target.judge.evaluate(samples) | measured
    measured["covered"] = measured["classes"] / len(target.judge.classes)
    measured["nearest"] = nearest(samples, target.train, target.test)
    return Evaluation(samples.cpu(), measured, target.judge.shares(samples))


def in_modes(shares: NDArray) -> dict[str, float]:
    """How many modes are covered, as a share, too, and the share of samples near the data."""
    modes = int((shares >= LEAST_SHARE).sum())
    return {
        "modes": float(modes),
        "covered": modes / len(shares),
        "quality": min(1.0, float(shares.sum())),
    }


def over_games(evaluations: list[Evaluation]) -> dict[str, float]:
    """Means over the games of a run."""
    name = "modes" if "modes" in evaluations[0].numbers else "frechet"
    values = [each.numbers[name] for each in evaluations]
    return {f"mean_{name}": float(np.mean(values))}


def play_to_end(runs: Sequence[Settings], device: str = "cpu") -> list[dict[str, float]]:
    """Plays one game for each of these runs, in one stack, and gives the last numbers of each."""
    target = load_target(runs[0], device)
    *_, (_, net) = by_hand.fit([run.replace(repeats=1) for run in runs], target.train, device)
    places = [net.members.index(games(run)[0]) for run in runs]
    return [evaluate(net, place, target).numbers for place in places]
