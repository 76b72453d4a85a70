"""The pictures of RAD: what became of a batch, what each variant has learnt, and from what."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.rad.knobs import LABELS
from workbench.chapters.rad.lesson import Learner
from workbench.chapters.rad.stream import Batch, Course
from workbench.chapters.rad.verdict import Verdict
from workbench.core.pictures import Bars, Curves, HeatMap, Images, Line, Table
from workbench.core.quantity import percent
from workbench.data.tables import TableSet

EXAMPLES = 6  # in a row of pictures, and rows of the table of relabelled samples


FATES = (  # what can become of a sample
    "kept, label right",
    "kept, label wrong",
    "relabelled rightly",
    "relabelled wrongly",
    "asked",
    "dropped, label wrong",
    "dropped, label right",
)


def fates_of(batch: Batch, verdict: Verdict) -> dict[str, NDArray]:
    """Masks [n] of what became of the samples of a batch, by the words of FATES.

    Each sample is in one of them.
    """
    clean, right = batch.given == batch.truth, verdict.labels == batch.truth
    asked = np.zeros(len(batch), bool)
    asked[verdict.asked] = True
    believed = verdict.kept & ~verdict.relabelled & ~asked
    changed, dropped = verdict.relabelled, ~verdict.kept & ~asked  # an answer may come late
    masks = (
        believed & right,
        believed & ~right,
        changed & right,
        changed & ~right,
        asked,
        dropped & ~clean,
        dropped & clean,
    )
    return dict(zip(FATES, masks, strict=True))


def fates(batch: Batch, verdict: Verdict, title: str) -> Bars:
    counts = [mask.sum() for mask in fates_of(batch, verdict).values()]
    return Bars(
        "What became of the batch",
        FATES,
        np.array(counts, float),
        y_label="samples",
        caption=f"{title}: what it did with each sample, and whether that was right.",
    )


def examples(data: TableSet, newest: dict[str, deque], title: str) -> Images:
    names = tuple(name for name in newest if name != "kept, label right")
    tiles = np.zeros((len(names), EXAMPLES, *data.shape), np.float32)
    for row, name in zip(tiles, names, strict=True):
        row[: len(newest[name])] = np.reshape(newest[name], (-1, *data.shape))
    flows = (
        "" if data.pictures_train is not None else " Each picture is the features of one sample."
    )
    return Images(
        "Mistakes and doubts",
        tiles,
        names,
        caption=f"{title}: the newest of each kind so far.{flows}",
    )


def drawn(data: TableSet, x: NDArray, rows: NDArray) -> NDArray:
    """Samples x [n, d], `rows` [n] of the data, as pictures [n, height, width] in [0, 1]."""
    if data.pictures_train is not None:
        return data.pictures_train[rows]
    height, width = data.shape
    tiles = np.zeros((len(x), height * width), np.float32)
    tiles[:, : x.shape[1]] = (0.5 + x / 6).clip(0, 1)  # 3 standard deviations either way
    return tiles.reshape(-1, height, width)


def variants(learners: dict[str, Learner], scalars: dict[str, float]) -> Table:
    def row(name: str, learner: Learner) -> tuple:
        wrong = int((learner.y != learner.truth).sum())
        return LABELS[name], percent(scalars[name]), len(learner.y), wrong, learner.asked

    rows = [row(*each) for each in learners.items()]
    if "ensemble" in scalars:  # the models of RAD, asked together
        rows.append(row("ensemble", learners["rad"]))
    return Table(
        "The variants so far",
        ("variant", "accuracy", "samples", "wrong", "asked"),
        tuple(rows),
        caption="Samples each has learnt from, how many of them under a wrong label, and questions "
        "asked. Optimal selection drops what is wrong and so has fewer samples than those who ask.",
    )


def costs(points: dict[str, list[tuple[int, float]]]) -> Curves:
    lines = []
    for rule, path in points.items():
        asked, accuracy = np.array(path, float).T
        lines.append(Line(LABELS[rule], asked, accuracy))
    return Curves(
        "Accuracy for questions",
        tuple(lines),
        "questions so far",
        "accuracy",
        caption="What an answer of the expert buys.",
    )


def class_rates(classes: tuple[str, ...], arrived: NDArray, kept: NDArray, title: str) -> Bars:
    return Bars(
        "Kept of each class",
        classes,
        kept / np.maximum(arrived, 1),
        "true class",
        "share kept",
        caption=f"{title}, all batches so far. Low bars: a class that the filter starves.",
    )


def confusion(learner: Learner, course: Course) -> HeatMap:
    n = len(course.classes)
    counts = np.zeros((n, n))
    np.add.at(counts, (course.y_test, learner.models.C.predict(course.x_test)), 1)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    return HeatMap(
        "Confusion",
        shares,
        course.classes,
        course.classes,
        "predicted",
        "true",
        "share",
        caption=f"{learner.rule.title}: what C predicts for the clean test samples of each class.",
    )


def relabelled(classes: tuple[str, ...], batch: Batch, verdict: Verdict, title: str) -> Table:
    rows = np.flatnonzero(verdict.relabelled)
    right = (verdict.labels == batch.truth)[rows]
    return Table(
        "Relabelled in this batch",
        ("came as", "became", "is", "verdict"),
        tuple(
            (
                classes[batch.given[i]],
                classes[verdict.labels[i]],
                classes[batch.truth[i]],
                "right" if ok else "wrong",
            )
            for i, ok in zip(rows[:EXAMPLES], right, strict=False)
        ),
        caption=f"{title}: {len(rows)} relabelled, {int(right.sum())} of them rightly.",
    )
