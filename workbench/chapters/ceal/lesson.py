"""CEAL: an expert labels what a network doubts, and the network labels what it is sure of.

Some items of a pool have a label, D^L, and the others, D^U, have none. In every round a network
predicts the classes of D^U, an expert labels the K items that it doubts most, and the items that it
is sure of get its own classes as pseudo-labels, D^H. It is fine-tuned on D^L and D^H, and D^H is
forgotten (Wang et al. 2017, algorithm 1).

The networks are small classifiers, with one hidden layer or two convolutions. Those of several
strategies and seeds learn side by side, as a team, and share nothing but the pool.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.ceal import queries
from workbench.chapters.ceal.knobs import Settings
from workbench.chapters.ceal.members import all_members
from workbench.chapters.ceal.pool import Pool
from workbench.chapters.ceal.team import Build, Team
from workbench.science import formulas, nets
from workbench.science.convnet import Cnn


def loss(net: nets.Mlp | Cnn, x: Tensor, y: Tensor) -> Tensor:
    """-(1/N) sum_i log p(y_i | x_i) of each network [members] (Wang et al. 2017, eq. 7).

    x [members, N, d] and y [members, N], labels of the expert and of the network alike.
    """
    return formulas.cross_entropy(net(x), y)


def ask(team: Team, position: int, p: Tensor | None, left_out: NDArray | None = None) -> NDArray:
    """The rows that the member's strategy asks about: at most K of D^U, and none of `left_out`.

    p [n, classes] are the network's predictions; strategies that do without them take None.
    """
    member, chance, rows = team.members[position], team.chance[position], team.open_rows(position)
    if left_out is not None:
        rows = np.setdiff1d(rows, left_out, assume_unique=True)
    match member.rule.asks:
        case "ALL":  # has every label from the start
            return rows[:0]
        case "RAND":
            return chance.permutation(rows)[: member.k]
        case "FUSION":
            return queries.fusion(p, rows, member.k, chance)
        case "TCAL":
            x = team.pool.x.cpu().numpy()
            return queries.tcal(x, team.known[position], rows, member.k, member.seed)
        case criterion:
            scores = queries.CRITERIA[criterion](p)
            return queries.most_doubtful(-scores if member.sign_bug else scores, rows, member.k)


def believe(team: Team, position: int, t: int, p: Tensor | None, asked: NDArray) -> NDArray:
    """Gives pseudo-labels to D^H and returns its rows: those of D^U with an entropy below delta_t,
    without what is asked about (Wang et al. 2017, eq. 6). Soft labels take all of D^U."""
    member = team.members[position]
    if not member.rule.believes:
        return asked[:0]
    if member.rule.soft:
        rows = np.setdiff1d(team.open_rows(position), asked, assume_unique=True)
        team.believed[position, rows] = p[rows].argmax(1).numpy()
        team.soft[position] = p
        return rows
    delta = delta_at(t, member.delta, member.decay, member.schedule)
    rows = queries.confident(p, delta, team.open_rows(position), asked)
    team.believed[position, rows] = p[rows].argmax(1).numpy()
    return rows


def delta_at(t: int, delta: float, decay: float, schedule: str = "linear") -> float:
    """The threshold delta_t in nats in round t = 0, 1, ... (Wang et al. 2017, eq. 8).

    * linear: max(0, delta - decay t);
    * recursion: delta_t = delta_t-1 - decay t to the letter, that is delta - decay t (t + 1) / 2.
      With the paper's numbers it is negative from t = 6 on: then nothing is believed any more;
    * constant: delta.

    The paper's rule can be read in either of the first two ways, and public implementations differ.
    """
    if schedule == "linear":
        return max(0.0, delta - decay * t)
    if schedule == "recursion":
        return delta - decay * t * (t + 1) / 2
    return delta


class Round(NamedTuple):
    """What a network did in one round.

    p [n, classes] are its predictions of the pool, or None where its strategy does without. The
    rest are rows: those without a label, those that it asked about, and those that it was believed
    about, with the classes that it gave them.
    """

    p: Tensor | None
    open: NDArray
    asked: NDArray
    believed: NDArray
    pseudo: NDArray


def play_round(team: Team, position: int, t: int) -> Round:
    """Predicts the pool, asks about it and pseudo-labels it: all of round t but the fine-tuning."""
    p = team.predict(position) if team.members[position].rule.predicts else None
    open_rows = team.open_rows(position)
    asked = ask(team, position, p)
    believed = believe(team, position, t, p, asked)
    team.known[position, asked] = team.pool.y[asked]  # the expert is never wrong
    return Round(p, open_rows, asked, believed, team.believed[position, believed])


def fit(
    runs: Sequence[Settings], data: Pool, device: str = "cpu", loss=loss, descend=None
) -> Iterator[tuple[int, Team, list[Round]]]:
    """Trains the networks that these runs compare and yields (step, team, rounds) twice a round:
    when all have asked and believed, and when all have learnt and forgotten.

    `descend(net, adam, x, y)` makes one step of training; without it, Adam follows autograd down
    `loss`.
    """
    first, descend = runs[0], descend or nets.descent(nets.autograd(loss))
    build = Build(first.network, first.width, first.lower, first.pretext)
    team = Team(all_members(runs), data, build, device)
    team.tune(2 * first.tune, descend)  # on the first labels
    for t in range((first.steps + 1) // 2):
        rounds = [play_round(team, position, t) for position in range(len(team.members))]
        yield 2 * t + 1, team, rounds
        if 2 * t + 1 == first.steps:
            return  # in the middle of a round
        if first.retrain:
            team.begin()
        team.tune(first.tune * (t + 3 if first.retrain else 1), descend)
        team.forget()
        yield 2 * t + 2, team, rounds
