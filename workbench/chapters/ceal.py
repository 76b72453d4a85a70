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
$\delta_t = \delta_{t-1} - d_r t$, which with the paper's numbers believes nothing any more after
six rounds; both are here. The threshold is that of the *confident* items, not of the informative
ones. And the paper fine-tunes a network that had seen a million pictures. Here networks are small
and begin from nothing, so compare the strategies with each other rather than with the paper. Who
has brought torchvision's weights (`workbench data get resnet18`) can choose *ResNet-18 features*
for the network: a small one on what a pre-trained one sees. That one is frozen, where the paper's
adapts.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
import param

from workbench import active, backbone, formulas, metrics, rounds
from workbench.active import Member, Pool, Team
from workbench.chapters import Chapter, Claim, Published
from workbench.data import weights
from workbench.frames import Frame, Trace, check_finite
from workbench.queries import STRATEGIES
from workbench.rounds import REFERENCES, Look, Places, Round, labels_needed, look, play_round
from workbench.settings import DataName, Stops
from workbench.settings import Settings as Base

ASKING = [name for name in STRATEGIES if name != "AL_ALL"]


def with_probability(delta: float) -> str:
    """Delta, and the probability from which it makes the network be believed in ten classes."""
    return f"{delta:g}, p from {formulas.sure_at(delta, 10):.3f}" if delta > 0 else "0, nothing"


class Settings(Base):
    """The knobs of CEAL."""

    data = DataName("digits", label="Data", doc="The pool, and the test items it is judged on.")
    strategy = param.Selector(
        default="CEAL_MS",
        objects=ASKING,
        label="Strategy",
        doc="What to ask about: least confidence (LC), margin (MS), entropy (EN), all three "
        "(FUSION), at random (RAND), or as a support vector machine would (TCAL). CEAL also "
        "believes the network where it is sure; AL does not.",
    )
    delta = Stops(
        0.05,
        [0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2],
        reads=with_probability,
        label="Delta (entropy in nats)",
        doc="Below this entropy the network is believed, whatever the strategy asks by. In ten "
        "classes that is from a probability of "
        + ", ".join(f"{formulas.sure_at(d, 10):.4f} at {d:g}" for d in (0.01, 0.05, 0.2, 0.5, 1, 2))
        + ". The caption of the pseudo-labels tells it for each round.",
    )
    decay = Stops(
        0.0033,
        [0, 0.00033, 0.001, 0.0033, 0.01, 0.03, 0.1],
        label="Decay",
        doc="By how much delta falls from round to round (0.0033 in the paper for delta 0.05).",
    )
    schedule = param.Selector(
        default="linear",
        objects=["linear", "recursion", "constant"],
        label="Schedule of delta",
        doc="Linear: delta - decay t. Recursion: the last delta - decay t, the text to the letter.",
    )
    k = Stops(
        20,
        [5, 10, 20, 50, 100, 200, 500, 1000, 2000],
        label="K (questions a round)",
        doc="How many items the expert labels in each round.",
    )
    initial = Stops(
        30,
        [10, 20, 30, 50, 100, 200, 500, 1000, 2000],
        label="Initial labels",
        doc="Labels at the start, drawn class by class.",
    )
    also = param.Selector(
        default="none",
        objects=["none", *ASKING],
        label="Beside it also",
        doc="One more strategy to compare with.",
    )
    everyone = param.Boolean(False, label="All strategies", doc="Train every strategy beside it.")
    sign_bug = param.Boolean(
        False,
        label="Margin with the wrong sign",
        doc="Subtract the margin's probabilities the other way round, as a public implementation "
        "does: it then asks about what it is surest of.",
    )
    seeds = Stops(
        3,
        [1, 2, 3, 4, 5, 6, 8, 10],
        label="Seeds side by side",
        precedence=2,
        doc="Repetitions with other first labels and networks; curves show their mean and range.",
    )
    network = param.Selector(
        default="MLP",
        objects=active.networks(),
        label="Network",
        precedence=2,
        doc="One hidden layer, or two small convolutions. "
        + (
            "ResNet-18 features: one hidden layer on what a frozen network sees that was trained "
            "on a million pictures."
            if backbone.offered()
            else f"For one on the features of a pre-trained ResNet-18 run `{weights.HOW}` once "
            "and start again."
        ),
    )
    width = Stops(
        128,
        [16, 32, 64, 128, 256, 500],
        label="Width",
        precedence=2,
        doc="Units of the hidden layer.",
    )
    tune = Stops(
        50,
        [10, 20, 50, 100, 200, 500, 1000],
        label="Fine-tune steps",
        precedence=2,
        doc="Mini-batches of 64 in each round; twice as many on the first labels.",
    )
    retrain = param.Boolean(
        False,
        label="Train anew each round",
        precedence=2,
        doc="Begin each round with a fresh network, and with as many steps as the old one had had.",
    )
    lr = Stops(
        0.003,
        [0.0003, 0.001, 0.003, 0.01, 0.03],
        label="Learning rate",
        precedence=2,
        doc="Adam's step size.",
    )
    steps = Stops(
        20,
        [20, 30, 40, 60, 80],
        label="Steps, two a round",
        precedence=2,
        doc="A round has two: ask and believe, then learn and forget. 20 are ten rounds.",
    )
    seed = param.Integer(
        0,
        bounds=(0, 99),
        label="Seed",
        precedence=2,
        doc="Draws the first labels, the initial weights, the mini-batches and what is random.",
    )

    relevant = {
        "delta": lambda s: any(STRATEGIES[name].believes for name in taking_part(s)),
        "decay": lambda s: s.matters("delta") and s.schedule != "constant",
        "schedule": lambda s: s.matters("delta"),
        "sign_bug": lambda s: any(STRATEGIES[name].asks == "MS" for name in taking_part(s)),
        "also": lambda s: not s.everyone,
        "width": lambda s: s.network != "CNN",
    }


