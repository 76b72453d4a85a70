"""The knobs of bootstrapping, and the names of what a run compares."""

import param

from workbench.core import knobs
from workbench.core.knobs import Stops
from workbench.core.settings import Settings as Base

ROLES = {  # of the classifiers that learn from annotators
    "single": "cross-entropy, one vote",
    "soft": "soft, one vote",
    "hard": "hard, one vote",
    "majority": "cross-entropy, majority",
}
BOX_LOSSES = ("baseline", "soft", "hard", "top-k")  # of the detectors


class Settings(Base):
    """The knobs of bootstrapping."""

    data = knobs.data("The pictures to tell apart, and their classes.")
    kind = param.Selector(
        default="wrong-labels",
        objects={
            "wrong labels": "wrong-labels",
            "annotators": "annotators",
            "missing boxes": "missing-boxes",
        },
        label="Experiment",
        doc="Labels at fault, people who disagree, or boxes nobody drew.",
    )
    pattern = param.Selector(
        default="uniform",
        objects=["uniform", "pair", "permutation", "look-alikes"],
        label="Noise pattern",
        doc="Where a wrong label goes: any other class, the next one, the paper's permutation, "
        "or a class that looks alike.",
    )
    noise = param.Number(
        0.4,
        bounds=(0, 0.8),
        step=0.05,
        label="Wrong labels (share)",
        doc="Share of the training labels that are wrong, exact to one label.",
    )
    unlabelled = param.Number(
        0.0,
        bounds=(0, 0.95),
        step=0.05,
        label="No label (share)",
        doc="Share of the training items that have no label at all, right or wrong. Cross-entropy "
        "learns nothing from them; bootstrapping believes itself about them.",
    )
    loss = param.Selector(
        default="hard",
        objects={
            "cross-entropy": "cross-entropy",
            "soft": "soft",
            "hard": "hard",
            "reconstruction": "recon",
            "soft-detached": "soft-detached",
        },
        label="Loss",
        doc="What to minimise; cross-entropy trains beside it.",
    )
    annotators = param.Integer(
        3, bounds=(1, 9), label="Annotators", doc="How many people label each item."
    )
    careless = param.Number(
        0.4,
        bounds=(0, 0.8),
        step=0.05,
        label="Carelessness",
        doc="How often an annotator is wrong on average; each has habits of their own.",
    )
    annotated = param.Number(
        0.6,
        bounds=(0.1, 1),
        step=0.05,
        label="Annotated (share of boxes)",
        doc="Share of the objects in training scenes that somebody drew a box around.",
    )
    beta = Stops(
        0.6,
        [0, 0.001, 0.005, 0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1],
        label="Beta",
        doc="Weight of the given label; 1 is cross-entropy. In recon, weight of the picture "
        "(0.005 in the paper).",
    )
    k = param.Integer(
        2,
        bounds=(0, 8),
        label="Top k",
        doc="Locations a scene that the top-k heuristic leaves out: the surest without a box.",
    )
    baselines = param.Boolean(
        False,
        label="Baselines",
        doc="Also show early stopping on a small clean set, and the noise layer alone.",
    )
    warm_up = Stops(
        50,
        [0, 25, 50, 100, 200, 400, 800],
        label="Warm-up (steps)",
        precedence=2,
        doc="Steps of plain cross-entropy first: an untrained network has no opinion.",
    )
    width = Stops(
        128,
        [16, 32, 64, 128, 256, 500],
        label="Width",
        precedence=2,
        doc="Hidden units; pictures over 16 x 16 get a second layer of three fifths of them.",
    )
    decay = Stops(
        0.0,
        [0, 0.00001, 0.0001, 0.001, 0.003, 0.01],
        label="Weight decay",
        precedence=2,
        doc="L2 penalty on the weights (0.0001 in the paper).",
    )
    falling = param.Boolean(
        False,
        label="Falling rate",
        precedence=2,
        doc="The learning rate falls to zero in a straight line; else it stays as it is.",
    )
    lr = knobs.learning_rate(0.003, [0.0003, 0.001, 0.003, 0.01, 0.03])
    steps = knobs.steps(1200, [100, 200, 400, 800, 1200, 2400, 5000, 10000, 20000])
    seed = knobs.seed("the wrong labels, the initial weights and the order of the data")

    relevant = {
        "pattern": lambda s: s.kind == "wrong-labels",
        "noise": lambda s: s.kind == "wrong-labels",
        "unlabelled": lambda s: s.kind == "wrong-labels",
        "loss": lambda s: s.kind == "wrong-labels",
        "baselines": lambda s: s.kind == "wrong-labels",
        "annotators": lambda s: s.kind == "annotators",
        "careless": lambda s: s.kind == "annotators",
        "annotated": lambda s: s.kind == "missing-boxes",
        "k": lambda s: s.kind == "missing-boxes",
        "falling": lambda s: s.kind != "missing-boxes",
        "beta": lambda s: s.kind != "wrong-labels" or s.loss != "cross-entropy",
        "warm_up": lambda s: s.kind != "wrong-labels" or s.loss not in ("cross-entropy", "recon"),
    }
