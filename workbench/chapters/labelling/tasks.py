"""What a reader predicts and solves in the chapter on labelling functions."""

from collections.abc import Mapping, Sequence

from workbench.chapters.labelling.knobs import MODELS, Settings
from workbench.core.frames import Frame
from workbench.core.lesson import (
    Bound,
    Direction,
    Goal,
    Lesson,
    Outcome,
    Pick,
    Range,
    Reason,
    Task,
)
from workbench.core.quantity import PERCENT, Quantity, percent

MODEL = {  # within a sentence
    "majority": "the vote",
    "triplet": "the model of triplets",
    "em": "EM",
    "confusion": "class-conditional EM",
}
GOOD = """1 if slant > 0 else 7 if slant < -0.08
1 if top_row < 0.25 else 7 if top_row > 0.35
1 if bottom_row > 0.22 else 7 if bottom_row < 0.17"""
THIN = "1 if ink > 0.31 else 7 if ink < 0.27"


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """How many labels are right, in one sentence."""
    if not numbers.get("covered"):
        return "No function votes on any item."
    right, vote = percent(numbers["labels_right"]), percent(numbers["majority_right"])
    copies = f"With the worst function {run.copies + 1:g} times " if run.copies else ""
    name = MODEL[run.model] if copies else MODEL[run.model][:1].upper() + MODEL[run.model][1:]
    if numbers["one_class"] > max(0.9, numbers["true_class"] + 0.1):
        return f"{copies}{name} calls {percent(numbers['one_class'])} of the items by one name."
    words = f"{copies}{name} labels {right} of the covered items rightly"
    return f"{words}." if run.model == "majority" else f"{words}, and the vote {vote}."
