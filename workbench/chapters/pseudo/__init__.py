"""Pseudo-labels: a network's own guesses as labels."""

from workbench.chapters.pseudo.knobs import Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="pseudo",
    number=9,
    Settings=Settings,
    stackable=(
        "labels",
        "start",
        "full",
        "alpha",
        "sure",
        "mixup",
        "least",
        "balance",
        "certainty",
        "mix",
        "k",
        "weight_a",
        "weight_h",
        "lr",
        "seed",
    ),
    traces=(
        Trace(
            "Test accuracy",
            {
                "accuracy": "believes itself",
                "naive_accuracy": "memory alone",
                "supervised_accuracy": "labels alone",
                "mixup_accuracy": "labels and mixup",
            },
            "share right",
            dashed=("supervised_accuracy", "mixup_accuracy"),
            caption="Held-out items. All networks know the same labels and start alike.",
        ),
        Trace(
            "What the guesses weigh",
            {"belief": "own guesses"},
            "against 1 of the labels",
            caption="Nothing before T1. With a memory, guesses count from the epoch after the "
            "first that is remembered.",
        ),
        Trace(
            "Confidence in wrong guesses",
            {
                "sure_right": "right",
                "sure_wrong": "wrong",
                "supervised_sure_wrong": "wrong, labels alone",
            },
            "mean confidence",
            dashed=("supervised_sure_wrong",),
            caption="Guesses about unlabelled items. Where the wrong ones become as sure as the "
            "right, nothing in the network can tell them apart any more.",
        ),
        Trace(
            "What becomes of early mistakes",
            {
                "still_wrong": "still wrong",
                "repaired": "repaired",
                "newly_wrong": "newly wrong",
                "supervised_still_wrong": "still wrong, labels alone",
                "supervised_newly_wrong": "newly wrong, labels alone",
            },
            "share of unlabelled items",
            dashed=("supervised_still_wrong", "supervised_newly_wrong"),
            caption="From T1 on: wrong guesses of that moment that are wrong still or have been "
            "repaired, and right ones that have been lost.",
        ),
        Trace(
            "Right guesses",
            {"guessed": "believes itself", "supervised_guessed": "labels alone"},
            "share right",
            dashed=("supervised_guessed",),
            caption="Guesses about unlabelled items: the pseudo-labels, whether they count or not.",
        ),
        Trace(
            "Calibration error",
            {
                "ece": "believes itself",
                "supervised_ece": "labels alone",
                "mixup_ece": "labels and mixup",
            },
            "error, as a share",
            dashed=("supervised_ece", "mixup_ece"),
            caption="Distance between how sure a network is and how often it is right.",
        ),
    ),
    layout=(
        "plane",
        "Test accuracy",
        "Confidence in wrong guesses",
        "What becomes of early mistakes",
        "memory",
        "items",
        "confidences",
        "calibration",
        "shares",
        "standings",
        "What the guesses weigh",
        "Right guesses",
        "Calibration error",
    ),
    thumbnail="plane",
    lessons={"mixup-memory": "memory"},
)
