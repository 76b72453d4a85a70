r"""Which labels are worth paying for?

Labels cost people's time. Active learning begins with few of them, $\mathcal D^L$, and a large pool
without, $\mathcal D^U$; in each round a network says what it thinks of the pool, and an expert is
asked about the $K$ items that tell most. With $p_{ij}$ the probability of class $j$ for item $i$
and $j_1, j_2$ the two likeliest classes, the criteria are

$$lc_i = \max_j p_{ij}, \qquad ms_i = p_{i j_1} - p_{i j_2}, \qquad
en_i = -\sum_j p_{ij} \log p_{ij} .$$

**LC** and **MS** ask where they are smallest, **EN** where it is largest; **FUSION** draws from the
heads of all three lists. **CEAL** (Wang et al. 2017) also takes the network's word where it is
sure, at no cost: those items become $\mathcal D^H$, with the network's own classes as
*pseudo-labels*,

$$\mathcal D^H = \{x_i \in \mathcal D^U : en_i < \delta_t\}, \qquad
\delta_t = \max(0,\ \delta_0 - d_r t) .$$

A round has five stages: **predict** the pool, **ask**, **pseudo-label**, **fine-tune** on
$\mathcal D^L \cup \mathcal D^H$, and **forget** $\mathcal D^H$, which is made anew in every round,
never holds what was just asked, and never overwrites a true label.

The chosen strategy stands beside **AL_RAND**, which asks at random, and **AL_ALL**, which has all
labels from the start: same pool, same first labels, same initial network. The same strategies
without pseudo-labels are called AL, and in **TCAL** a support vector machine does the asking.

Mind three things. The rule for $\delta_t$ is printed so that it can be read as the line above or as
$\delta_t = \delta_{t-1} - d_r t$, which with the paper's numbers stops believing anything in round
six; both are here. The threshold is that of the *confident* items, not of the informative ones. And
the paper fine-tunes a network that had seen a million pictures; here all networks are small and
begin from nothing, so compare the strategies with each other rather than with the paper.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import param
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench import active, formulas, metrics
from workbench.active import Member, Pool, Team
from workbench.chapters import Chapter, Claim, Published
from workbench.frames import (
    Curves,
    Frame,
    Images,
    Line,
    Scatter,
    Table,
    Trace,
    check_finite,
)
from workbench.queries import STRATEGIES
from workbench.settings import DataName, Stops
from workbench.settings import Settings as Base

REFERENCES = ("AL_RAND", "AL_ALL")
ASKING = [name for name in STRATEGIES if name != "AL_ALL"]


class Settings(Base):
    """The knobs of CEAL."""

    data = DataName("digits", label="Data", doc="The pool, and the test items it is judged on.")
    strategy = param.Selector(
        default="CEAL_MS", objects=ASKING, label="Strategy",
        doc="What to ask about: least confidence (LC), margin (MS), entropy (EN), all three "
        "(FUSION), at random (RAND), or as a support vector machine would (TCAL). CEAL also "
        "believes the network where it is sure; AL does not.",
    )  # fmt: skip
    delta = Stops(
        0.05, [0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2],
        label="Delta (entropy in nats)",
        doc="Below this entropy the network is believed: 0.05 is about 99 % for one class, 0.5 "
        "about 90 %. The line below the pictures tells it exactly.",
    )  # fmt: skip
    decay = Stops(
        0.0033, [0, 0.00033, 0.001, 0.0033, 0.01, 0.03, 0.1], label="Decay",
        doc="By how much delta falls from round to round (0.0033 in the paper for delta 0.05).",
    )  # fmt: skip
    schedule = param.Selector(
        default="linear", objects=["linear", "recursion", "constant"], label="Schedule of delta",
        doc="Linear: delta - decay t. Recursion: the last delta - decay t, the text to the letter.",
    )  # fmt: skip
    k = Stops(
        20, [5, 10, 20, 50, 100, 200, 500, 1000, 2000], label="K (questions a round)",
        doc="How many items the expert labels in each round.",
    )  # fmt: skip
    initial = Stops(
        30, [10, 20, 30, 50, 100, 200, 500, 1000, 2000], label="Initial labels",
        doc="Labels at the start, drawn class by class.",
    )  # fmt: skip
    also = param.Selector(
        default="none", objects=["none", *ASKING], label="Beside it also",
        doc="One more strategy to compare with.",
    )  # fmt: skip
    everyone = param.Boolean(False, label="All strategies", doc="Train every strategy beside it.")
    sign_bug = param.Boolean(
        False, label="Margin with the wrong sign",
        doc="Subtract the margin's probabilities the other way round, as a public implementation "
        "does: it then asks about what it is surest of.",
    )  # fmt: skip
    seeds = Stops(
        3, [1, 2, 3, 4, 5, 6, 8, 10], label="Seeds side by side", precedence=2,
        doc="Repetitions with other first labels and networks; curves show their mean and range.",
    )  # fmt: skip
    network = param.Selector(
        default="MLP", objects=["MLP", "CNN"], label="Network", precedence=2,
        doc="One hidden layer, or two small convolutions.",
    )  # fmt: skip
    width = Stops(
        128, [16, 32, 64, 128, 256, 500], label="Width", precedence=2,
        doc="Hidden units of the MLP.",
    )  # fmt: skip
    tune = Stops(
        50, [10, 20, 50, 100, 200, 500, 1000], label="Fine-tune steps", precedence=2,
        doc="Mini-batches of 64 in each round; twice as many on the first labels.",
    )  # fmt: skip
    retrain = param.Boolean(
        False, label="Train anew each round", precedence=2,
        doc="Begin each round with a fresh network, and with as many steps as the old one had had.",
    )  # fmt: skip
    lr = Stops(
        0.003, [0.0003, 0.001, 0.003, 0.01, 0.03], label="Learning rate", precedence=2,
        doc="Adam's step size.",
    )  # fmt: skip
    steps = Stops(
        20, [20, 30, 40, 60, 80], label="Steps, two a round", precedence=2,
        doc="A round has two: ask and believe, then learn and forget. 20 are ten rounds.",
    )  # fmt: skip
    seed = param.Integer(
        0, bounds=(0, 99), label="Seed", precedence=2,
        doc="Draws the first labels, the initial weights, the mini-batches and what is random.",
    )  # fmt: skip

    relevant = {
        "delta": lambda s: any(STRATEGIES[name].believes for name in taking_part(s)),
        "decay": lambda s: s.matters("delta") and s.schedule != "constant",
        "schedule": lambda s: s.matters("delta"),
        "sign_bug": lambda s: any(STRATEGIES[name].asks == "MS" for name in taking_part(s)),
        "also": lambda s: not s.everyone,
        "width": lambda s: s.network == "MLP",
    }


def taking_part(run: Settings) -> list[str]:
    """The strategies that a run trains, the chosen one first."""
    if run.everyone:
        return list(dict.fromkeys([run.strategy, *STRATEGIES]))
    also = [] if run.also == "none" else [run.also]
    return list(dict.fromkeys([run.strategy, *also, *REFERENCES]))


def family(run: Settings) -> dict[str, list[Member]]:
    """The networks that a run trains: one a seed for each strategy."""
    knobs = {name: getattr(run, name) for name in
             ("k", "initial", "delta", "decay", "schedule", "lr", "sign_bug")}  # fmt: skip
    return {
        name: [active.member(name, seed=run.seed + 100 * i, **knobs) for i in range(run.seeds)]
        for name in taking_part(run)
    }


# --- the loop


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


def train_together(runs: Sequence[Settings], device: str = "cpu", gradient=None
                   ) -> Iterator[list[Frame]]:  # fmt: skip
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    first = runs[0]
    work = active.pool(first.data, device)
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
            rounds = [play_round(team, place, t, place in shown) for place in range(len(members))]
        yield [
            snapshot(run, work, kin, members, history, rounds, step)
            for run, kin in zip(runs, places, strict=True)
        ]


def train(settings: Settings, device: str = "cpu") -> Iterator[Frame]:
    """Trains one run and those it is compared with, and yields its frames."""
    for (frame,) in train_together([settings], device):
        yield frame


# --- what is measured


class Look(NamedTuple):
    """The state of each network [members]: how many labels it has been given; accuracy on the test
    items; for them, how sure it is [members, m] and whether it is right."""

    labels: NDArray
    accuracy: NDArray
    sure: NDArray
    right: NDArray


def look(team: Team) -> Look:
    test = team.work.x_test
    sure, said = zip(*(team.predict(place, test).max(1) for place in range(len(team.members))),
                     strict=True)  # fmt: skip
    right = torch.stack(said).numpy() == team.work.y_test
    return Look((team.known >= 0).sum(1), right.mean(1), torch.stack(sure).numpy(), right)


def snapshot(run: Settings, work: Pool, kin: dict[str, list[int]], members: Sequence[Member],
             history: Sequence[Look], rounds: Sequence[Round], step: int) -> Frame:  # fmt: skip
    """The frame after a step; kin: the places of each strategy's networks."""
    now, mine = history[-1], kin[run.strategy]
    t, learnt = divmod(step - 1, 2)
    delta = _threshold(members[mine[0]], t)
    each = [doubts(work, rounds[place]) for place in mine]
    scalars = {
        "accuracy": now.accuracy[mine].mean(),
        **{name: now.accuracy[kin[name]].mean() for name in kin
           if run.everyone or name != run.strategy or name in REFERENCES},
        "labels": now.labels[mine].mean(),
        "delta": max(0.0, delta),
        **{name: np.mean([one[name] for one in each]) for name in each[0]},
        "sure": now.sure[mine].mean(),
    }  # fmt: skip
    scalars = {name: float(value) for name, value in scalars.items()}
    check_finite(step, scalars, active.HINT)
    scalars["ece"] = metrics.calibration_error(now.sure[mine], now.right[mine])
    one = rounds[mine[0]]
    pictures = {
        "labels": learning(run, work, kin, history),
        "questions": questions(work, one),
        "doubts": doubt_table(work, one),
        "pseudo": pseudo_labels(work, one),
        "map": plane(work, one, run.seed),
        "calibration": calibration(run, kin, now),
        "strategies": standings(kin, history, rounds),
    }
    sure = "nobody is believed"
    if STRATEGIES[run.strategy].believes and delta > 0:
        sure = f"p = {formulas.sure_at(delta, len(work.classes)):.4f} is enough to be believed"
    done = "learnt, pseudo-labels forgotten" if learnt else "asked and believed"
    note = f"Round {t + 1}: {done}. Delta {max(0.0, delta):.4f}: {sure}"
    return Frame(step, run.steps, scalars, pictures, note)


