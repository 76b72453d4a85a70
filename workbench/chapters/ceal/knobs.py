"""The knobs of CEAL, and the strategies of Wang et al. 2017 among which they choose."""

import math
from typing import NamedTuple

import param

from workbench.core import knobs
from workbench.core.knobs import Stops
from workbench.core.settings import Settings as Base
from workbench.data import data_folder, weights


class Strategy(NamedTuple):
    """What a strategy asks about (LC, MS, EN, FUSION, RAND, TCAL, or ALL), whether it also
    believes the network, and whether it then believes probabilities of the whole pool (soft)."""

    asks: str
    believes: bool
    soft: bool = False

    @property
    def thresholds(self) -> bool:
        """Whether delta decides what is believed."""
        return self.believes and not self.soft

    @property
    def predicts(self) -> bool:
        """Whether it needs the network's predictions of the pool."""
        return self.believes or self.asks in ("LC", "MS", "EN", "FUSION")


STRATEGIES = {
    **{f"CEAL_{asks}": Strategy(asks, True) for asks in ("MS", "LC", "EN", "FUSION", "RAND")},
    **{f"AL_{asks}": Strategy(asks, False) for asks in ("MS", "LC", "EN", "RAND", "ALL")},
    "SOFT_MS": Strategy("MS", True, soft=True),
    "TCAL": Strategy("TCAL", False),
}
_ASKED_BY = {"MS": "margin", "LC": "least confidence", "EN": "entropy", "FUSION": "fusion"}
LABELS = {  # what a picture calls a strategy
    **{f"CEAL_{asks}": f"CEAL, {words}" for asks, words in _ASKED_BY.items()},
    **{f"AL_{asks}": f"AL, {words}" for asks, words in _ASKED_BY.items()},
    "SOFT_MS": "soft labels, margin",
    "CEAL_RAND": "CEAL, random questions",
    "AL_RAND": "random questions",
    "AL_ALL": "all labels",
    "TCAL": "TCAL",
}
REFERENCES = ("AL_RAND", "AL_ALL")  # every run trains these, too
ASKING = [name for name in STRATEGIES if name != "AL_ALL"]
RESNET = "ResNet-18 features"


def networks() -> list[str]:
    """The networks that can be had: the last needs weights that somebody has downloaded."""
    return ["MLP", "CNN", *([RESNET] if weights.find(data_folder()) else [])]


def sure_at(delta: float, classes: int) -> float:
    """The least probability of the likeliest class that makes an entropy of `delta` nats certain.

    The other `classes - 1` share the rest equally: for a given maximum no entropy is larger. At or
    beyond the entropy of `classes` equal odds, nothing more than those odds is asked.
    """
    low, high = 1 / classes, 1.0
    for _ in range(60):  # the entropy falls as the maximum rises
        p = (low + high) / 2
        rest = (1 - p) / (classes - 1)
        entropy = -p * math.log(p) - (0 if rest == 0 else (1 - p) * math.log(rest))
        low, high = (low, p) if entropy < delta else (p, high)
    return high


def with_probability(delta: float) -> str:
    """Delta, and the probability from which on the network is believed in ten classes."""
    return f"{delta:g} (p ≥ {sure_at(delta, 10):.3f})" if delta > 0 else "0 (nobody)"


def share_in_words(share: float) -> str:
    """How many labels of a batch were paid for, as the slider writes it."""
    return f"{share:.0%}" if share else "as they come"


class Settings(Base):
    """The knobs of CEAL."""

    data = knobs.data("The pool, and the test items that it is judged on.")
    strategy = param.Selector(
        default="CEAL_MS",
        objects={LABELS[name]: name for name in ASKING},
        label="Strategy",
        doc="What to ask about: least confidence (LC), margin (MS), entropy (EN), all three "
        "(FUSION), at random (RAND), or as a support vector machine would (TCAL). CEAL also "
        "believes the network where it is sure; AL does not. Soft labels: its probabilities are "
        "the labels of every item without one, blended, and half of each batch is paid for.",
    )
    delta = Stops(
        0.05,
        [0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2],
        reads=with_probability,
        label="Delta (entropy in nats)",
        doc="Below this entropy the network is believed, whatever the strategy asks by. In ten "
        "classes that is from a probability of "
        + ", ".join(f"{sure_at(d, 10):.4f} at {d:g}" for d in (0.01, 0.05, 0.2, 0.5, 1, 2))
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
    paid = Stops(
        0.0,
        [0, 0.25, 0.5, 0.75],
        reads=share_in_words,
        label="Paid in a batch",
        precedence=2,
        doc="As they come, every item with a label is as likely as any other, and where thousands "
        "are believed few of a batch were paid for. Else this share of each batch is.",
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
        objects={"none": "none"} | {LABELS[name]: name for name in ASKING},
        label="Compare with",
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
        objects=networks(),
        label="Network",
        precedence=2,
        doc="One hidden layer, or two small convolutions. "
        + (
            "ResNet-18 features: one hidden layer on what a frozen network sees that was trained "
            "on a million pictures."
            if RESNET in networks()
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
    lr = knobs.learning_rate(0.003, [0.0003, 0.001, 0.003, 0.01, 0.03])
    lower = Stops(
        1.0,
        [0, 0.1, 1],
        reads=lambda share: {0: "frozen", 0.1: "a tenth"}.get(share, "full"),
        label="Rate of the lower layers",
        precedence=2,
        doc="How fast the layers below the last learn: as the last, at a tenth of its rate as in "
        "the paper on Caltech-256, or not at all, so that the features stay as they began.",
    )
    pretext = param.Selector(
        default="none",
        objects={"from nothing": "none", "from turned pictures": "rotation"},
        label="Features begin",
        precedence=2,
        doc="From nothing, or from a task that needs no labels: to tell which way up the pool's "
        "pictures are. That stands in for the million pictures that the paper's network had seen.",
    )
    steps = knobs.steps(
        20,
        [20, 30, 40, 60, 80],
        "A round has two: ask and believe, then learn and forget. 20 are ten rounds.",
        "Steps, two a round",
    )
    seed = knobs.seed("the first labels, the initial weights, the mini-batches and what is random")

    relevant = {
        "delta": lambda s: any(STRATEGIES[name].thresholds for name in taking_part(s)),
        "decay": lambda s: s.matters("delta") and s.schedule != "constant",
        "schedule": lambda s: s.matters("delta"),
        "paid": lambda s: any(STRATEGIES[name].believes for name in taking_part(s)),
        "pretext": lambda s: s.network != RESNET,
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
