"""Self-supervision: pretext tasks."""

from workbench.chapters.selfsup.knobs import DRAWS, PROBES, Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="selfsup",
    number=4,
    Settings=Settings,
    traces=(
        Trace(
            "Pretext accuracy",
            {"accuracy": "held-out", "chance": "chance", "edges": "edges alone"},
            "accuracy",
            dashed=("chance", "edges"),
            log_x=True,
            caption="Right answers to the task itself. Good answers do not make good features.",
        ),
        Trace(
            "Probe accuracy",
            {f"probe_{name}": title for name, title in PROBES.items()},
            "test accuracy",
            dashed=("probe_random", "probe_raw"),
            log_x=True,
            caption="A linear classifier on the frozen features, with the labels of the knob; "
            f"means of {DRAWS} draws of the labels.",
        ),
        Trace(
            "Colourfulness",
            {"chroma": "answered", "chroma_true": "true"},
            "chroma",
            dashed=("chroma_true",),
            log_x=True,
            caption="Mean distance from grey in the ab plane. Squared error plays safe: grey.",
        ),
    ),
    layout=(
        "Pretext accuracy",
        "examples",
        "Probe accuracy",
        "labels",
        "colours",
        "mistakes",
        "neighbours",
        "Colourfulness",
        "filters",
    ),
    thumbnail="examples",
)
