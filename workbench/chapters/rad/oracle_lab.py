"""Be the oracle: the samples that RAD doubts are the reader's to name, within the budget."""

from types import SimpleNamespace

import numpy as np

from workbench.chapters.rad import pictures as rad_pictures
from workbench.chapters.rad.knobs import Settings
from workbench.chapters.rad.lab_knobs import STREAMS
from workbench.chapters.rad.lesson import RULES, make_learner
from workbench.chapters.rad.walkthrough_lab import (
    Walkthrough,
    accuracies,
    begin,
    with_perfect_oracle,
)
from workbench.core.pictures import Images, Picture, Table
from workbench.data.tables import TableSet

BATCHES, BUDGET, NEIGHBOURS = 6, 3, 7
LARGE = 180  # pixels that the longer side of the sample in question takes
SKIP = "skip"


class Oracle:
    """A stream that waits for the reader's answers. Nothing runs while they think."""

    def __init__(self, stream: str = "digits", seed: int = 0):
        self.stream = stream
        knobs = STREAMS[stream][1] | {"noise": 0.4, "budget": BUDGET, "look": "active"}
        self.settings = Settings(**knobs, seed=seed)
        data, walkthrough = begin(self.settings, BATCHES)
        self.data = data
        self.walkthrough = walkthrough
        self.walkthrough.to_question()

    def press(self, key: str, seconds: float = 0.0) -> None:
        """The number of the class of the sample that is shown, or SKIP for the rest of the batch.

        What the reader presses when no question is open changes nothing.
        """
        if not self.walkthrough.pending:
            return
        if key == SKIP:
            self.walkthrough.skip()
        else:
            self.walkthrough.answer(int(key))
        self.walkthrough.to_question()

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        walkthrough, done = self.walkthrough, self.walkthrough.done
        answers = tuple((name, str(k)) for k, name in enumerate(self.data.classes))
        others = (("Skip this batch", SKIP),)
        show = ending(self.settings, walkthrough) if done else question(self.data, walkthrough)
        return SimpleNamespace(
            chosen=(self.stream,),
            seed=self.settings.seed,
            answers=answers,
            others=others,
            keys=frozenset() if done else frozenset(key for _, key in answers + others),
            answered=bool(walkthrough.answers),
            text="",
            first="",
            sentence=verdict(walkthrough) if done else asks(walkthrough),
            alert="",
            pictures=show,
        )


def asks(walkthrough: Walkthrough) -> str:
    """The open question in words."""
    row, name = walkthrough.pending[0], walkthrough.course.classes
    came, l_says, c_says = (
        name[labels[row]]
        for labels in (walkthrough.batch.given, walkthrough.predicted_l, walkthrough.predicted_c)
    )
    left = len(walkthrough.pending)
    return (
        f"Batch {walkthrough.step} of {BATCHES}: which class is the sample below? It came as "
        f"{came}; L says {l_says}, C says {c_says}. {left} question{'s' * (left > 1)} left in this "
        "batch."
    )


def question(data: TableSet, walkthrough: Walkthrough) -> dict[str, Picture]:
    """The sample in question, and those it is most like among what RAD believes."""
    row, batch, learner = walkthrough.pending[0], walkthrough.batch, walkthrough.learner
    distances = ((learner.x - batch.x[row]) ** 2).sum(1)
    near = np.argsort(distances, kind="stable")[:NEIGHBOURS]
    asked = rad_pictures.drawn(data, batch.x[[row]], batch.rows[[row]])[None]
    like = rad_pictures.drawn(data, learner.x[near], learner.rows[near])[None]
    zoom = max(1, LARGE // max(data.shape))
    how = "A row for each window or group of features, bright where they are above the usual."
    return {
        "question": Images(
            "Which class is it?",
            asked.repeat(zoom, 2).repeat(zoom, 3),
            caption="The sample in question. " + (how if data.pictures_train is None else ""),
        ),
        "neighbours": Images(
            "What it is like",
            like,
            columns=tuple(data.classes[y] for y in learner.y[near]),
            caption="The nearest samples among those that RAD believes, with their classes.",
        ),
        "accuracy": accuracies({"so far": walkthrough.accuracies}),
    }


def verdict(walkthrough: Walkthrough) -> str:
    """How the reader did, in one sentence."""
    count = len(walkthrough.answers)
    right = sum(given == true for given, true in walkthrough.answers)
    return f"Done. You answered {count} question{'s' * (count != 1)}, {right} of them rightly."


def ending(settings: Settings, walkthrough: Walkthrough) -> dict[str, Picture]:
    """The reader's run beside a perfect oracle's and that of nobody to ask."""
    paths, course = {"you": walkthrough.accuracies}, walkthrough.course
    for name, budget in (("perfect oracle", BUDGET), ("nobody asked", 0)):
        learner = make_learner(RULES["active"], settings.replace(budget=budget), course)
        paths[name] = with_perfect_oracle(learner, course)
    rows = tuple(
        (course.classes[given], course.classes[true], "right" if given == true else "wrong")
        for given, true in walkthrough.answers
    )
    share = f"{walkthrough.oracle_accuracy:.0%}" if rows else "none given"
    return {
        "accuracy": accuracies(paths),
        "answers": Table(
            "Your answers",
            ("you said", "it is", "verdict"),
            rows,
            caption=f"Your accuracy as an oracle: {share}.",
        ),
    }
