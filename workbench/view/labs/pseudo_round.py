"""One round by hand: what the network is surest of is judged, and what it doubts is named."""

import panel as pn

from workbench.chapters.pseudo.lab_knobs import LABELS, SEEDS, sets
from workbench.view.labs.oracle import Oracle, Task

TITLE = "One round by hand"

INTRODUCTION = (
    "The network has learnt a label or a few of each class. Accept or refuse the twenty guesses of "
    "which it is surest, and see what training on them does; then name the ten items that it "
    "doubts most, and compare. Your answers are kept in this page's address, so you may "
    "reload and go on."
)


def task() -> Task:
    """The sets that can be had here, and how many labels there are at first."""
    return Task(
        "workbench.chapters.pseudo.round_lab:Round",
        boxes={"Pool": sets(), "Labels at first": LABELS},
        again="Another round",
        seeds=SEEDS,
        busy="The network learns from your answers.",
        memory="pseudo-round",
    )


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The page's content, for one reader."""
    return Oracle(task(), dark).view
