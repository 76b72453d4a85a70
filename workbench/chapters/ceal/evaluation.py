"""What is measured of networks: how good they are, what a round was worth, what labels buy."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from workbench.chapters.ceal.lesson import Round
from workbench.chapters.ceal.pool import Pool
from workbench.chapters.ceal.team import Team
from workbench.science import formulas

Positions = dict[str, list[int]]  # by strategy, where in a team the networks that follow it are


class Evaluation(NamedTuple):
    """The state of each network: how many labels the expert has given it [members] and its accuracy
    on the test items [members]; for each of them how sure it is and whether it is right
    [members, m]."""

    labels: NDArray
    accuracy: NDArray
    sure: NDArray
    right: NDArray


def evaluate(team: Team) -> Evaluation:
    """Tests every network of the team."""
    positions, x = range(len(team.members)), team.pool.x_test
    best = [team.predict(position, x).max(1) for position in positions]
    sure, predicted = (torch.stack(values).numpy() for values in zip(*best, strict=True))
    right = predicted == team.pool.y_test
    return Evaluation((team.known >= 0).sum(1), right.mean(1), sure, right)


def doubts(pool: Pool, this_round: Round) -> dict[str, float]:
    """The numbers of a round; 0 where there is nothing to count."""
    p, open_rows, asked, believed, pseudo = this_round
    margin, wrong = formulas.margin(p).numpy(), p.argmax(1).numpy() != pool.y
    return {
        "pseudo": len(believed),
        "pseudo_error": _mean(pseudo != pool.y[believed]),
        "pool_error": _mean(wrong[open_rows]),
        "asked_error": _mean(wrong[asked]),
        "asked_margin": _mean(margin[asked]),
        "pool_margin": _mean(margin[open_rows]),
    }


def _mean(values: NDArray) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def labels_needed(labels: NDArray, accuracy: NDArray, target: float) -> float:
    """The number of labels with which a curve first reaches `target`, infinite if it never does.

    labels and accuracy are [rounds + 1]; between its points the curve is straight.
    """
    reached = np.flatnonzero(accuracy >= target)
    if not len(reached):
        return float("inf")
    i = reached[0]
    if i == 0:
        return float(labels[0])
    share = (target - accuracy[i - 1]) / (accuracy[i] - accuracy[i - 1])
    return float(labels[i - 1] + share * (labels[i] - labels[i - 1]))
