"""Bootstrapping: wrong labels."""

from workbench.chapters.bootstrap.knobs import BOX_LOSSES, ROLES, Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="bootstrap",
    number=6,
    Settings=Settings,
    stackable=(
        "pattern",
        "noise",
        "unlabelled",
        "loss",
        "annotators",
        "careless",
        "annotated",
        "beta",
        "k",
        "baselines",
        "warm_up",
        "decay",
        "lr",
        "seed",
    ),
    traces=(
        Trace(
            "Test accuracy",
            {
                "accuracy": "chosen loss",
                "plain_accuracy": "cross-entropy",
                "early_accuracy": "cross-entropy, stopped early",
                "layer_accuracy": "noise layer alone",
                **{f"{role}_accuracy": label for role, label in ROLES.items()},
            },
            "share right",
            dashed=("plain_accuracy", "single_accuracy"),
            caption="True labels of held-out items. A curve that falls has begun to memorise.",
        ),
        Trace(
            "Memorisation",
            {
                "learnt": "right labels",
                "memorised": "wrong labels",
                "plain_learnt": "right labels, cross-entropy",
                "plain_memorised": "wrong labels, cross-entropy",
            },
            "share reproduced",
            dashed=("plain_learnt", "plain_memorised"),
            caption="Training items whose given label the network repeats. To repeat a wrong one "
            "is to know it by heart.",
        ),
        Trace(
            "Second thoughts",
            {"changed": "labels it would change", "right": "right to do so"},
            "share",
            caption="Training labels that the network disagrees with, and how often its own is "
            "the true one.",
        ),
        Trace(
            "Average precision",
            {f"ap_{loss}": loss for loss in BOX_LOSSES},
            "average precision",
            dashed=("ap_baseline",),
            caption="Area under precision and recall on test scenes.",
        ),
        Trace(
            "Objects found",
            {f"recall_{loss}": loss for loss in BOX_LOSSES},
            "share found",
            dashed=("recall_baseline",),
            caption="Objects of test scenes with a box of confidence over 1/2.",
        ),
        Trace(
            "Forgotten objects found",
            {f"missing_{loss}": loss for loss in BOX_LOSSES},
            "share found",
            dashed=("missing_baseline",),
            caption="Objects of training scenes that nobody drew a box around. Where the curve "
            "falls, the detector learns by heart that nothing is there.",
        ),
    ),
    layout=(
        "Test accuracy",
        "Memorisation",
        "changed",
        "believed",
        "matrix",
        "Second thoughts",
        "shares",
        "habits",
        "Average precision",
        "scenes",
        "precision_recall",
        "Objects found",
        "annotation",
        "Forgotten objects found",
    ),
    thumbnail="Test accuracy",
    lessons={"missing-boxes": "detection.lesson"},
)
