"""Members: the pupils that a run of co-training compares, each with its views and its seed."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from workbench.chapters.two_learners.knobs import Settings

METHODS = ("co-training", "self-training", "supervised")


class Member(NamedTuple):
    """Co-training is two learners with a view each; the others are one that sees both views."""

    method: str
    split: str
    rho: float
    labels: int
    per: int
    pool: int
    lr: float
    seed: int
    columns: str = ""  # of a table, which the first view is made of instead of by `split`

    @property
    def learners(self) -> int:
        return 2 if self.method == "co-training" else 1

    @property
    def quota(self) -> int:
        """How many items of a class each learner labels in a round; all label equally many."""
        return {"co-training": 1, "self-training": 2, "supervised": 0}[self.method] * self.per


def comparison(run: Settings) -> dict[str, list[Member]]:
    """The members of a run by method, one for each of its seeds."""
    knobs = (run.split, run.rho, run.labels, run.per, run.pool, run.lr)
    seeds, columns = run.all_seeds, run.columns if run.matters("columns") else ""
    return {m: [Member(m, *knobs, seed, columns) for seed in seeds] for m in METHODS}


def members(runs: Sequence[Settings]) -> list[Member]:
    """The members of all these runs, equal ones once."""
    return list(dict.fromkeys(chain(*(chain(*comparison(run).values()) for run in runs))))
