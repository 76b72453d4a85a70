"""Members: the networks that a run trains, with and without the other task."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from workbench.chapters.multitask.knobs import SHARES, Settings


class Member(NamedTuple):
    """One network: what the other task counts for and how many of its labels are shuffled; whether
    its weights are learnt, and up to which cap; its rate and its seed."""

    weight: float
    shuffled: float
    learnt: bool
    cap: float
    lr: float
    seed: int


def comparison(run: Settings) -> dict[str, list[Member]]:
    """The networks of a run, one a repeat: "alone", "together", and one line for each share."""
    seeds = [run.seed + 100 * i for i in range(run.repeats)]
    learnt = run.matters("weights") and run.weights == "learnt"
    weight, cap = (1.0, run.cap) if learnt else (run.weight if run.kind == "sharing" else 1.0, 1.0)

    def line(weight: float, shuffled: float, learnt: bool) -> list[Member]:
        return [Member(weight, shuffled, learnt, cap, run.lr, seed) for seed in seeds]

    lines = {
        "alone": [m._replace(cap=1.0) for m in line(0.0, 0.0, False)],
        "together": line(weight, run.shuffled, learnt),
    }
    shares = SHARES if run.curve else ()
    return lines | {f"{share:g}": line(weight, share, learnt) for share in shares}


def all_members(runs: Sequence[Settings]) -> list[Member]:
    """The networks of all these runs, equal ones once."""
    return list(dict.fromkeys(chain(*(chain(*comparison(run).values()) for run in runs))))
