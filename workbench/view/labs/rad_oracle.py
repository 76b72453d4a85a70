"""Be the oracle: the samples that RAD doubts are yours to name, within the budget."""

import panel as pn

from workbench.chapters.rad.lab_knobs import streams
from workbench.view.labs.oracle import Oracle, Task

TITLE = "Be the oracle"

INTRODUCTION = (
    "RAD Active Learning asks you. In each batch it puts before you the samples on whose class the "
    "label, L and C cannot agree; name what you see. At the end your run stands beside that of a "
    "perfect oracle and that of nobody to ask."
)


def task() -> Task:
    """The streams that can be had here."""
    return Task(
        "workbench.chapters.rad.oracle_lab:Oracle", boxes={"Stream": streams()}, again="Begin again"
    )


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The page's content, for one reader."""
    return Oracle(task(), dark).view
