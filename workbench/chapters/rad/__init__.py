"""RAD: learning on-line from lying labels."""

from workbench.chapters.rad.knobs import VARIANTS, Settings
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
            VARIANTS,
            "accuracy",
            x_label="batch",
            caption="No-Sel believes every label, Opt-Sel drops exactly the wrong ones.",
            dashed=("no_sel", "opt_sel", "full_clean"),
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
            {"asked_active": "Active", "asked_slim": "Slim", "asked_full_clean": "Full-clean"},
            "questions so far",
            x_label="batch",
            caption="What each variant costs the expert.",
        ),
        Trace(
            "Drift of the class balance",
            {"drift": "distance"},
            "total variation",
            x_label="batch",
            caption="Between the classes that arrived and those that were kept: 0 is faithful.",
        ),
        Trace(
            "Learnt by heart",
            {"memorised": "No-Sel"},
            "share of the wrong labels",
            x_label="batch",
            caption="Wrong labels that No-Sel's classifier repeats. Only a classifier that "
            "memorises can be helped by a filter.",
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
    ),
    thumbnail="Accuracy on clean test data",
    source=source,
)
