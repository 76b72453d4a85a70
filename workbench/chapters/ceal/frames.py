"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from workbench.chapters.ceal import by_hand, lesson, pictures
from workbench.chapters.ceal.evaluation import Evaluation, Positions, doubts, evaluate
from workbench.chapters.ceal.knobs import REFERENCES, RESNET, STRATEGIES, Settings, sure_at
from workbench.chapters.ceal.lesson import Round
from workbench.chapters.ceal.members import Member, all_members, comparison
from workbench.chapters.ceal.pool import load_pool
from workbench.chapters.ceal.team import Team
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite
from workbench.core.pictures import Picture
from workbench.science import metrics

HINT = "Lower the learning rate."


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    pool = load_pool(runs[0].data, device, runs[0].network == RESNET)
    members = all_members(runs)
    compared = [find_positions(run, members) for run in runs]
    stacks = list(zip(runs, compared, strict=True))
    shown = {position for run, own in stacks for position in own[run.strategy]}
    fit = fit or partial(lesson.fit, descend=by_hand.descend)
    history: list[Evaluation] = []
    for step, team, rounds in fit(runs, pool, device):
        if step % 2:  # the networks have asked and believed, but not learnt from it
            history = history or [evaluate_before(team, rounds)]
            latest = add_predictions(team, rounds, shown)
        else:
            history.append(evaluate(team))
        progress = Progress(step, team, latest, history)
        yield [snapshot(run, own, progress) for run, own in stacks]


def find_positions(run: Settings, members: Sequence[Member]) -> Positions:
    """Where the networks of a run are among the members."""
    return {name: [members.index(m) for m in own] for name, own in comparison(run).items()}


def evaluate_before(team: Team, rounds: Sequence[Round]) -> Evaluation:
    """The networks before the first round: they have learnt the first labels alone."""
    labels = [len(team.pool) - len(this_round.open) for this_round in rounds]
    return evaluate(team)._replace(labels=np.array(labels))


def add_predictions(team: Team, rounds: Sequence[Round], shown: set[int]) -> list[Round]:
    """The rounds, with predictions also where a shown network's strategy did without them."""
    return [
        this_round._replace(p=team.predict(position))
        if position in shown and this_round.p is None
        else this_round
        for position, this_round in enumerate(rounds)
    ]


class Progress(NamedTuple):
    """What there is to show after a step: the networks, their latest rounds, and their evaluations
    after the first labels and after each round."""

    step: int
    team: Team
    rounds: Sequence[Round]
    history: Sequence[Evaluation]

    @property
    def t(self) -> int:
        """The number of the round, from 0."""
        return (self.step - 1) // 2

    def threshold(self, position: int) -> float:
        """The network's delta in this round; not positive where nothing is believed."""
        member = self.team.members[position]
        return lesson.delta_at(self.t, member.delta, member.decay, member.schedule)


def snapshot(run: Settings, compared: Positions, progress: Progress) -> Frame:
    """The frame of a run; `compared` are the positions of each strategy's networks."""
    step, t = progress.step, progress.t
    scalars = measure(run, compared, progress)
    delta, classes = progress.threshold(compared[run.strategy][0]), progress.team.pool.classes
    belief = describe_belief(run.strategy, delta, len(classes))
    stage = "asked and believed" if step % 2 else "learnt, pseudo-labels forgotten"
    shown = draw(run, compared, progress, belief)
    return Frame(step, run.steps, scalars, shown, f"Round {t + 1}: {stage}")


def measure(run: Settings, compared: Positions, progress: Progress) -> dict[str, float]:
    """The numbers of a frame, means over networks. Raises Diverged."""
    latest, chosen = progress.history[-1], compared[run.strategy]
    rounds = [doubts(progress.team.pool, progress.rounds[position]) for position in chosen]
    scalars = {
        "accuracy": latest.accuracy[chosen].mean(),
        **{
            name: latest.accuracy[compared[name]].mean()
            for name in compared
            if run.everyone or name != run.strategy or name in REFERENCES
        },
        "labels": latest.labels[chosen].mean(),
        "delta": max(0.0, progress.threshold(chosen[0])),
        **{name: np.mean([numbers[name] for numbers in rounds]) for name in rounds[0]},
        "sure": latest.sure[chosen].mean(),
    }
    scalars = {name: float(value) for name, value in scalars.items()}
    check_finite(progress.step, scalars, HINT)
    error = metrics.calibration_error(latest.sure[chosen], latest.right[chosen])
    return scalars | {"ece": error}


def draw(run: Settings, compared: Positions, progress: Progress, belief: str) -> dict[str, Picture]:
    """The pictures of a frame; those of single items are of the first network."""
    pool, history = progress.team.pool, progress.history
    this_round = progress.rounds[compared[run.strategy][0]]
    return {
        "labels": pictures.learning(pool, compared, history),
        "questions": pictures.questions(pool, this_round),
        "doubts": pictures.doubt_table(pool, this_round),
        "pseudo": pictures.pseudo_labels(pool, this_round, belief, len(compared[run.strategy])),
        "map": pictures.plane(pool, this_round, run.seed),
        "calibration": pictures.calibration(compared, history[-1]),
        "strategies": pictures.standings(compared, history, progress.rounds),
    }


def describe_belief(strategy: str, delta: float, classes: int) -> str:
    """When the network is believed, in a sentence: the likeliest class's probability, and what the
    strategy would make of that, when all other classes are equally likely."""
    rule = STRATEGIES[strategy]
    if rule.soft:
        return "Everything without a label is believed, with the network's own probabilities."
    if not rule.believes or delta <= 0:
        return "Nothing is believed."
    sure = sure_at(delta, classes)
    margin = sure - (1 - sure) / (classes - 1)
    score = {"LC": f" (lc = {sure:.4f})", "MS": f" (ms = {margin:.4f})"}.get(rule.asks, "")
    return f"Delta {delta:.4f}: from p = {sure:.4f}{score} on it is believed."