def taking_part(run: Settings) -> list[str]:
    """The strategies that a run trains, the chosen one first."""
    if run.everyone:
        return list(dict.fromkeys([run.strategy, *STRATEGIES]))
    also = [] if run.also == "none" else [run.also]
    return list(dict.fromkeys([run.strategy, *also, *REFERENCES]))


def family(run: Settings) -> dict[str, list[Member]]:
    """The networks that a run trains: one a seed for each strategy."""
    knobs = {
        name: getattr(run, name)
        for name in ("k", "initial", "delta", "decay", "schedule", "lr", "sign_bug")
    }
    return {
        name: [active.member(name, seed=run.seed + 100 * i, **knobs) for i in range(run.seeds)]
        for name in taking_part(run)
    }


# --- the loop


def train_together(
    runs: Sequence[Settings], device: str = "cpu", gradient=None
) -> Iterator[list[Frame]]:
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


def train(settings: Settings, device: str = "cpu") -> Iterator[Frame]:
    """Trains one run and those it is compared with, and yields its frames."""
    for (frame,) in train_together([settings], device):
        yield frame


# --- what is measured


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
        "labels": rounds.learning(work, kin, history),
        "questions": rounds.questions(work, one),
        "doubts": rounds.doubt_table(work, one),
        "pseudo": rounds.pseudo_labels(work, one, rule),
        "map": rounds.plane(work, one, run.seed),
        "calibration": rounds.calibration(kin, now),
        "strategies": rounds.standings(kin, history, played),
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


# --- claims

REPEATED = 5  # seeds that a claim is measured on, side by side


def course(seed: int, **knobs) -> list[Frame]:
    """The frames at the end of each round; means over REPEATED seeds unless told otherwise."""
    return list(train(Settings(**({"seeds": REPEATED} | knobs), seed=seed)))[1::2]


def _said(end: Frame, *names: str) -> str:
    return ", ".join(f"{name} {end.scalars[name]:.3f}" for name in names)


