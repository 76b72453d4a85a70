"""You are the oracle: the questions of active learning are yours to answer, by click or by key."""

import panel as pn

from workbench.chapters.ceal.knobs import LABELS
from workbench.chapters.ceal.lab_knobs import SEEDS, STRATEGIES, sets
from workbench.view.labs.oracle import Oracle, Task

TITLE = "You are the oracle"

INTRODUCTION = (
    "The network asks about what it doubts, ten items a round for five rounds; you label them by a "
    "click or a key (s skips, u takes back). Wrong answers are kept as you gave them. Your curve "
    "joins those of the strategies with an oracle who is never wrong. Your answers are kept in "
    "this page's address, so you may reload and go on."
)


def task() -> Task:
    """The pools that can be had here, and the strategies."""
    return Task(
        "workbench.chapters.ceal.oracle_lab:Oracle",
        boxes={"Pool": sets(), "Strategy": {LABELS[name]: name for name in STRATEGIES}},
        again="Other questions",
        seeds=SEEDS,
        busy="The network learns from your answers.",
        memory="ceal-oracle",
    )


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The page's content, for one reader."""
    return Oracle(task(), dark).view
