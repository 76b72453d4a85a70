"""Labelling functions: labels written as rules, and a model of how far to believe each."""

from workbench.chapters.labelling.knobs import Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace


def source(run: Settings):
    """What asks for the files of a run's items."""
    from workbench.chapters.labelling import pools  # scipy, which a page needs not

    return pools.source(run)


CHAPTER = Chapter(
    package=__name__,
    name="labelling",
    number=11,
    Settings=Settings,
    traces=(
        Trace(
            "Labels that are right",
            {
                "em_right": "EM, one accuracy each",
                "confusion_right": "class-conditional EM",
                "triplet_right": "triplets",
                "majority_right": "majority vote",
            },
            "share of covered items",
            x_label="round",
            caption="Ties count half. Nobody has told these models a single label.",
            dashed=("triplet_right", "majority_right"),
        ),
        Trace(
            "Classifier on test items",
            {
                "end": "learns the label model",
                "end_majority": "learns the vote",
                "end_gold": "learns gold labels",
                "functions_right": "functions alone",
            },
            "accuracy",
            x_label="round",
            caption="A classifier that learns the labels also judges what no function covers.",
            dashed=("end_majority", "end_gold", "functions_right"),
        ),
        Trace(
            "Called by one name",
            {"one_class": "the label model", "true_class": "truly"},
            "share of items",
            x_label="round",
            caption="Near 1 the model explains all votes by calling everything alike.",
            dashed=("true_class",),
        ),
        Trace(
            "Error of the accuracies",
            {"em_error": "EM", "triplet_error": "triplets"},
            "mean distance",
            x_label="round",
            caption="Between how often a function is right and how often the model thinks so.",
            dashed=("triplet_error",),
        ),
    ),
    layout=(
        "functions",
        "Labels that are right",
        "matrix",
        "accuracies",
        "Classifier on test items",
        "worth",
        "models",
        "examples",
        "Called by one name",
        "Error of the accuracies",
    ),
    thumbnail="accuracies",
    source=source,
)