def margin_beats_random(seed: int) -> tuple[bool, str]:
    """Margin and random questions after 230 labels."""
    end = course(seed, strategy="AL_MS")[-1]
    return end.scalars["accuracy"] >= end.scalars["AL_RAND"] + 0.02, _said(
        end, "accuracy", "AL_RAND", "AL_ALL"
    )


def fewer_labels(seed: int) -> tuple[bool, str]:
    """Labels for 95 % of AL_ALL's accuracy: margin and random."""
    frames = course(seed, strategy="AL_MS", steps=40)
    labels = [frame.scalars["labels"] for frame in frames]
    target = 0.95 * frames[-1].scalars["AL_ALL"]
    need = [
        labels_needed(np.array(labels), np.array([f.scalars[name] for f in frames]), target)
        for name in ("accuracy", "AL_RAND")
    ]
    return need[0] < 0.75 * need[1], "margin {:.0f}, random {:.0f}".format(*need)


def pseudo_labels_add_little(seed: int) -> tuple[bool, str]:
    """The same questions with and without pseudo-labels after 230 labels."""
    end = course(seed, also="AL_MS")[-1]
    gap = abs(end.scalars["accuracy"] - end.scalars["AL_MS"])
    return gap < 0.02, _said(end, "accuracy", "AL_MS")


def sure_is_right(seed: int) -> tuple[bool, str]:
    """Error of pseudo-labels and of the network on the pool, in the worst round."""
    shares = [
        frame.scalars["pseudo_error"] / max(frame.scalars["pool_error"], 1e-9)
        for frame in course(seed)
    ]
    return max(shares) < 1 / 3, f"at most {max(shares):.2f} times the error on the open pool"


def overconfidence(seed: int) -> tuple[bool, str]:
    """Believing nearly everything, and believing nothing."""
    end = course(seed, delta=2, schedule="constant", also="AL_MS")[-1]
    return end.scalars["accuracy"] < end.scalars["AL_MS"] - 0.02, _said(
        end, "accuracy", "AL_MS", "pseudo_error"
    )


def recursion_stops(seed: int) -> tuple[bool, str]:
    """Pseudo-labels by round with the recursion."""
    counts = [frame.scalars["pseudo"] for frame in course(seed, schedule="recursion")]
    return counts[3] > 100 and not any(counts[6:]), " ".join(f"{count:.0f}" for count in counts)


def wrong_sign(seed: int) -> tuple[bool, str]:
    """Margin with its terms the other way round."""
    end = course(seed, strategy="AL_MS", sign_bug=True)[-1]
    return end.scalars["accuracy"] < end.scalars["AL_RAND"] - 0.05, _said(
        end, "accuracy", "AL_RAND"
    )


def cold_start(seed: int) -> tuple[bool, str]:
    """Entropy from ten labels, ten a round: after 30 labels, and at the end."""
    frames = course(seed, strategy="AL_EN", initial=10, k=10, seeds=2 * REPEATED)
    early, end = frames[1].scalars, frames[-1].scalars
    lost, won = (each["accuracy"] - each["AL_RAND"] for each in (early, end))
    return lost < -0.02 < won, f"against random {lost:+.3f} at 30 labels, {won:+.3f} at 110"


CLAIMS = (
    Claim(
        "margin-beats-random",
        "After 230 labels margin is at least 2 points above random "
        "questions (digits, mean of 5 seeds).",
        margin_beats_random,
    ),
    Claim(
        "fewer-labels",
        "For 95 % of the accuracy that all labels give, margin needs less than "
        "three quarters of the labels that random questions need.",
        fewer_labels,
    ),
    Claim(
        "pseudo-labels-add-little",
        "Pseudo-labels at the paper's delta change the accuracy "
        "after 230 labels by less than 2 points either way.",
        pseudo_labels_add_little,
    ),
    Claim(
        "sure-is-right",
        "In every round pseudo-labels are wrong less than a third as often as "
        "the network is on the open pool.",
        sure_is_right,
    ),
    Claim(
        "overconfidence",
        "A network that is believed at delta 2 ends more than 2 points below one that never is.",
        overconfidence,
    ),
    Claim(
        "recursion-stops",
        "With the recursion nothing is believed from round 7 (t = 6) on.",
        recursion_stops,
    ),
    Claim(
        "wrong-sign",
        "With the margin's sign turned round it ends more than 5 points below random questions.",
        wrong_sign,
    ),
    Claim(
        "cold-start",
        "From 10 labels, entropy is worse than random at 30 labels and not at "
        "the end (mean of 10 seeds: so few labels leave much to luck).",
        cold_start,
    ),
)

