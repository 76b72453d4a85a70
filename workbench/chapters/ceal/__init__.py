"""CEAL: spending a labelling budget."""

from workbench.chapters.ceal.knobs import LABELS, REFERENCES, STRATEGIES, Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="ceal",
    number=8,
    Settings=Settings,
    stackable=(
        "strategy",
        "delta",
        "decay",
        "schedule",
        "paid",
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
            {"accuracy": "this strategy", **{name: LABELS[name] for name in STRATEGIES}},
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
            "error, as a share",
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
)
