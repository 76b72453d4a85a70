"""TODO."""

from workbench.chapters.ceal.claims import CLAIMS
from workbench.chapters.ceal.frames import train, train_together
from workbench.chapters.ceal.knobs import Settings
from workbench.chapters.ceal.queries import STRATEGIES
from workbench.chapters.ceal.rounds import REFERENCES
from workbench.core.chapter import Chapter, Published
from workbench.core.frames import Trace

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
