"""Members: the pairs of networks that a run of co-teaching compares."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from workbench.chapters.two_learners.knobs import Settings

METHODS = ("standard", "own-picks", "co-teaching")


class Member(NamedTuple):
    """Two networks that learn from the same wrong labels.

    In standard training tau is 0: nothing is thrown out, and they have nothing to do with each
    other. `exchange` says whether each learns from the other's picks.
    """

    pattern: str
    noise: float
    tau: float
    ramp: int
    exchange: bool
    lr: float
    seed: int


def comparison(run: Settings) -> dict[str, list[Member]]:
    """The members of a run by method, one for each of its seeds."""
    noise, picks = (run.pattern, run.noise), (run.forgotten, run.ramp)
    rules = {
        "standard": (0.0, 1, False),
        "own-picks": (*picks, False),
        "co-teaching": (*picks, True),
    }
    return {
        method: [Member(*noise, *rules[method], run.lr, seed) for seed in run.all_seeds]
        for method in METHODS
    }


def members(runs: Sequence[Settings]) -> list[Member]:
    """The members of all these runs, equal ones once."""
    return list(dict.fromkeys(chain(*(chain(*comparison(run).values()) for run in runs))))
