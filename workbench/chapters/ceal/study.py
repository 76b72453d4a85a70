"""What each strategy makes of a labelling budget, and how much delta, decay and K matter.

`workbench reproduce ceal` takes the digits; `--data mnist` the 60,000 pictures of MNIST. The first
2 % of the pool are labelled class by class, then twenty rounds ask up to 40 %. All strategies of a
seed train as one stack, from the same first labels and the same network.

Wang et al. 2017 fine-tune a pre-trained network on faces and on Caltech-256, which is another task:
their numbers stand in the caption for the reader, and no verdict is given on accuracies.
"""

import time
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.ceal import rounds
from workbench.chapters.ceal import team as active
from workbench.chapters.ceal.queries import STRATEGIES
from workbench.chapters.ceal.team import Member, Pool, Team, member
from workbench.core.pictures import Curves, Line, Table
from workbench.core.study import Study

SHARES = (5, 10, 20, 40)  # per cent of the pool that are labelled
TARGETS = (0.90, 0.95)  # of the accuracy with all labels
ROUNDS, FIRST = 20, 0.02
LARGE = 10_000  # items from which on a round takes more steps, and TCAL is left out
PAPER = {"delta": 0.05, "decay": 0.0033, "schedule": "linear", "lr": 0.003}


PUBLISHED = (
    "Published (Wang et al. 2017, from summaries and memory, other data, a pre-trained network): "
    "91.5 % on CACD with 63 % labelled, where TCAL needs 81 % and AL_RAND 99 %; 73.8 % on "
    "Caltech-256 with 78 %; pseudo-labels wrong in 5.53 % and 1.37 %."
)


class Course(NamedTuple):
    """What became of one network: labels and accuracy [rounds + 1], and over all rounds the number
    of pseudo-labels and of wrong ones."""

    labels: NDArray
    accuracy: NDArray
    pseudo: int
    wrong: int

    def at(self, share: float, pool: int) -> float:
        """Accuracy with `share` per cent labelled, between rounds by a straight line."""
        return float(np.interp(share / 100 * pool, self.labels, self.accuracy))


