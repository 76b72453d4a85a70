"""The small team that both labs of CEAL play with, and its curves."""

from collections.abc import Sequence

import numpy as np

from workbench.chapters.ceal import by_hand
from workbench.chapters.ceal.members import member
from workbench.chapters.ceal.pool import load_pool
from workbench.chapters.ceal.team import Build, Team
from workbench.core.pictures import Curves, Line

PAPER = {"delta": 0.05, "decay": 0.0033, "schedule": "linear", "lr": 0.003}
FIRST_STEPS, ROUND_STEPS = 100, 50  # of training: on the first labels, and in a round
INITIAL = 20  # labels at first
NETWORK, WIDTH = "MLP", 128


def begin(names: Sequence[str], data: str, k: int, seed: int) -> Team:
    """A team of these strategies that has learnt the first labels."""
    members = [member(name, k=k, initial=INITIAL, seed=seed, **PAPER) for name in names]
    team = Team(members, load_pool(data), Build(NETWORK, WIDTH))
    team.tune(FIRST_STEPS, by_hand.descend)
    return team


def curves(paths: dict[str, Sequence[float]]) -> Curves:
    """Accuracy after each round, a line for each path."""
    lines = (
        Line(name, np.arange(len(path), dtype=float), np.array(path), "dashed" if i else "solid")
        for i, (name, path) in enumerate(paths.items())
    )
    return Curves(
        "Accuracy on test items",
        tuple(lines),
        "rounds",
        "accuracy",
        caption="After the first labels (0) and after each round.",
    )
