"""Rounds of active learning: how one is played, what is measured of it, and what it looks like.

`Places` names, for each strategy, the members of a `Team` that follow it, one a seed; the strategy
that a reader has chosen comes first.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.ceal.team import Pool, Team
from workbench.science import formulas
from workbench.science.later import Tensor, torch

Places = dict[str, list[int]]
REFERENCES = ("AL_RAND", "AL_ALL")


class Round(NamedTuple):
    """What a network did in one round: what it said of the pool, p [n, classes] (or None), the rows
    that nobody had labelled, those it asked about, and those it was believed about, with the
    classes it gave them."""

    p: Tensor | None
    open: NDArray
    asked: NDArray
    believed: NDArray
    pseudo: NDArray


def play_round(team: Team, place: int, t: int, look: bool = False) -> Round:
    """Predict, ask, pseudo-label: all of a round before the fine-tuning, with a perfect oracle.

    With `look` the network tells what it says even if its strategy does not want to know.
    """
    p = team.predict(place) if look or team.members[place].rule.looks else None
    open_rows = team.open_rows(place)
    asked = team.ask(place, p)
    believed = team.believe(place, t, p, asked)
    team.known[place, asked] = team.work.y[asked]
    return Round(p, open_rows, asked, believed, team.believed[place, believed])


class Look(NamedTuple):
    """The state of each network [members]: how many labels it has been given; accuracy on the test
    items; for them, how sure it is [members, m] and whether it is right."""

    labels: NDArray
    accuracy: NDArray
    sure: NDArray
    right: NDArray


def look(team: Team) -> Look:
    test = team.work.x_test
    sure, said = zip(
        *(team.predict(place, test).max(1) for place in range(len(team.members))), strict=True
    )
    right = torch.stack(said).numpy() == team.work.y_test
    return Look((team.known >= 0).sum(1), right.mean(1), torch.stack(sure).numpy(), right)


def doubts(work: Pool, one: Round) -> dict[str, float]:
    """The numbers of a round; 0 where there is nothing to count."""

    def mean(values) -> float:
        return float(np.mean(values)) if len(values) else 0.0

    margin, said = formulas.margin(one.p).numpy(), one.p.argmax(1).numpy()
    wrong = said != work.y
    return {
        "pseudo": len(one.believed),
        "pseudo_error": mean(one.pseudo != work.y[one.believed]),
        "pool_error": mean(wrong[one.open]),
        "asked_error": mean(wrong[one.asked]),
        "asked_margin": mean(margin[one.asked]),
        "pool_margin": mean(margin[one.open]),
    }


def labels_needed(labels: NDArray, accuracy: NDArray, target: float) -> float:
    """How many labels the curve first reaches `target` with, by straight lines between its points;
    infinite if never. labels and accuracy are [rounds + 1]."""
    reached = np.flatnonzero(accuracy >= target)
    if not len(reached):
        return float("inf")
    i = reached[0]
    if i == 0:
        return float(labels[0])
    share = (target - accuracy[i - 1]) / (accuracy[i] - accuracy[i - 1])
    return float(labels[i - 1] + share * (labels[i] - labels[i - 1]))
