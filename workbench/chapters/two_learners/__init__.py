"""Co-training and co-teaching: two learners."""

from workbench.chapters.two_learners.knobs import Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

TAUGHT = {"": "co-teaching", "own_": "own picks", "standard_": "standard training"}

CHAPTER = Chapter(
    package=__name__,
    name="two-learners",
    number=10,
    Settings=Settings,
    stackable=(
        "rho",
        "split",
        "per",
        "labels",
        "pool",
        "pattern",
        "noise",
        "tau",
        "ramp",
        "lr",
        "seed",
    ),
    traces=(
        Trace(
            "Test accuracy",
            {
                "accuracy": "two learners",
                "view_1": "first view",
                "view_2": "second view",
                "self_accuracy": "self-training, both views",
                "supervised_accuracy": "supervised, both views",
                "own_accuracy": "own picks",
                "standard_accuracy": "standard training",
            },
            "share right",
            dashed=("supervised_accuracy", "standard_accuracy"),
            caption="Held-out items, mean over seeds. Every line has had as many steps.",
        ),
        Trace(
            "Wrong labels among those given",
            {"wrong": "by two views", "self_wrong": "by self-training"},
            "share wrong",
            dashed=("self_wrong",),
            caption="Labels that the learners gave. Independent views turn a wrong one into noise; "
            "to one learner it is the truth.",
        ),
        Trace(
            "Gain over supervised",
            {"gain": "co-training", "self_gain": "self-training"},
            "gain in accuracy",
            dashed=("self_gain",),
            caption="What the labels that the learners gave are worth.",
        ),
        Trace(
            "Label precision of the picks",
            {"precision": "co-teaching", "own_precision": "own picks", "kept": "share kept, R(T)"},
            "share",
            dashed=("kept",),
            caption="Share of right labels among the items kept of 1,000, as if they were one "
            "batch.",
        ),
        Trace(
            "Apart on errors",
            {f"{prefix}apart": name for prefix, name in TAUGHT.items()},
            "share",
            dashed=("standard_apart",),
            caption="Test items that one network has wrong: how often the other says something "
            "else.",
        ),
        Trace(
            "Together on right answers",
            {f"{prefix}agree": name for prefix, name in TAUGHT.items()},
            "share",
            dashed=("standard_agree",),
            caption="Test items that one network has right: how often the other has, too.",
        ),
        Trace(
            "Wrong labels known by heart",
            {f"{prefix}memorised": name for prefix, name in TAUGHT.items()},
            "share",
            dashed=("standard_memorised",),
            caption="Training items with a wrong label that a network repeats.",
        ),
    ),
    layout=(
        "Test accuracy",
        "planes",
        "losses",
        "views",
        "taught",
        "Label precision of the picks",
        "Apart on errors",
        "thrown",
        "Wrong labels among those given",
        "Together on right answers",
        "teachers",
        "Gain over supervised",
        "Wrong labels known by heart",
        "matrix",
    ),
    thumbnail="Test accuracy",
    lessons={"co-teaching": "co_teaching.lesson"},
)
