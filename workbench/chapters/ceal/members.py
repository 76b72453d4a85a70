"""The networks that a run compares: one a seed for each strategy that takes part."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from workbench.chapters.ceal.knobs import STRATEGIES, Settings, Strategy, taking_part

SOFT_PAID = 0.5  # the share of a batch that is paid for where soft labels crowd in, unless chosen


class Member(NamedTuple):
    """One network: how it asks and what it believes, how it learns, and its seed."""

    strategy: str
    k: int
    initial: int
    delta: float
    decay: float
    schedule: str
    lr: float
    seed: int
    sign_bug: bool = False
    paid: float = 0.0

    @property
    def rule(self) -> Strategy:
        return STRATEGIES[self.strategy]


def member(strategy: str, **knobs) -> Member:
    """A member without what its strategy does not use, so that equal ones are trained once."""
    rule = STRATEGIES[strategy]
    if rule.soft:
        knobs |= {"delta": 0.0, "decay": 0.0, "schedule": "linear"}
        knobs["paid"] = knobs.get("paid", 0.0) or SOFT_PAID
    if not rule.believes:
        knobs |= {"delta": 0.0, "decay": 0.0, "schedule": "linear", "paid": 0.0}
    if rule.asks == "ALL":
        knobs |= {"k": 0, "initial": 0}
    knobs["sign_bug"] = knobs.get("sign_bug", False) and rule.asks == "MS"
    return Member(strategy, **knobs)


def comparison(run: Settings) -> dict[str, list[Member]]:
    """The networks that a run trains: one a seed for each strategy."""
    names = ("k", "initial", "delta", "decay", "schedule", "lr", "sign_bug", "paid")
    knobs = {name: getattr(run, name) for name in names}
    seeds = [run.seed + 100 * i for i in range(run.seeds)]
    return {name: [member(name, seed=seed, **knobs) for seed in seeds] for name in taking_part(run)}


def all_members(runs: Sequence[Settings]) -> list[Member]:
    """The networks of all these runs, equal ones once."""
    return list(dict.fromkeys(chain(*(chain(*comparison(run).values()) for run in runs))))
