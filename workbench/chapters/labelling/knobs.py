"""The knobs of labelling functions. Nothing here loads a model."""

import param

from workbench.chapters.labelling import defaults, language
from workbench.core import knobs
from workbench.core.knobs import Stops, Text
from workbench.core.settings import Settings as Base

QUESTIONS = tuple(defaults.OF_DIGITS)
VIDEOS = ("Psy", "KatyPerry", "LMFAO", "Eminem", "Shakira")
VOTERS = {  # accuracies of the functions whose votes are drawn
    "one good, four poor": (0.9, 0.7, 0.65, 0.6, 0.55),
    "all quite good": (0.9, 0.8, 0.75, 0.7, 0.6),
    "all alike": (0.7,) * 5,
}
MODELS = {  # name: title
    "majority": "Majority vote",
    "triplet": "Triplets",
    "em": "EM, one accuracy each",
    "confusion": "Class-conditional EM",
}
LONGEST = language.MOST_FUNCTIONS * (language.MOST_LETTERS + 1)


def suggest(run: "Settings") -> str:
    """The functions that the chapter brings for these items; "" where it makes them of labels."""
    if run.items == "comments":
        return defaults.COMMENTS
    if run.items == "pictures" and run.data == "digits":
        return defaults.OF_DIGITS[run.question]
    return ""


class Settings(Base):
    """The knobs of labelling functions."""

    items = param.Selector(
        default="pictures",
        objects=["pictures", "comments", "votes"],
        label="Items",
        doc="What is to be labelled: pictures (or a table, or texts of your own, by the data "
        "knob), comments under videos, or votes that are drawn, so that the truth is known.",
    )
    data = knobs.data("The pictures; or a .csv of yours with columns label and text, or numbers.")
    question = param.Selector(
        default="1 or 7",
        objects=list(QUESTIONS),
        label="Question",
        doc="Two digits, whether a digit has a closed loop, or all classes. Other sets than digits "
        "answer a question about two digits by their first two classes.",
    )
    video = param.Selector(
        default="LMFAO",
        objects=list(VIDEOS),
        label="Test video",
        doc="Its comments are left out and judge the classifier.",
    )
    voters = param.Selector(
        default="one good, four poor",
        objects=list(VOTERS),
        label="Their accuracies",
        doc="How often the five functions are right.",
    )
    coverage = param.Number(
        0.7, bounds=(0.2, 1), step=0.05, label="Coverage", doc="How often a function votes."
    )
    count = Stops(
        2000, [200, 500, 1000, 2000, 5000], label="Items drawn", doc="How many items are voted on."
    )
    functions = Text(
        LONGEST,
        check=language.parse_all,
        suggest=suggest,
        label="Functions",
        doc="One a line, such as: spam if links > 0 and words < 20. Or with two classes: "
        "1 if slant > 0 else 7 if slant < -0.7. It is taken when you leave the box, or press Shift "
        "and Enter. Empty the box to get the chapter's own back.",
    )
    prior = Stops(
        0.3,
        [0, 0.03, 0.1, 0.3, 1, 3],
        label="Prior on accuracies",
        doc="How much the belief that a function is right three times of four counts, as a "
        "multiple of its votes. 0: accuracies are free.",
    )
    copies = Stops(
        0,
        [0, 1, 2, 3, 5],
        label="Copies of the worst",
        doc="How often somebody has written the worst function again.",
    )
    likeness = Stops(
        1.0,
        [0, 0.25, 0.5, 0.75, 0.9, 1],
        label="Likeness of the copies",
        doc="How often a copy repeats the vote of its original; else it votes by itself and is "
        "right as often. 1: copies to the letter, 0: functions that err independently.",
    )
    model = param.Selector(
        default="em",
        objects={title: name for name, title in MODELS.items()},
        label="Label model",
        doc="Whose labels the classifier learns: the majority's, those of accuracies found from "
        "agreement in closed form, or those of EM with one accuracy a function or one for each "
        "class. All are compared.",
    )
    labels = param.Selector(
        default="hard",
        objects=["hard", "probabilities"],
        label="Labels",
        doc="Whether the classifier learns the likeliest class or the probabilities.",
    )
    gold = Stops(
        20,
        [4, 10, 20, 50, 100, 200, 400, 800],
        label="Gold labels",
        doc="How many true labels the classifier beside it learns from.",
    )
    dev = Stops(
        40,
        [10, 20, 40, 80, 160],
        label="Development set",
        precedence=2,
        doc="Items with true labels on which functions are checked. No label model sees them.",
    )
    steps = knobs.steps(20, [20, 30, 50], "Rounds of EM.", "Rounds")
    seed = knobs.seed("the split, the development set, the gold labels and the votes")

    relevant = {
        "data": lambda s: s.items == "pictures",
        "question": lambda s: s.items == "pictures",
        "video": lambda s: s.items == "comments",
        "voters": lambda s: s.items == "votes",
        "coverage": lambda s: s.items == "votes",
        "count": lambda s: s.items == "votes",
        "likeness": lambda s: s.items == "votes",
        "functions": lambda s: s.items != "votes",
        "labels": lambda s: s.items != "votes",
        "gold": lambda s: s.items != "votes",
        "dev": lambda s: s.items != "votes",
    }
