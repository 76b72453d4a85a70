"""RAD stage by stage: a batch arrives, L judges, C votes, the expert answers, all is retrained."""

import panel as pn

from workbench.view.labs.stepper import Stepper

TITLE = "RAD, stage by stage"
LAB = "workbench.chapters.rad.stepper_lab:Stepper"

INTRODUCTION = (
    "Go through RAD Active Learning one stage at a time: a batch arrives, the label model L judges "
    "its labels, the classifier C votes where L disagrees, a perfect expert answers the questions "
    "that are left, and both models are trained anew."
)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The page's content, for one reader."""
    return Stepper(LAB, dark).view
