"""Predict the next frame, and pass on the error."""

from workbench.chapters.prednet.knobs import Settings
from workbench.chapters.prednet.source import source
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="prednet",
    number=17,
    Settings=Settings,
    stackable=("measure", "speed", "upper", "lr", "seed"),
    traces=(
        Trace(
            "Error of the next frame",
            {
                "ratio": "PredNet",
                "plain": "ConvLSTM",
                "black": "black frame",
                "mean": "mean frame",
                "shift": "best shift",
                "extrapolation": "extrapolation",
            },
            "times that of copying",
            caption="On held-out clips. Below 1 a prediction is better than the last frame again.",
            dashed=("black", "mean", "shift", "extrapolation"),
        ),
    ),
    layout=(
        "strip",
        "ahead",
        "Error of the next frame",
        "alone",
        "beside",
        "sharpness",
        "top",
    ),
    thumbnail="strip",
    source=source,
)
