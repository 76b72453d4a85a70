"""What each strategy makes of a labelling budget.

`workbench reproduce ceal` takes the digits; `--data mnist` the 60,000 pictures of MNIST. The first
2 % of the pool are labelled class by class, then rounds of K questions ask up to 80 %, the first
twenty of them up to 40 %. All strategies of a seed train as one stack, from the same first labels
and the same network.

Wang et al. 2017 fine-tune a pre-trained network on faces and on Caltech-256, which is another task:
their numbers stand in the caption for the reader, and no verdict is given on accuracies.
"""

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.ceal import by_hand
from workbench.chapters.ceal.evaluation import evaluate, labels_needed
from workbench.chapters.ceal.knobs import STRATEGIES
from workbench.chapters.ceal.lesson import play_round
from workbench.chapters.ceal.members import Member, member
from workbench.chapters.ceal.pool import Pool, load_pool
from workbench.chapters.ceal.team import SMALL, Build, Team
from workbench.core.pictures import Table
from workbench.core.study import Study

EARLY = (5, 10, 20, 40)  # per cent of the pool that are labelled
LATE = (60, 80)  # where the paper's curves meet
SHARES = (*EARLY, *LATE)
TARGETS = (0.90, 0.95)  # of the accuracy with all labels
ROUNDS = 20  # up to the last of the early shares
FIRST_SHARE = 0.02  # of the pool is labelled before the first round
LARGE_POOL = 10_000  # items from which on a round takes more steps, and TCAL is left out
LEAST_GAIN = 0.5  # points: less is called no gain
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

    def at(self, share: float, items: int) -> float:
        """Accuracy with `share` per cent of the items labelled; straight between two rounds."""
        return float(np.interp(share / 100 * items, self.labels, self.accuracy))


def train_courses(
    members: Sequence[Member], pool: Pool, count: int, tune: int, build: Build = SMALL
) -> list[Course]:
    """Plays `count` rounds with all members side by side, `tune` steps of training in each."""
    team = Team(members, pool, build, pool.x.device.type)
    team.tune(2 * tune, by_hand.descend)
    history = [evaluate(team)]
    pseudo, wrong = np.zeros((2, len(members)), int)
    for t in range(count):
        for position in range(len(members)):
            this_round = play_round(team, position, t)
            pseudo[position] += len(this_round.believed)
            wrong[position] += (this_round.pseudo != pool.y[this_round.believed]).sum()
        team.tune(tune, by_hand.descend)
        team.forget()
        history.append(evaluate(team))
    labels = np.array([after.labels for after in history]).T
    accuracy = np.array([after.accuracy for after in history]).T
    columns = zip(labels, accuracy, pseudo.tolist(), wrong.tolist(), strict=True)
    return [Course(*column) for column in columns]


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Trains one seed after the other, all strategies of it in one stack, until the budget would be
    passed."""
    pool, start, longest = load_pool(data, device), time.monotonic(), 0.0
    large = len(pool) > LARGE_POOL
    names = [name for name in STRATEGIES if not (large and name == "TCAL")]
    first = max(10, round(FIRST_SHARE * len(pool)))
    k = -(-round(max(EARLY) / 100 * len(pool) - first) // ROUNDS)
    rounds = -(-round(max(SHARES) / 100 * len(pool) - first) // k)
    courses: dict[str, list[Course]] = {name: [] for name in names}
    for seed in range(seeds):
        began = time.monotonic()
        if seed and budget is not None and began - start + longest > budget:
            return
        members = [member(name, k=k, initial=first, seed=seed, **PAPER) for name in names]
        tune = 400 if large else 100
        for name, course in zip(names, train_courses(members, pool, rounds, tune), strict=True):
            courses[name].append(course)
        longest = max(longest, time.monotonic() - began)
        yield table(courses, data, len(pool), first, k)


def table(courses: dict[str, list[Course]], data: str, items: int, first: int, k: int) -> Table:
    """Means over seeds with standard deviations; labels needed are of the mean curve."""
    seeds = len(courses["AL_ALL"])
    best = float(np.mean([course.accuracy[-1] for course in courses["AL_ALL"]]))
    return Table(
        f"A labelling budget, {data}: {seeds} seed{'s' * (seeds > 1)}",
        (
            "strategy",
            *(f"at {share} %" for share in SHARES),
            *(f"labels for {target:.0%} of AL_ALL" for target in TARGETS),
            "pseudo-labels wrong",
        ),
        tuple(table_row(name, own, items, best) for name, own in courses.items()),
        caption=f"Test accuracy in per cent, mean and standard deviation; {items} items, {first} "
        f"labels at first, {k} questions a round. AL_ALL: all labels, the same steps. "
        f"{' '.join(verdicts(courses, items))} {PUBLISHED}",
    )


def table_row(name: str, courses: list[Course], items: int, best: float) -> tuple[str, ...]:
    """A strategy's line; `best` is the accuracy with all labels."""
    values = np.array([[course.at(share, items) for share in SHARES] for course in courses])
    if name == "AL_ALL":
        values[:] = [[course.accuracy[-1]] * len(SHARES) for course in courses]
    means, deviations = 100 * values.mean(0), 100 * values.std(0)
    mean = np.mean([course.accuracy for course in courses], 0)
    needed = [labels_needed(courses[0].labels, mean, target * best) for target in TARGETS]
    pseudo = sum(course.pseudo for course in courses)
    wrong = sum(course.wrong for course in courses)
    return (
        name,
        *(f"{m:.1f} +- {d:.1f}" for m, d in zip(means, deviations, strict=True)),
        *("never" if np.isinf(count) else f"{count:.0f}" for count in needed),
        f"{100 * wrong / pseudo:.2f} %" if pseudo else "",
    )


def verdicts(courses: dict[str, list[Course]], items: int) -> Iterator[str]:
    """What the paper says of its strategies, on our numbers, each with a verdict."""

    def mean(name: str, shares: Sequence[int]) -> float:
        """Accuracy in per cent, mean over seeds and shares."""
        return 100 * float(np.mean([c.at(share, items) for c in courses[name] for share in shares]))

    def gain(name: str, other: str, shares: Sequence[int] = EARLY) -> str:
        points = mean(name, shares) - mean(other, shares)
        return f"{points:+.1f} ({'yes' if points > LEAST_GAIN else 'no'})"

    late = " and ".join(map(str, LATE))
    yield (
        f"Points of accuracy, mean of the shares up to {max(EARLY)} %, and whether that is a gain "
        f"of over {LEAST_GAIN:g}: margin over random questions {gain('AL_MS', 'AL_RAND')}, at "
        f"{late} % {gain('AL_MS', 'AL_RAND', LATE)}."
    )
    pairs = [(f"CEAL_{asks}", f"AL_{asks}") for asks in ("MS", "LC", "EN", "RAND")]
    words = [f"{name[5:]} {gain(name, al)}" for name, al in pairs if {name, al} <= set(courses)]
    yield f"Pseudo-labels add to questions by {', '.join(words)}."
    single = [name for name in ("CEAL_LC", "CEAL_MS", "CEAL_EN") if name in courses]
    if "CEAL_FUSION" in courses:
        best = max(single, key=lambda name: mean(name, EARLY))
        yield f"FUSION over the best single criterion, {best}: {gain('CEAL_FUSION', best)}."
    if "SOFT_MS" in courses:
        yield f"Soft labels of the whole pool over plain margin: {gain('SOFT_MS', 'AL_MS')}."


STUDY = Study(
    name="ceal",
    question="What does each strategy make of a labelling budget?",
    reproduce=reproduce,
)
