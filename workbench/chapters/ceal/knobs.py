"""TODO."""

import param

from workbench.chapters.ceal import backbone
from workbench.chapters.ceal import team as active
from workbench.chapters.ceal.queries import STRATEGIES
from workbench.chapters.ceal.rounds import REFERENCES
from workbench.core.settings import DataName, Stops
from workbench.core.settings import Settings as Base
from workbench.data import weights
from workbench.science import formulas

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
