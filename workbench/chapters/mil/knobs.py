"""The knobs of chapter mil, and the names of its poolings."""

import param

from workbench.core import knobs
from workbench.core.settings import Settings as Base
from workbench.data.bags import RULES, real

BATCH = 32  # bags in a step; whole vector registers, so that a stack rounds as a run alone does

INSTANCE = ("instance-max", "instance-mean", "noisy-or", "log-sum-exp")  # pool probabilities
EMBEDDING = ("max", "mean", "attention", "gated")  # pool embeddings
KINDS = INSTANCE + EMBEDDING


def count_in_words(count: float) -> str:
    """How many bags are positive, as the slider writes it."""
    return knobs.short(count) if count else "half of the bags"


class Settings(Base):
    """The knobs of multi-instance learning."""

    data = knobs.data("Pictures to make bags of, or your own bags.")
    source = param.Selector(
        default="pictures",
        objects=["pictures", *real.names()],
        label="Bags",
        doc="Made of pictures (the data knob), or real ones from the data folder.",
    )
    pooling = param.Selector(
        default="attention",
        objects=list(KINDS),
        label="Pooling",
        doc="What turns the instances of a bag into one answer; the first four pool the "
        "probabilities of instances, the others their embeddings.",
    )
    bags = knobs.Stops(
        200,
        [10, 20, 50, 100, 150, 200, 300, 400, 500, 1000],
        label="Training bags",
        doc="How many labelled bags there are to learn from.",
    )
    size = knobs.Stops(
        10, [2, 5, 10, 20, 30, 50, 70, 100], label="Bag size", doc="Mean number of instances."
    )
    spread = param.Number(
        0.2,
        bounds=(0, 0.5),
        step=0.05,
        label="Spread of sizes",
        precedence=2,
        doc="Standard deviation of the sizes, as a share of the mean.",
    )
    share = param.Number(
        0.1,
        bounds=(0.01, 0.5),
        step=0.01,
        label="Witnesses (share)",
        doc="Share of a positive bag that makes it positive; at least one instance.",
    )
    exact = param.Boolean(
        True,
        label="Exact share",
        precedence=2,
        doc="Off: each instance of a positive bag is a witness with that probability, and one is "
        "at least. Bags of ten then have 1.5 of them instead of 1, as in Ilse et al.",
    )
    witness = param.Integer(
        9,
        bounds=(0, 9),
        label="Witness class",
        doc="The class that makes a bag positive; counted from the first again if there are fewer.",
    )
    rule = param.Selector(
        default="one",
        objects=dict(zip(("a witness", "two or more", "both kinds"), RULES, strict=True)),
        label="A bag is positive if it has",
        doc="One witness is there; two or more are counted; or two kinds are, the witness class "
        "and the class after it.",
    )
    positives = knobs.Stops(
        0,
        [0, 1, 2, 5, 10, 20, 50, 100],
        reads=count_in_words,
        label="Positive bags",
        doc="How many of the training bags are positive; 0 makes it half of them.",
    )
    wrong = param.Number(
        0.0,
        bounds=(0, 0.4),
        step=0.05,
        label="Wrong bag labels (share)",
        doc="Share of the training bags whose label is turned round, of positive and negative "
        "ones alike. Test bags keep theirs.",
    )
    balanced = param.Boolean(
        True,
        label="Balanced",
        precedence=2,
        doc="Off: instances at random, and the rule decides. Test bags are always balanced.",
    )
    encoder = param.Selector(
        default="perceptron",
        objects=["perceptron", "convolutions", "LeNet-5"],
        label="Encoder",
        precedence=2,
        doc="What embeds an instance of at most 16 x 16 pixels; LeNet-5, the paper's, of 28 x 28. "
        "Convolutions are more often right, and take fifteen to a hundred times as long.",
    )
    lr = knobs.learning_rate(0.002, [0.0001, 0.0003, 0.001, 0.002, 0.003, 0.01])
    steps = knobs.steps(
        400,
        [50, 100, 200, 400, 800, 1600, 3200],
        f"Mini-batches of {BATCH} bags to train on.",
    )
    seed = knobs.seed("the bags, the initial weights and the order of the bags")

    relevant = dict.fromkeys(
        ("data", "size", "spread", "share", "witness", "rule", "balanced", "encoder"),
        lambda s: s.source == "pictures",
    ) | {
        **dict.fromkeys(("share", "exact"), lambda s: s.source == "pictures" and s.balanced),
        "positives": lambda s: s.source != "pictures" or s.balanced,
    }
