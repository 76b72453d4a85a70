"""CEAL stage by stage: predict, ask, pseudo-label, fine-tune, forget."""

import panel as pn

from workbench.view.labs.stepper import Stepper

TITLE = "A round, stage by stage"
LAB = "workbench.chapters.ceal.stepper_lab:Stepper"

INTRODUCTION = (
    "Go through CEAL with margin questions one stage at a time: the network says what it thinks of "
    "the pool, asks, is believed where it is sure, learns, and forgets its own labels."
)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The page's content, for one reader."""
    return Stepper(LAB, dark).view
