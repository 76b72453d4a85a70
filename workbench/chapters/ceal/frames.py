"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from workbench.chapters.ceal import backbone, rounds
from workbench.chapters.ceal import pictures as ceal_pictures
from workbench.chapters.ceal import team as active
from workbench.chapters.ceal.knobs import Settings
from workbench.chapters.ceal.lesson import family
from workbench.chapters.ceal.queries import STRATEGIES
from workbench.chapters.ceal.rounds import REFERENCES, Look, Places, Round, look, play_round
from workbench.chapters.ceal.team import Member, Pool, Team
from workbench.core.frames import Frame, check_finite
from workbench.science import formulas, metrics


def train(runs: Sequence[Settings], device: str = "cpu", gradient=None) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    first = runs[0]
    work = active.pool(first.data, device, first.network == backbone.NAME)
    families = [family(run) for run in runs]
    members = list(dict.fromkeys(chain.from_iterable(chain(*kin.values()) for kin in families)))
    places = [{name: [members.index(m) for m in kin[name]] for name in kin} for kin in families]
    shown = {place for kin in places for place in next(iter(kin.values()))}
    team = Team(members, work, first.network, first.width)
    team.tune(2 * first.tune, gradient)
    history = [look(team)]
    for step in range(1, first.steps + 1):
        t, second = divmod(step - 1, 2)
        if second:
            if first.retrain:
                team.begin()
            team.tune(first.tune * (t + 3 if first.retrain else 1), gradient)
            team.forget()
            history.append(look(team))
        else:
            played = [play_round(team, place, t, place in shown) for place in range(len(members))]
        yield [
            snapshot(run, work, kin, members, history, played, step)
            for run, kin in zip(runs, places, strict=True)
        ]


def snapshot(
    run: Settings,
    work: Pool,
    kin: Places,
    members: Sequence[Member],
    history: Sequence[Look],
    played: Sequence[Round],
    step: int,
) -> Frame:
    """The frame after a step; kin: the places of each strategy's networks."""
    now, mine = history[-1], kin[run.strategy]
    t, learnt = divmod(step - 1, 2)
    delta = _threshold(members[mine[0]], t)
    each = [rounds.doubts(work, played[place]) for place in mine]
    scalars = {
        "accuracy": now.accuracy[mine].mean(),
        **{
            name: now.accuracy[kin[name]].mean()
            for name in kin
            if run.everyone or name != run.strategy or name in REFERENCES
        },
        "labels": now.labels[mine].mean(),
        "delta": max(0.0, delta),
        **{name: np.mean([one[name] for one in each]) for name in each[0]},
        "sure": now.sure[mine].mean(),
    }
    scalars = {name: float(value) for name, value in scalars.items()}
    check_finite(step, scalars, active.HINT)
    scalars["ece"] = metrics.calibration_error(now.sure[mine], now.right[mine])
    one, rule = played[mine[0]], belief(run, delta, len(work.classes))
    pictures = {
        "labels": ceal_pictures.learning(work, kin, history),
        "questions": ceal_pictures.questions(work, one),
        "doubts": ceal_pictures.doubt_table(work, one),
        "pseudo": ceal_pictures.pseudo_labels(work, one, rule),
        "map": ceal_pictures.plane(work, one, run.seed),
        "calibration": ceal_pictures.calibration(kin, now),
        "strategies": ceal_pictures.standings(kin, history, played),
    }
    done = "learnt, pseudo-labels forgotten" if learnt else "asked and believed"
    return Frame(step, run.steps, scalars, pictures, f"Round {t + 1}: {done}. {rule}")


def belief(run: Settings, delta: float, classes: int) -> str:
    """When the network is believed, in a sentence: the likeliest class's probability, and what the
    strategy would make of that, when all other classes are equally likely."""
    rule = STRATEGIES[run.strategy]
    if not rule.believes or delta <= 0:
        return "Nothing is believed."
    sure = formulas.sure_at(delta, classes)
    margin = sure - (1 - sure) / (classes - 1)
    own = {"LC": f" (lc = {sure:.4f})", "MS": f" (ms = {margin:.4f})"}.get(rule.asks, "")
    return f"Delta {delta:.4f}: from p = {sure:.4f}{own} on it is believed."


def _threshold(member: Member, t: int) -> float:
    return formulas.delta_at(t, member.delta, member.decay, member.schedule)
