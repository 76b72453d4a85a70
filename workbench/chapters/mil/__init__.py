"""Bags: multi-instance learning with attention."""

from workbench.chapters.mil.bags import source
from workbench.chapters.mil.knobs import Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="mil",
    number=5,
    Settings=Settings,
    stackable=("pooling", "share", "witness", "wrong", "lr", "seed"),
    traces=(
        Trace(
            "AUC on bags",
            {"auc": "test bags", "train_auc": "training bags"},
            "area under ROC",
            dashed=("train_auc",),
            caption="The chance that a positive bag scores above a negative one; 0.5 is guessing.",
        ),
        Trace(
            "AUC on instances",
            {"instance_auc": "witness above the others", "top_witness": "largest weight"},
            "share",
            caption="In positive test bags: the chance that a witness has more weight "
            "than another instance, and how often the largest weight is a witness's. No instance "
            "label was ever given.",
        ),
        Trace(
            "Entropy of the weights",
            {"spread_positive": "positive bags", "spread_negative": "negative bags"},
            "entropy, 0 to 1",
            caption="Where there is nothing to find the weights stay spread.",
        ),
        Trace(
            "Loss",
            {"loss": "mini-batch"},
            "nats a bag",
            log_x=True,
            caption="Cross-entropy of bag labels, the only ones there are.",
        ),
    ),
    layout=(
        "AUC on bags",
        "strips",
        "AUC on instances",
        "removal",
        "making",
        "certainty",
        "Entropy of the weights",
        "mistakes",
        "Loss",
    ),
    thumbnail="strips",
    source=source,
)
