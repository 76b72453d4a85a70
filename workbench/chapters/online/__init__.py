"""Online learning: predict, then learn, item by item, while the world may change."""

from workbench.chapters.online.knobs import LEARNERS, Settings
from workbench.chapters.online.timed import source
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="online",
    number=13,
    Settings=Settings,
    traces=(
        Trace(
            "Accuracy so far",
            {f"{name}_whole": title for name, title in LEARNERS.items()},
            "share of all items so far",
            x_label="item",
            caption="Every item is a test before it is a lesson, so no test set is needed.",
            dashed=("frozen_whole", "everything_whole"),
        ),
    ),
    layout=("accuracy", "phases", "memory", "latest", "regret", "Accuracy so far"),
    thumbnail="accuracy",
    source=source,
)
