"""RAD stage by stage: a batch arrives, L judges, C votes, the expert answers, all is retrained."""

import numpy as np
import panel as pn

from workbench.chapters.rad import knobs as rad_knobs
from workbench.chapters.rad import lesson
from workbench.chapters.rad import pictures as rad_pictures
from workbench.chapters.rad.walk import Walk
from workbench.core.pictures import Curves, Images, Line, Picture, Table
from workbench.data.tables import TableSet
from workbench.view.labs.stepper import StepperPage

TITLE = "RAD, stage by stage"


INTRODUCTION = (
    "Go through RAD Active Learning one stage at a time: a batch arrives, the label model L judges "
    "its labels, the classifier C votes where L disagrees, a perfect expert answers the questions "
    "that are left, and both models are trained anew."
)
SHOWN, BATCHES = 14, 8


SAID = {
    "batch": "A batch has arrived. Some of its labels are wrong; which ones?",
    "judge": "L has said what it would call each sample. Where that is the label, keep it.",
    "vote": "C has voted where L disagrees: keep the label, take the label of both models, or "
    "doubt.",
    "ask": "Of the doubtful samples these are put to the expert, and the others are dropped.",
    "retrain": "What was kept has been learnt, and both models are trained anew.",
}


class Stepper(StepperPage):
    """A walk along a stream, a stage a click."""

    def __init__(self, dark: bool = False, **knobs):
        self.settings = rad_knobs.Settings(**knobs)
        super().__init__(dark)

    def begin(self) -> None:
        """A new walk, with its first batch."""
        self.data, self.walk = lesson.walk(self.settings, BATCHES)
        self.next.disabled = False
        self.step()

    def step(self) -> None:
        """One stage further; the perfect expert has answered before the models are retrained."""
        for row in list(self.walk.pending):
            self.walk.answer(self.walk.batch.truth[row])
        self.walk.advance()
        at = f"Batch {self.walk.step} of {BATCHES}, stage {self.walk.stage}."
        self.said.say(SAID[self.walk.stage], at)
        self.next.disabled = self.walk.done
        self.cards.show(pictures(self.data, self.walk))


def pictures(data: TableSet, walk: Walk) -> dict[str, Picture]:
    """What there is to see at this stage."""
    shown = {"samples": samples(data, walk), "table": table(walk)}
    if walk.stage == "retrain":  # it tells the truth
        shown["fates"] = rad_pictures.fates(walk.batch, walk.verdict, walk.learner.rule.title)
    return shown | {"accuracy": accuracies({"so far": walk.accuracies})}


def samples(data: TableSet, walk: Walk) -> Images:
    batch, columns = walk.batch, SHOWN // 2
    tiles = np.zeros((SHOWN, *data.shape), np.float32)
    few = rad_pictures.drawn(data, batch.x[:SHOWN], batch.rows[:SHOWN])
    tiles[: len(few)] = few
    return Images(
        "The first samples of the batch",
        tiles.reshape(2, columns, *data.shape),
        rows=(f"1 to {columns}", f"{columns + 1} to {SHOWN}"),
        caption="What they came as stands in the table.",
    )


def table(walk: Walk) -> Table:
    """What each of the first samples came as, what the models say, and what becomes of it."""
    batch, name = walk.batch, walk.course.classes
    n = min(SHOWN, len(batch))

    def column(labels) -> list[str]:
        return [""] * n if labels is None else [name[y] for y in labels[:n]]

    truth = column(batch.truth if walk.stage == "retrain" else None)
    rows = zip(
        range(1, n + 1),
        column(batch.given),
        column(walk.said_l),
        column(walk.said_c),
        outcomes(walk, n),
        truth,
        strict=True,
    )
    return Table(
        "Sample by sample",
        ("sample", "came as", "L says", "C says", "outcome", "is"),
        tuple(rows),
        caption="The truth is shown when the batch has been learnt.",
    )


def outcomes(walk: Walk, n: int) -> list[str]:
    """In words what becomes of the first n samples."""
    verdict, name = walk.verdict, walk.course.classes
    if verdict is None:
        return [""] * n
    found = np.where(verdict.kept, "kept", "dropped" if walk.stage == "retrain" else "doubtful")
    found = found.astype(object)
    for i in np.flatnonzero(verdict.relabelled):
        found[i] = f"becomes {name[verdict.labels[i]]}"
    for i in verdict.asked:
        found[i] = f"expert: {name[verdict.labels[i]]}"
    found[walk.pending] = "asked"
    return found[:n].tolist()


def accuracies(paths: dict[str, list[float]]) -> Curves:
    """Accuracy on clean test data after each batch, a line for each path."""
    lines = (
        Line(name, np.arange(len(path), dtype=float), np.array(path), style)
        for (name, path), style in zip(paths.items(), ("solid", "dashed", "dashed"), strict=False)
    )
    return Curves(
        "Accuracy on clean test data",
        tuple(lines),
        "batches learnt",
        "accuracy",
        caption="After the clean batch (0) and after each batch.",
    )


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The page's content, for one reader."""
    return Stepper(dark).view
