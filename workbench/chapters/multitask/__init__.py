"""Multi-task learning: one trunk for several tasks, or one task after the other."""

from workbench.chapters.multitask.knobs import Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="multitask",
    number=12,
    Settings=Settings,
    stackable=("weight", "weights", "shuffled", "cap", "repeats", "curve", "lr", "seed"),
    traces=(
        Trace(
            "Weights of the two tasks",
            {"weight_main": "main task", "weight_other": "other task"},
            "weight",
            log_y=True,
            caption="What a loss counts for. A learnt weight grows as its loss falls, to the cap.",
        ),
        Trace(
            "Do the tasks agree?",
            {"cosine": "cosine of the two gradients"},
            "cosine",
            caption="On the trunk, over 200 items. Above 0 a step for one task helps the other.",
        ),
    ),
    layout=(
        "accuracy",
        "relatedness",
        "classes",
        "examples",
        "Do the tasks agree?",
        "Weights of the two tasks",
    ),
    thumbnail="accuracy",
)