def _threshold(member: Member, t: int) -> float:
    return formulas.delta_at(t, member.delta, member.decay, member.schedule)


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


# --- pictures

SHOWN = 10  # questions and pseudo-labels with a picture
DOTS = 800  # items of the pool on the map


def learning(run: Settings, work: Pool, kin, history: Sequence[Look]) -> Curves:
    share = 100 * np.array([now.labels[kin[run.strategy][0]] for now in history]) / len(work)
    lines = []
    for name, places in kin.items():
        y = np.array([now.accuracy[places] for now in history])  # (round, seed)
        style = "dashed" if name in REFERENCES else "solid"
        lines.append(Line(name, share, y.mean(1), style, low=y.min(1), high=y.max(1)))
    return Curves(
        "Accuracy for labels", tuple(lines), "labelled, % of the pool", "test accuracy",
        caption=f"Mean and range of {run.seeds} seed{'s' * (run.seeds > 1)}. AL_ALL has all labels "
        "throughout and takes the same training steps.",
    )  # fmt: skip


def drawn(work: Pool, rows: NDArray) -> NDArray:
    """The first SHOWN of these items as pictures [1, SHOWN, height, width], blank at the end."""
    tiles = torch.zeros(SHOWN, work.data.pixels)
    tiles[: len(rows)] = work.x[torch.from_numpy(rows[:SHOWN])].cpu()
    return work.data.tiles(tiles, SHOWN)


