"""The knobs of pseudo-labels, and the names of what a run compares."""

import param

from workbench.core import knobs
from workbench.core.knobs import Stops
from workbench.core.settings import Settings as Base

ROLES = {  # of the classifiers that a run compares, its own first
    "run": "believes itself",
    "naive": "memory alone",
    "supervised": "labels alone",
    "mixup": "labels and mixup",
}


class Settings(Base):
    """The knobs of pseudo-labels."""

    items = param.Selector(
        default="pictures",
        objects={"pictures": "pictures", "two moons": "moons", "a gap": "gap"},
        label="Items",
        doc="Pictures (the data knob), two moons, or points with a gap that runs across the "
        "classes.",
    )
    data = knobs.data(
        "The pictures to tell apart; all but a few lose their labels. Of your own, those that you "
        "have not labelled are a class called unlabelled."
    )
    kind = param.Selector(
        default="pseudo-label",
        objects={"pseudo-labels": "pseudo-label", "mixup with a memory": "mixup-memory"},
        label="Method",
        doc="Hard guesses of this moment (Lee 2013), or soft ones that are remembered, with "
        "mixup (Arazo et al. 2020).",
    )
    labels = Stops(
        3,
        [1, 2, 3, 4, 5, 10, 20, 50],
        label="Labels a class",
        doc="How many items of each class keep their label.",
    )
    start = param.Number(
        0.15,
        bounds=(0, 1),
        step=0.05,
        label="First believed (T1)",
        doc="Share of the steps before the network's guesses count: 0 is from the start, 1 never.",
    )
    full = param.Number(
        0.6,
        bounds=(0, 1),
        step=0.05,
        label="Fully believed (T2)",
        doc="Share of the steps after which guesses have all their weight; before T1 it is T1.",
    )
    alpha = Stops(
        3.0,
        [0, 0.1, 0.3, 1, 3, 10],
        label="Weight of guesses (alpha)",
        doc="What the guesses weigh at the end, against 1 of the labels (3 in the paper).",
    )
    sure = Stops(
        0.0,
        [0, 0.5, 0.8, 0.9, 0.95, 0.99],
        label="Least confidence",
        doc="Guesses less sure than this do not count; 0 believes all, as the paper does.",
    )
    mixup = param.Boolean(
        True, label="Mixup", doc="Train on blends of two items and of their labels."
    )
    least = param.Boolean(
        True, label="Labelled in each batch", doc="Put k labelled items into every batch."
    )
    balance = param.Boolean(
        True, label="R_A: all classes", doc="Pull the mean prediction towards equal shares."
    )
    certainty = param.Boolean(
        True, label="R_H: be certain", doc="Pull every prediction towards one class."
    )
    strangers = param.Integer(
        0,
        bounds=(0, 8),
        label="Classes without a name",
        doc="The last classes are nobody's: their items lie in the pool, and no label names them.",
    )
    jitter = Stops(
        0.0,
        [0, 0.05, 0.1, 0.15, 0.2, 0.3],
        label="Jitter",
        precedence=2,
        doc="Noise on the items that are trained on (its deviation); guesses are made without.",
    )
    mix = Stops(
        1.0,
        [0.1, 0.2, 0.5, 1, 2, 4, 8],
        label="Mixup's alpha",
        precedence=2,
        doc="Blends are drawn from Beta(alpha, alpha): 1 makes all shares alike (the paper's).",
    )
    k = Stops(
        16,
        [1, 2, 4, 8, 16, 32, 64],
        label="K (labelled in a batch)",
        precedence=2,
        doc="Of the 100 items of a batch, at least so many have a label (16 in the paper).",
    )
    weight_a = Stops(
        0.8, [0.1, 0.2, 0.4, 0.8, 1.6], label="Weight of R_A", precedence=2, doc="0.8 in the paper."
    )
    weight_h = Stops(
        0.4, [0.1, 0.2, 0.4, 0.8, 1.6], label="Weight of R_H", precedence=2, doc="0.4 in the paper."
    )
    width = Stops(
        128, [16, 32, 64, 128, 256], label="Width", precedence=2, doc="Units of the hidden layer."
    )
    lr = knobs.learning_rate(0.003, [0.0003, 0.001, 0.003, 0.01, 0.03])
    steps = knobs.steps(800, [100, 200, 400, 500, 800, 1200, 2000, 4000])
    seed = knobs.seed("which items keep a label, the initial weights, the batches and the blends")

    relevant = {
        "data": lambda s: s.items == "pictures",
        "strangers": lambda s: s.items == "pictures",
        "jitter": lambda s: s.kind == "pseudo-label",
        "full": lambda s: s.kind == "pseudo-label" and s.alpha > 0,
        "alpha": lambda s: s.kind == "pseudo-label",
        "sure": lambda s: s.kind == "pseudo-label" and s.alpha > 0,
        "start": lambda s: s.kind == "mixup-memory" or s.alpha > 0,
        "mixup": lambda s: s.kind == "mixup-memory",
        "least": lambda s: s.kind == "mixup-memory",
        "balance": lambda s: s.kind == "mixup-memory",
        "certainty": lambda s: s.kind == "mixup-memory",
        "k": lambda s: s.kind == "mixup-memory" and s.least,
        "weight_a": lambda s: s.kind == "mixup-memory" and s.balance,
        "weight_h": lambda s: s.kind == "mixup-memory" and s.certainty,
    }
