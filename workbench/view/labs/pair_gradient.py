"""One pair of words and its noise: the loss and its gradient by hand, stage by stage."""

import panel as pn

from workbench.view.labs.stepper import Stepper

TITLE = "One pair's gradient, by hand"
LAB = "workbench.chapters.words.pair_lab:PairLab"

INTRODUCTION = (
    "One pair of the text and three noise words, with vectors of two numbers. Work out each stage "
    "before you open it: dot products, answers, errors, and what they do to every vector."
)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The page's content, for one reader."""
    return Stepper(LAB, dark).view