def _padded(names: Sequence[str]) -> tuple[str, ...]:
    return (*names[:SHOWN], *[""] * (SHOWN - len(names)))


def best_two(work: Pool, p: Tensor, rows: NDArray) -> list[tuple[str, float, str, float]]:
    """For each item the likeliest class and the next, with their probabilities."""
    p, j = p[rows].topk(2, 1)
    return [
        (work.classes[a], first, work.classes[b], second)
        for (a, b), (first, second) in zip(j.tolist(), p.tolist(), strict=True)
    ]


def questions(work: Pool, one: Round) -> Images:
    rows = one.asked[:SHOWN]
    names = [f"{a} or {b}?" for a, _, b, _ in best_two(work, one.p, rows)]
    return Images(
        "This round's questions", drawn(work, rows), columns=_padded(names),
        caption=f"The first {len(rows)} of {len(one.asked)} items asked about, with the two "
        "classes that the network found likeliest.",
    )  # fmt: skip


def doubt_table(work: Pool, one: Round) -> Table:
    rows = one.asked[:SHOWN]
    entropy = formulas.entropy(one.p[rows]).tolist()
    lines = (
        (f"{a} {first:.2f}", f"{b} {second:.2f}", f"{first - second:.3f}", f"{en:.3f}",
         work.classes[work.y[row]])
        for (a, first, b, second), en, row in zip(best_two(work, one.p, rows), entropy, rows,
                                                  strict=True)
    )  # fmt: skip
    return Table(
        "What the network thought of them", ("says", "or", "margin", "entropy", "is"),
        tuple(lines), caption="Probabilities before the answer, and the answer.",
    )  # fmt: skip