def courses(
    members: Sequence[Member],
    work: Pool,
    count: int,
    tune: int,
    network: str = "MLP",
    width: int = 128,
) -> list[Course]:
    """Plays `count` rounds with all members side by side."""
    team = Team(members, work, network, width)
    team.tune(2 * tune)
    seen, pseudo = [rounds.look(team)], np.zeros((2, len(members)), int)
    for t in range(count):
        for place in range(len(members)):
            one = rounds.play_round(team, place, t)
            pseudo[:, place] += len(one.believed), (one.pseudo != work.y[one.believed]).sum()
        team.tune(tune)
        team.forget()
        seen.append(rounds.look(team))
    return [
        Course(
            np.array([now.labels[place] for now in seen]),
            np.array([now.accuracy[place] for now in seen]),
            *pseudo[:, place].tolist(),
        )
        for place in range(len(members))
    ]


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """One seed after the other, all strategies of it in one stack, until the budget would be
    passed."""
    work, start, longest = active.pool(data, device), time.monotonic(), 0.0
    large = len(work) > LARGE
    names = [name for name in STRATEGIES if not (large and name == "TCAL")]
    first = max(10, round(FIRST * len(work)))
    k = -(-round(max(SHARES) / 100 * len(work) - first) // ROUNDS)
    found: dict[str, list[Course]] = {name: [] for name in names}
    for seed in range(seeds):
        began = time.monotonic()
        if seed and budget is not None and began - start + longest > budget:
            return
        team = [member(name, k=k, initial=first, seed=seed, **PAPER) for name in names]
        tune = 400 if large else 100
        for name, course in zip(names, courses(team, work, ROUNDS, tune), strict=True):
            found[name].append(course)
        longest = max(longest, time.monotonic() - began)
        yield table(found, data, len(work), first, k)


def table(found: dict[str, list[Course]], data: str, pool: int, first: int, k: int) -> Table:
    """Means over seeds with standard deviations; labels needed are of the mean curve."""
    seeds = len(found["AL_ALL"])
    best = np.mean([course.accuracy[-1] for course in found["AL_ALL"]])
    lines = []
    for name, runs in found.items():
        values = np.array([[run.at(share, pool) for share in SHARES] for run in runs])
        if name == "AL_ALL":
            values[:] = [[run.accuracy[-1]] * len(SHARES) for run in runs]
        mean = np.mean([run.accuracy for run in runs], 0)
        need = [rounds.labels_needed(runs[0].labels, mean, target * best) for target in TARGETS]
        pseudo, wrong = (sum(getattr(run, field) for run in runs) for field in ("pseudo", "wrong"))
        lines.append(
            (
                name,
                *(
                    f"{100 * m:.1f} +- {100 * s:.1f}"
                    for m, s in zip(values.mean(0), values.std(0), strict=True)
                ),
                *("never" if np.isinf(n) else f"{n:.0f}" for n in need),
                f"{100 * wrong / pseudo:.2f} %" if pseudo else "",
            )
        )
    return Table(
        f"A labelling budget, {data}: {seeds} seed{'s' * (seeds > 1)}",
        (
            "strategy",
            *(f"at {share} %" for share in SHARES),
            *(f"labels for {target:.0%} of AL_ALL" for target in TARGETS),
            "pseudo-labels wrong",
        ),
        tuple(lines),
        caption=f"Test accuracy in per cent, mean and standard deviation; {pool} items, {first} "
        f"labels at first, {k} questions in each of {ROUNDS} rounds. AL_ALL: all labels, the same "
        f"steps. {said(found, pool)} {PUBLISHED}",
    )


def said(found: dict[str, list[Course]], pool: int) -> str:
    """The paper's two claims on our numbers, each with a verdict."""

    def mean(name: str, share: int) -> float:
        return 100 * float(np.mean([run.at(share, pool) for run in found[name]]))

    asks = np.mean([mean("AL_MS", share) - mean("AL_RAND", share) for share in SHARES])
    believes = np.mean([mean("CEAL_MS", share) - mean("AL_MS", share) for share in SHARES])
    return (
        f"Asking by margin gains {asks:+.1f} points over random, mean of the four shares "
        f"({'yes' if asks > 0.5 else 'no'}); pseudo-labels add {believes:+.1f} to that "
        f"({'yes' if believes > 0.5 else 'no'})."
    )


SWEEPS = {
    "delta": (0.0, 0.01, 0.05, 0.2, 0.5, 1.0, 2.0),
    "decay": (0.0, 0.001, 0.0033, 0.01, 0.03),
    "k": (5, 10, 20, 40),
}
LABELS = {"delta": "delta (nats, constant)", "decay": "decay a round", "k": "questions a round"}


def sensitivity(
    knob: str,
    seeds: int = 5,
    strategies: Sequence[str] = ("CEAL_MS", "CEAL_EN", "CEAL_RAND"),
    data: str = "digits",
    labels: int = 200,
    tune: int = 50,
    device: str = "cpu",
) -> Curves:
    """Accuracy after `labels` questions against delta, decay or K, with the range over seeds.

    All runs are one stack, but for K: with fewer questions a round there are more rounds, and every
    run takes the same training steps. Delta is swept without decay, or it would be swept with it.
    """
    work, values = active.pool(data, device), SWEEPS[knob]
    base = PAPER | {"k": 20, "initial": 30} | ({"schedule": "constant"} if knob == "delta" else {})
    found: dict[tuple[str, float], list[float]] = {}
    for k in values if knob == "k" else (base["k"],):
        chosen = (k,) if knob == "k" else values
        team = {
            (name, value, seed): member(name, seed=seed, **(base | {"k": k, knob: value}))
            for name, value, seed in product(strategies, chosen, range(seeds))
        }
        count = labels // k
        ends = courses(list(team.values()), work, count, max(1, tune * (labels // 20) // count))
        for (name, value, _), course in zip(team, ends, strict=True):
            found.setdefault((name, value), []).append(course.accuracy[-1])
    lines = []
    for name in strategies:
        y = np.array([found[name, value] for value in values])
        lines.append(Line(name, np.array(values, float), y.mean(1), low=y.min(1), high=y.max(1)))
    return Curves(
        f"Accuracy against {knob}",
        tuple(lines),
        LABELS[knob],
        "test accuracy",
        caption=f"{data}, after {30 + labels} labels; mean and range of {seeds} seeds.",
    )


STUDY = Study(
    name="ceal",
    question="What does each strategy make of a labelling budget?",
    reproduce=reproduce,
)
