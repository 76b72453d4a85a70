"""RAD: online learning with wrong labels."""

from workbench.chapters.rad.knobs import ASKING, LABELS, Settings
from workbench.chapters.rad.stream import source
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="rad",
    number=7,
    Settings=Settings,
    traces=(
        Trace(
            "Accuracy on clean test data",
            LABELS | {"label_model": "RAD's label model alone", "clean_batch": "first batch alone"},
            "accuracy",
            x_label="batch",
            caption="No selection believes every label, optimal selection drops exactly the wrong "
            "ones, and the first batch alone is what a classifier knows that learns nothing more. "
            "Dashed: what to compare with.",
            dashed=("no_sel", "opt_sel", "full_clean", "label_model", "clean_batch"),
        ),
        Trace(
            "What the filter keeps",
            {
                "kept": "share kept",
                "purity": "purity (precision)",
                "recall": "recall",
                "noise": "wrong labels in the batch",
            },
            "share",
            x_label="batch",
            caption="Purity: kept samples learnt under their true label. Recall: samples that came "
            "with the right label and were kept.",
            dashed=("noise",),
        ),
        Trace(
            "Questions asked",
            {f"asked_{rule}": LABELS[rule] for rule in ASKING},
            "questions so far",
            x_label="batch",
            caption="What each variant costs the expert.",
        ),
        Trace(
            "Drift of the class balance",
            {"drift": "distance"},
            "total variation, 0 to 1",
            x_label="batch",
            caption="Between the classes that arrived and those that were kept: 0 is faithful.",
        ),
        Trace(
            "Learnt by heart",
            {"memorised": LABELS["no_sel"]},
            "share of the wrong labels",
            x_label="batch",
            caption="Wrong labels that the classifier without selection repeats. Only one that "
            "memorises can be helped by a filter.",
        ),
        Trace(
            "Do the two models agree?",
            {"agreement": "L and C of RAD"},
            "share of the test data",
            x_label="batch",
            caption="Clean test samples that RAD's label model and its classifier take for the "
            "same class. Both learn from what the label model let through.",
        ),
    ),
    layout=(
        "Accuracy on clean test data",
        "What the filter keeps",
        "fates",
        "variants",
        "examples",
        "Questions asked",
        "costs",
        "classes",
        "confusion",
        "relabelled",
        "Drift of the class balance",
        "Learnt by heart",
        "Do the two models agree?",
    ),
    thumbnail="Accuracy on clean test data",
    source=source,
)