def pseudo_labels(work: Pool, one: Round) -> Images:
    wrong = one.pseudo != work.y[one.believed]
    doubt = -formulas.least_confidence(one.p[one.believed]).numpy()
    order = np.lexsort((-doubt, ~wrong))[:SHOWN]  # wrong ones first, then the least sure
    names = [
        f"{work.classes[said]} ✗ {work.classes[true]}" if said != true else work.classes[said]
        for said, true in zip(one.pseudo[order], work.y[one.believed[order]], strict=True)
    ]
    share = f", {wrong.sum()} of them wrong ({wrong.mean():.1%})" if len(wrong) else ""
    return Images(
        "This round's pseudo-labels", drawn(work, one.believed[order]), columns=_padded(names),
        caption=f"{len(wrong)} believed{share}. Shown are wrong ones first (✗ and the true class), "
        "then those it was least sure of.",
    )  # fmt: skip


PLACES = ("pool", "labelled before", "believed, right", "believed, wrong", "asked now")


def plane(work: Pool, one: Round, seed: int) -> Scatter:
    group = np.ones(len(work), int)
    group[one.open] = 0
    group[one.believed] = np.where(one.pseudo == work.y[one.believed], 2, 3)
    group[one.asked] = 4
    rows = np.random.default_rng(seed).permutation(len(work))[:DOTS]
    rows = np.union1d(rows, one.asked[:DOTS])
    rows = rows[np.argsort(group[rows], kind="stable")]  # the rarest on top
    return Scatter(
        "Where the questions lie", work.plane[rows], group[rows], PLACES, "first component",
        "second component", caption=f"The pool by its first two principal components, {len(rows)} "
        f"of {len(work)} items.",
    )  # fmt: skip


def calibration(run: Settings, kin, now: Look) -> Curves:
    lines = [Line("as sure as right", np.array([0.0, 1]), np.array([0.0, 1]), "dashed")]
    for name in dict.fromkeys((run.strategy, "AL_RAND")):
        sure, right, _ = metrics.reliability(now.sure[kin[name]], now.right[kin[name]])
        lines.append(Line(name, sure, right))
    return Curves(
        "Calibration", tuple(lines), "how sure it says it is", "how often it is right",
        caption="Test items by the probability of the class named, in tenths. Below the dashed "
        "line it claims too much, and pseudo-labels live on its claims.",
    )  # fmt: skip


