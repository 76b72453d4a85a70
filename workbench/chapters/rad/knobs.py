"""The knobs of RAD, and the names of its variants and classifiers. Nothing here loads a model."""

import param

from workbench.core import knobs
from workbench.core.knobs import Stops
from workbench.core.settings import Settings as Base
from workbench.data import tables

VARIANTS = {  # what is trained side by side, and its line among the accuracies
    "rad": "RAD",
    "voting": "Voting",
    "active": "Active",
    "slim": "Slim",
    "ensemble": "Ensemble",
    "no_sel": "No-Sel",
    "opt_sel": "Opt-Sel",
    "full_clean": "Full-clean",
}
LABELS = VARIANTS | {  # the same in words, for the page
    "active": "Active learning",
    "no_sel": "No selection",
    "opt_sel": "Optimal selection",
    "full_clean": "Full cleaning",
}
SWITCHES = tuple(name for name in VARIANTS if name != "rad")  # each is a knob
ASKING = ("active", "slim", "full_clean")
ESTIMATORS = ("k-NN", "decision tree", "random forest", "long MLP", "MLP")


class Settings(Base):
    """The knobs of RAD."""

    stream = param.Selector(
        default="pictures",
        objects=["pictures", *tables.names()],
        label="Stream",
        doc="What arrives: pictures (the data knob), simulated IoT attacks or cluster tasks, or a "
        "real table from the data folder.",
    )
    data = knobs.data("The pictures, or a .csv of yours with labels.")
    noise = param.Number(
        0.3,
        bounds=(0, 1),
        step=0.05,
        label="Noise level",
        doc="Mean share of wrong labels in a batch.",
    )
    noise_std = param.Number(
        0.2,
        bounds=(0, 1),
        step=0.05,
        label="Noise std",
        doc="How much that share varies from batch to batch.",
    )
    spread = param.Selector(
        default="relative",
        objects=["relative", "absolute"],
        label="Spread of the noise is",
        doc="Relative: std times the level (the paper's 40 +/- 8). Absolute: std itself, as in the "
        "authors' code.",
    )
    classifier = param.Selector(
        default="decision tree",
        objects=list(ESTIMATORS),
        label="Classifier C",
        doc="What is to be trained, on the labels that the filter keeps. The long MLP takes eight "
        "times the steps, until it repeats wrong labels, too.",
    )
    label_model = param.Selector(
        default="k-NN",
        objects=list(ESTIMATORS),
        label="Label model L",
        doc="What judges labels.",
    )
    budget = Stops(
        5,
        [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000],
        label="Questions a batch",
        doc="How many samples of a batch the expert may be asked about (Active, Slim).",
    )
    delay = Stops(
        0,
        [0, 1, 2, 5, 10, 20],
        label="Answers come late by",
        precedence=2,
        doc="Batches until the expert's answers are there to learn from (Active, Slim); 0 is at "
        "once, as RAD assumes.",
    )
    look = param.Selector(
        default="active",
        objects={"RAD": "rad", "Voting": "voting", "Active learning": "active", "Slim": "slim"},
        label="Look at",
        doc="The variant whose choices are shown.",
    )
    initial = Stops(
        100,
        [10, 20, 50, 100, 200, 500, 1000, 2000, 6000],
        label="Clean samples at first",
        precedence=2,
        doc="Size of the first batch, which is clean.",
    )
    batch = Stops(
        60,
        [10, 20, 30, 60, 100, 200, 300, 500, 1000, 2000],
        label="Batch",
        precedence=2,
        doc="Samples that arrive at once; fewer if the data do not reach.",
    )
    voting = param.Boolean(True, label="RAD Voting", precedence=2, doc="Train it beside RAD.")
    active = param.Boolean(True, label="RAD Active", precedence=2, doc="Train it beside RAD.")
    slim = param.Boolean(True, label="RAD Slim", precedence=2, doc="Train it beside RAD.")
    ensemble = param.Boolean(
        True, label="Ensemble", precedence=2, doc="Let RAD's L and C predict together."
    )
    no_sel = param.Boolean(
        True, label="No selection", precedence=2, doc="Train a classifier on all labels."
    )
    opt_sel = param.Boolean(
        True,
        label="Optimal selection",
        precedence=2,
        doc="Train a classifier on the right labels alone.",
    )
    full_clean = param.Boolean(
        True,
        label="Full cleaning",
        precedence=2,
        doc="Train a classifier on the true labels of all.",
    )
    steps = knobs.steps(20, [20, 30, 40, 60], label="Batches", doc="Batches that arrive.")
    seed = knobs.seed(
        "the order of the samples, the wrong labels and the models' own random numbers"
    )

    relevant = {
        "data": lambda s: s.stream == "pictures",
        "noise_std": lambda s: s.noise > 0 or s.spread == "absolute",
        "spread": lambda s: s.noise > 0,
        "budget": lambda s: s.active or s.slim or s.look in ASKING,
        "delay": lambda s: s.budget > 0 and s.matters("budget"),
    }
