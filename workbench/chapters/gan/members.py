"""Members: the games that a run plays, one a seed."""

from collections.abc import Sequence
from typing import NamedTuple

from workbench.chapters.gan.knobs import Settings


class Member(NamedTuple):
    """One game: the rates of both networks, what is done against collapse, and its seed."""

    rate_g: float
    rate_d: float
    r1: float
    noise: float
    average: float
    penalty: float
    seed: int


def games(run: Settings) -> list[Member]:
    """The games of a run; the first is the one that is shown."""
    rates = run.lr / run.ratio**0.5, run.lr * run.ratio**0.5
    r1 = run.r1 if run.loss == "non-saturating" else 0.0
    remedies = r1, run.noise, run.average, run.penalty
    return [Member(*rates, *remedies, run.seed + 100 * i) for i in range(run.repeats)]


def all_members(runs: Sequence[Settings]) -> list[Member]:
    """The games of all these runs, equal ones once."""
    return list(dict.fromkeys(member for run in runs for member in games(run)))
