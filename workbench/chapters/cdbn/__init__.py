"""A convolutional deep belief network: Boltzmann machines that share weights over positions."""

from workbench.chapters.cdbn.knobs import Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="cdbn",
    number=16,
    Settings=Settings,
    stackable=("sparsity", "lr", "momentum", "seed"),
    traces=(
        Trace(
            "Reconstruction error",
            {"mse": "mean field", "sampled_mse": "sampled", "mean_mse": "the mean picture"},
            "mean square per pixel",
            log_y=True,
            caption="On held-out pictures. Whatever is above the mean picture has learnt nothing.",
            dashed=("mean_mse",),
        ),
        Trace(
            "Free energy",
            {"free_train": "training pictures", "free_test": "held-out pictures"},
            "nats a picture",
            caption="Its level means nothing, since a constant of it is unknown and changes. Where "
            "the lines part, the layer knows its training pictures by heart.",
        ),
        Trace(
            "Probe with 100 labels",
            {
                "probe_100": "first layer",
                "second_100": "second layer",
                "shuffled_100": "first layer, filters shuffled",
                "random_100": "untrained filters",
                "raw_100": "pixels",
            },
            "share right",
            caption="Held-out pictures that a linear classifier names rightly.",
            dashed=("shuffled_100", "random_100", "raw_100"),
        ),
        Trace(
            "Hidden units that are on",
            {"active": "first layer"},
            "share of units",
            caption="On training pictures; the sparsity target pulls at it.",
        ),
    ),
    layout=(
        "filters",
        "block",
        "reconstructions",
        "parts",
        "probes",
        "Reconstruction error",
        "Free energy",
        "Probe with 100 labels",
        "Hidden units that are on",
        "filled",
    ),
    thumbnail="filters",
)
