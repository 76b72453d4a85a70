"""Words from their company: skip-gram with negative sampling, beside counting."""

from workbench.chapters.words.knobs import Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace
from workbench.data.texts import corpora


def source(run: Settings):
    """What asks for the files of a run's text."""
    return corpora.source(run.data)


CHAPTER = Chapter(
    package=__name__,
    name="words",
    number=18,
    Settings=Settings,
    stackable=("exponent", "lr", "seed"),
    traces=(
        Trace(
            "Correlation with log counts",
            {"r": "log counts over smoothed noise", "r_plain": "pointwise mutual information"},
            "correlation",
            caption="Of the dot products with two logarithms of counts. Training has counted "
            "nothing.",
            dashed=("r_plain",),
        ),
        Trace(
            "Loss",
            {"loss": "of a pair", "start": "(k + 1) ln 2"},
            "nats",
            caption="At the start every answer is one half. The loss grows with k, so losses of "
            "different k do not compare.",
            dashed=("start",),
        ),
        Trace(
            "Neighbours of the same group",
            {
                "same_group": "by prediction",
                "same_group_counts": "by counting",
                "chance": "by chance",
            },
            "share of the listed words",
            caption="How often the nearest of the other listed words is of the same group: a slot "
            "of the toy grammar, or a field of the documentation.",
            dashed=("same_group_counts", "chance"),
        ),
        Trace(
            "The line through the pairs",
            {"slope": "slope", "bias": "bias"},
            "of dot products over log counts",
            caption="Slope 1 and bias 0: the dot product is the logarithm itself.",
        ),
    ),
    layout=(
        "plane",
        "factors",
        "neighbours",
        "Correlation with log counts",
        "offset",
        "Neighbours of the same group",
        "Loss",
        "The line through the pairs",
        "tests",
    ),
    thumbnail="factors",
    source=source,
)
