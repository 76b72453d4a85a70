"""Members: the classifiers that a run trains, its own and those that it is compared with.

They start from the same weights, know the same labels and see the same batches. Runs that train
side by side share the members that they have in common.
"""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from workbench.chapters.pseudo.knobs import Settings


class Member(NamedTuple):
    """One classifier of a stack; without more than the first four it learns from labels alone."""

    labels: int  # a class
    jitter: float
    lr: float
    seed: int
    alpha: float = 0.0  # what its hard guesses weigh at the end
    start: float = 1.0  # T1, as a share of the steps
    full: float = 1.0  # T2
    sure: float = 0.0  # the least confidence that counts
    remembers: bool = False  # whether it learns from soft guesses that are kept in a memory
    mix: float = 0.0  # alpha of mixup, 0 for none
    least: int = 0  # labelled items in a batch
    weight_a: float = 0.0
    weight_h: float = 0.0

    def belief(self, step: int, steps: int) -> float:
        """alpha(t) of Lee 2013: 0 before T1, then straight up to `alpha` at T2."""
        first, last = self.start * steps, max(self.start, self.full) * steps
        if step <= first:
            return 0.0
        return self.alpha * min(1.0, (step - first) / max(last - first, 1.0))


def comparison(run: Settings) -> dict[str, Member]:
    """The classifiers that a run compares, by role."""
    jitter = run.jitter if run.kind == "pseudo-label" else 0.0
    plain = Member(run.labels, jitter, run.lr, run.seed)
    others = {"supervised": plain, "mixup": plain._replace(mix=run.mix)}
    if run.kind == "pseudo-label":
        names = ("alpha", "start", "full", "sure")
        return {"run": plain._replace(**{n: getattr(run, n) for n in names})} | others
    naive = plain._replace(remembers=True, start=run.start)
    own = naive._replace(
        mix=run.mix if run.mixup else 0.0,
        least=run.k if run.least else 0,
        weight_a=run.weight_a if run.balance else 0.0,
        weight_h=run.weight_h if run.certainty else 0.0,
    )
    return {"run": own, "naive": naive} | others


def members(runs: Sequence[Settings]) -> list[Member]:
    """The classifiers that these runs compare, each once."""
    return list(dict.fromkeys(chain(*(comparison(run).values() for run in runs))))


def positions(stack: Sequence[Member], run: Settings) -> dict[str, int]:
    """Where in a stack the classifiers of a run are, by role."""
    return {role: stack.index(member) for role, member in comparison(run).items()}