CHAPTER = Chapter(
    name="ceal",
    number=8,
    title="CEAL: spending a labelling budget",
    question="Which labels are worth paying for?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    train_together=train_together,
    stackable=(
        "strategy",
        "delta",
        "decay",
        "schedule",
        "k",
        "initial",
        "also",
        "everyone",
        "sign_bug",
        "seeds",
        "lr",
        "seed",
    ),
    traces=(
        Trace(
            "Accuracy by step",
            {"accuracy": "this strategy", **{name: name for name in STRATEGIES}},
            "test accuracy",
            x_label="step",
            dashed=REFERENCES,
            caption="Share of test items classified rightly after each round, mean over seeds.",
        ),
        Trace(
            "Pseudo-labels",
            {"pseudo": "believed"},
            "items",
            x_label="step",
            caption="How many items the network was believed about in each round.",
        ),
        Trace(
            "Their error",
            {"pseudo_error": "of pseudo-labels", "pool_error": "of the network on the open pool"},
            "share wrong",
            x_label="step",
            dashed=("pool_error",),
            caption="Pseudo-labels must be far better than what the network says of everything.",
        ),
        Trace(
            "How doubtful the questions are",
            {"asked_margin": "asked about", "pool_margin": "the open pool"},
            "mean margin",
            x_label="step",
            dashed=("pool_margin",),
            caption="Margin between the two likeliest classes. Questions above the pool's line "
            "are about what the network is sure of: a wrong sign.",
        ),
        Trace(
            "Would it have known?",
            {"asked_error": "questions it had wrong"},
            "share",
            x_label="step",
            caption="Answers that told the network something: it would have named another class.",
        ),
        Trace(
            "Calibration error",
            {"ece": "ECE"},
            "ECE",
            x_label="step",
            caption="Distance between how sure the network is and how often it is right.",
        ),
    ),
    layout=(
        "labels",
        "questions",
        "pseudo",
        "strategies",
        "Pseudo-labels",
        "Their error",
        "doubts",
        "map",
        "How doubtful the questions are",
        "calibration",
        "Would it have known?",
        "Accuracy by step",
        "Calibration error",
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
        Published(
            "CACD, faces: accuracy and share of labels, CEAL",
            "91.5 % with 63 %",
            "Wang et al. 2017, as summarised in public; not re-read",
        ),
        Published(
            "CACD: share of labels for the same 91.5 %, TCAL and AL_RAND",
            "81 %, 99 %",
            "Wang et al. 2017, from memory",
        ),
        Published(
            "Caltech-256: accuracy and share of labels, CEAL",
            "73.8 % with 78 %",
            "Wang et al. 2017, from memory",
        ),
        Published(
            "Error of pseudo-labels, CACD and Caltech-256",
            "5.53 %, 1.37 %",
            "Wang et al. 2017, from memory",
        ),
    ),
    try_this=(
        ("Believe nearly everything: who corrects the network?", "delta=2&schedule=constant"),
        ("The recursion to the letter: when does it stop believing?", "schedule=recursion"),
        ("Entropy from ten labels: a cold start", "strategy=AL_EN&initial=10&k=10&also=AL_MS"),
        ("The margin with the wrong sign", "strategy=AL_MS&sign_bug=true"),
        ("Five questions a round", "k=5&steps=40"),
        ("All strategies at once", "everyone=true"),
    ),
)