def standings(kin, history: Sequence[Look], rounds: Sequence[Round]) -> Table:
    """Accuracy, labels needed for 95 % of AL_ALL's, and pseudo-labels so far, means over seeds."""

    def path(field: str, places: list[int]) -> NDArray:
        return np.array([getattr(now, field)[places].mean() for now in history])

    target = 0.95 * history[-1].accuracy[kin["AL_ALL"]].mean()
    lines = []
    for name, places in kin.items():
        accuracy, labels = path("accuracy", places), path("labels", places)
        needed = labels_needed(labels, accuracy, target)
        sure = np.mean([len(rounds[place].believed) for place in places])
        lines.append((name, f"{accuracy[-1]:.3f}", f"{labels[-1]:.0f}",
                      "not yet" if np.isinf(needed) else f"{needed:.0f}",
                      f"{sure:.0f}" if STRATEGIES[name].believes else ""))  # fmt: skip
    return Table(
        "The strategies so far",
        ("strategy", "accuracy", "labels", "labels for 95 % of AL_ALL", "believed"), tuple(lines),
        caption="Means over seeds. Labels needed until accuracy reached 95 % of what AL_ALL has "
        "now, between rounds by a straight line.",
    )  # fmt: skip


# --- claims

CLAIMS: tuple[Claim, ...] = ()

CHAPTER = Chapter(
    name="ceal",
    number=8,
    title="CEAL: spending a labelling budget",
    question="Which labels are worth paying for?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    train_together=train_together,
    stackable=("strategy", "delta", "decay", "schedule", "k", "initial", "also", "everyone",
               "sign_bug", "seeds", "lr", "seed"),
    traces=(
        Trace(
            "Accuracy by step",
            {"accuracy": "this strategy", **{name: name for name in STRATEGIES}},
            "test accuracy", x_label="step", dashed=REFERENCES,
            caption="Share of test items classified rightly after each round, mean over seeds.",
        ),
        Trace(
            "Pseudo-labels", {"pseudo": "believed"}, "items", x_label="step",
            caption="How many items the network was believed about in each round.",
        ),
        Trace(
            "Their error",
            {"pseudo_error": "of pseudo-labels", "pool_error": "of the network on the open pool"},
            "share wrong", x_label="step", dashed=("pool_error",),
            caption="Pseudo-labels must be far better than what the network says of everything.",
        ),
        Trace(
            "How doubtful the questions are",
            {"asked_margin": "asked about", "pool_margin": "the open pool"}, "mean margin",
            x_label="step", dashed=("pool_margin",),
            caption="Margin between the two likeliest classes. Questions above the pool's line "
            "are about what the network is sure of: a wrong sign.",
        ),
        Trace(
            "Would it have known?", {"asked_error": "questions it had wrong"}, "share",
            x_label="step",
            caption="Answers that told the network something: it would have named another class.",
        ),
        Trace(
            "Calibration error", {"ece": "ECE"}, "ECE", x_label="step",
            caption="Distance between how sure the network is and how often it is right.",
        ),
    ),
    layout=(
        "labels", "questions", "pseudo", "strategies", "Pseudo-labels", "Their error", "doubts",
        "map", "How doubtful the questions are", "calibration", "Would it have known?",
        "Accuracy by step", "Calibration error",
    ),
    thumbnail="labels",
    reading={
        "accuracy": "Share of test items classified rightly, mean over seeds.",
        "AL_RAND": "The same when items are asked about at random: what to beat.",
        "AL_ALL": "The same with all labels from the start: what to reach.",
        "labels": "Labels that the oracle has given so far.",
        "delta": "The threshold on the entropy in this round, in nats.",
        "pseudo": "Items the network was believed about in this round.",
        "pseudo_error": "Share of these that is wrong.",
        "pool_error": "Share of the unlabelled pool that the network has wrong.",
        "asked_error": "Share of the questions whose answer it would have got wrong.",
        "asked_margin": "Mean margin of the questions: small where there is doubt.",
        "pool_margin": "Mean margin of the unlabelled pool.",
        "ece": "Calibration error on test items; 0 is honest.",
    },
    claims=CLAIMS,
    published=(
        Published("CACD faces: labelled share for 91.5 % accuracy, CEAL", "63 %",
                  "Wang et al. 2017, as quoted"),
    ),
    try_this=(
        ("Believe nearly everything: who corrects the network?", "delta=2&schedule=constant"),
        ("The recursion to the letter: when does it stop believing?", "schedule=recursion"),
        ("Entropy from ten labels: a cold start", "strategy=AL_EN&initial=10&k=5&also=AL_MS"),
        ("The margin with the wrong sign", "strategy=AL_MS&sign_bug=true"),
        ("Five questions a round", "k=5&steps=40"),
        ("All strategies at once", "everyone=true"),
    ),
)  # fmt: skip
