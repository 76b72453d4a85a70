"""Members: the classifiers that a run trains, its own and those that it is compared with.

They differ in their losses and labels only. Runs that train side by side share the members that
they have in common.
"""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from workbench.chapters.bootstrap.knobs import Settings
from workbench.chapters.bootstrap.labels import Voted, Wrong


class Goal(NamedTuple):
    """What a classifier minimises: a loss with its beta, and a penalty on the weights."""

    loss: str
    beta: float
    decay: float = 0.0


class Member(NamedTuple):
    """One classifier of a stack."""

    loss: str
    beta: float
    labels: Wrong | Voted
    warm_up: int
    decay: float
    lr: float
    seed: int

    def goal(self, step: int) -> Goal:
        """What it minimises at this step: cross-entropy while it warms up."""
        return Goal(self.loss if step > self.warm_up else "cross-entropy", self.beta, self.decay)


def comparison(run: Settings) -> dict[str, Member]:
    """The classifiers that a run compares, by role."""
    common = (run.decay, run.lr, run.seed)
    if run.kind == "annotators":
        votes, majority = (Voted(run.annotators, run.careless, m) for m in (False, True))
        return {
            "single": Member("cross-entropy", 1.0, votes, 0, *common),
            "soft": Member("soft", run.beta, votes, run.warm_up, *common),
            "hard": Member("hard", run.beta, votes, run.warm_up, *common),
            "majority": Member("cross-entropy", 1.0, majority, 0, *common),
        }
    labels = Wrong(run.pattern, run.noise, run.unlabelled)
    plain = Member("cross-entropy", 1.0, labels, 0, *common)
    # no warm-up: it would put the noise into the classifier's own distribution for good
    layered = Member("recon", run.beta, labels, 0, *common)
    special = {"cross-entropy": plain, "recon": layered}
    own = special.get(run.loss) or Member(run.loss, run.beta, labels, run.warm_up, *common)
    alone = {"layer": layered._replace(beta=0.0)} if run.baselines else {}
    return {"run": own, "plain": plain} | alone


def members(runs: Sequence[Settings]) -> list[Member]:
    """The classifiers that these runs compare, each once; those that reconstruct are the last."""
    every = dict.fromkeys(chain(*(comparison(run).values() for run in runs)))
    return sorted(every, key=lambda member: member.loss == "recon")


def positions(stack: Sequence[Member], run: Settings) -> dict[str, int]:
    """Where in a stack the classifiers of a run are, by role."""
    return {role: stack.index(member) for role, member in comparison(run).items()}
