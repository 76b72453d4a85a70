"""RAD stage by stage: a batch arrives, L judges, C votes, the expert answers, all is retrained."""

from types import SimpleNamespace

import numpy as np

from workbench.chapters.rad import pictures as rad_pictures
from workbench.chapters.rad.knobs import Settings
from workbench.chapters.rad.walkthrough_lab import Walkthrough, accuracies, begin
from workbench.core.pictures import Images, Picture, Table
from workbench.data.tables import TableSet

SAMPLES, BATCHES = 14, 8  # samples of a batch that are shown, and batches to go through

SENTENCES = {
    "batch": "A batch has arrived. Some of its labels are wrong; which ones?",
    "judge": "L has said what it would call each sample. Where that is the label, keep it.",
    "vote": "C has voted where L disagrees: keep the label, take the label of both models, or "
    "doubt.",
    "ask": "Of the doubtful samples these are put to the expert, and the others are dropped.",
    "retrain": "What was kept has been learnt, and both models are trained anew.",
}


class Stepper:
    """A stream gone through with a perfect expert: `step()` does the next stage."""

    def __init__(self):
        data, walkthrough = begin(Settings(), BATCHES)
        self.data = data
        self.walkthrough = walkthrough
        self.step()

    def step(self) -> None:
        """One stage further; the expert has answered before the models are retrained."""
        self.walkthrough.answer_rightly()
        self.walkthrough.advance()

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        walkthrough = self.walkthrough
        return SimpleNamespace(
            at=f"Batch {walkthrough.step} of {BATCHES}, stage {walkthrough.stage}.",
            sentence=SENTENCES[walkthrough.stage],
            done=walkthrough.done,
            pictures=pictures(self.data, walkthrough),
        )


def pictures(data: TableSet, walkthrough: Walkthrough) -> dict[str, Picture]:
    """What there is to see at this stage."""
    shown = {"samples": samples(data, walkthrough), "table": table(walkthrough)}
    if walkthrough.stage == "retrain":  # it tells the truth
        rule = walkthrough.learner.rule
        shown["fates"] = rad_pictures.fates(walkthrough.batch, walkthrough.verdict, rule.title)
    return shown | {"accuracy": accuracies({"so far": walkthrough.accuracies})}


def samples(data: TableSet, walkthrough: Walkthrough) -> Images:
    """The first samples of the batch, in two rows."""
    batch, columns = walkthrough.batch, SAMPLES // 2
    tiles = np.zeros((SAMPLES, *data.shape), np.float32)
    some = rad_pictures.drawn(data, batch.x[:SAMPLES], batch.rows[:SAMPLES])
    tiles[: len(some)] = some
    return Images(
        "The first samples of the batch",
        tiles.reshape(2, columns, *data.shape),
        rows=(f"1 to {columns}", f"{columns + 1} to {SAMPLES}"),
    )


def table(walkthrough: Walkthrough) -> Table:
    """What each of the first samples came as, what the models say, and what becomes of it."""
    batch, name = walkthrough.batch, walkthrough.course.classes
    n = min(SAMPLES, len(batch))

    def column(labels) -> list[str]:
        return [""] * n if labels is None else [name[y] for y in labels[:n]]

    rows = zip(
        range(1, n + 1),
        column(batch.given),
        column(walkthrough.predicted_l),
        column(walkthrough.predicted_c),
        outcomes(walkthrough, n),
        column(batch.truth if walkthrough.stage == "retrain" else None),
        strict=True,
    )
    return Table(
        "Sample by sample",
        ("sample", "came as", "L says", "C says", "outcome", "is"),
        tuple(rows),
        caption="The truth is shown when the batch has been learnt.",
    )


def outcomes(walkthrough: Walkthrough, n: int) -> list[str]:
    """In words what becomes of the first n samples."""
    verdict, name = walkthrough.verdict, walkthrough.course.classes
    if verdict is None:
        return [""] * n
    otherwise = "dropped" if walkthrough.stage == "retrain" else "doubtful"
    words = np.where(verdict.kept, "kept", otherwise).astype(object)
    for i in np.flatnonzero(verdict.relabelled):
        words[i] = f"becomes {name[verdict.labels[i]]}"
    for i in verdict.asked:
        words[i] = f"expert: {name[verdict.labels[i]]}"
    words[walkthrough.pending] = "asked"
    return words[:n].tolist()
