"""TODO."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.rad.knobs import Settings
from workbench.chapters.rad.rules import RULES, Learner, Verdict
from workbench.chapters.rad.stream import Batch, Course
from workbench.core.pictures import Bars, Curves, HeatMap, Images, Line, Table
from workbench.data.tables import TableSet

SHOWN = 6  # examples in a row of pictures, and rows of the table of relabelled samples


class History:
    """What the pictures need to remember of the batches before."""

    def __init__(self, settings: Settings, data: TableSet, course: Course):
        self.settings, self.data, self.course = settings, data, course
        self.title = RULES[settings.look].title
        classes = len(course.classes)
        self.arrived, self.kept = np.zeros(classes), np.zeros(classes)
        self.costs: dict[str, list[tuple[int, float]]] = {}
        self.tiles: dict[str, deque] = {name: deque(maxlen=SHOWN) for name in FATES}

    def add(self, batch: Batch, seen: Verdict, learners, scalars) -> None:
        """Remembers a batch, and notes in `scalars` how far the balance of classes has drifted."""
        classes = len(self.arrived)
        self.batch, self.seen = batch, seen
        self.arrived += np.bincount(batch.truth, minlength=classes)
        self.kept += np.bincount(batch.truth[seen.kept], minlength=classes)
        shares = [part / max(1, part.sum()) for part in (self.arrived, self.kept)]
        scalars["drift"] = float(np.abs(shares[0] - shares[1]).sum() / 2)
        for name, mask in fates_of(batch, seen).items():
            rows = np.flatnonzero(mask)[-SHOWN:]
            self.tiles[name].extend(drawn(self.data, batch.x[rows], batch.rows[rows]))
        for rule in ("active", "slim"):
            if rule in learners:
                point = learners[rule].asked, scalars[rule]
                self.costs.setdefault(rule, []).append(point)

    def pictures(self, learners: dict[str, Learner], scalars: dict[str, float]) -> dict:
        one = learners[self.settings.look]
        return {
            "fates": fates(self.batch, self.seen, self.title),
            "examples": examples(self.data, self.tiles, self.title),
            "variants": variants(learners, scalars),
            "costs": costs(self.costs),
            "classes": class_rates(self.course.classes, self.arrived, self.kept, self.title),
            "confusion": confusion(one, self.course),
            "relabelled": relabelled(self.course.classes, self.batch, self.seen, self.title),
        }


# what can become of a sample: in words, and short; + is as it should be
FATES = {
    "kept, label right": "keep +",
    "kept, label wrong": "keep -",
    "relabelled rightly": "change +",
    "relabelled wrongly": "change -",
    "asked": "ask",
    "dropped, label wrong": "drop +",
    "dropped, label right": "drop -",
}


def fates_of(batch: Batch, seen: Verdict) -> dict[str, NDArray]:
    """Masks [n] of what became of the samples of a batch, by the words of FATES; each sample is in
    one."""
    clean, right = batch.given == batch.truth, seen.labels == batch.truth
    asked = np.zeros(len(batch), bool)
    asked[seen.asked] = True
    believed = seen.kept & ~seen.relabelled & ~asked
    changed, dropped = seen.relabelled, ~seen.kept
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


def fates(batch: Batch, seen: Verdict, title: str) -> Bars:
    counts = [mask.sum() for mask in fates_of(batch, seen).values()]
    return Bars(
        "What became of the batch",
        tuple(FATES.values()),
        np.array(counts, float),
        y_label="samples",
        caption=f"{title}: labels kept, changed, asked for, samples dropped; + rightly, - wrongly.",
    )


def examples(data: TableSet, newest: dict[str, deque], title: str) -> Images:
    names = tuple(name for name in newest if name != "kept, label right")
    tiles = np.zeros((len(names), SHOWN, *data.shape), np.float32)
    for row, name in zip(tiles, names, strict=True):
        row[: len(newest[name])] = np.reshape(newest[name], (-1, *data.shape))
    flows = "" if data.seen_train is not None else " Each picture is the features of one sample."
    return Images(
        "Mistakes and doubts",
        tiles,
        names,
        caption=f"{title}: the newest of each kind so far.{flows}",
    )


def drawn(data: TableSet, x: NDArray, rows: NDArray) -> NDArray:
    """Samples x [n, d], `rows` [n] of the data, as pictures [n, height, width] in [0, 1]."""
    if data.seen_train is not None:
        return data.seen_train[rows]
    height, width = data.shape
    tiles = np.zeros((len(x), height * width), np.float32)
    tiles[:, : x.shape[1]] = (0.5 + x / 6).clip(0, 1)  # 3 standard deviations either way
    return tiles.reshape(-1, height, width)


def variants(learners: dict[str, Learner], scalars: dict[str, float]) -> Table:
    def row(name: str, one: Learner) -> tuple:
        wrong = int((one.y != one.truth).sum())
        return ACCURACY[name], f"{scalars[name]:.3f}", len(one.y), wrong, one.asked

    return Table(
        "The variants so far",
        ("variant", "accuracy", "samples", "wrong", "asked"),
        tuple(row(*each) for each in learners.items()),
        caption="Samples each has learnt from, how many of them under a wrong label, and questions "
        "asked. Opt-Sel drops what is wrong and so has fewer samples than those who ask.",
    )


def costs(points: dict[str, list[tuple[int, float]]]) -> Curves:
    lines = []
    for rule, path in points.items():
        asked, accuracy = np.array(path, float).T
        lines.append(Line(RULES[rule].title, asked, accuracy))
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
        "share",
        caption=f"{title}, all batches so far. Low bars: a class that the filter starves.",
    )


def confusion(one: Learner, course: Course) -> HeatMap:
    n = len(course.classes)
    counts = np.zeros((n, n))
    np.add.at(counts, (course.y_test, one.models.C.predict(course.x_test)), 1)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    return HeatMap(
        "Confusion",
        shares,
        course.classes,
        course.classes,
        "said",
        "true",
        "share",
        caption=f"{one.rule.title}: what C says of the clean test samples of each class.",
    )


def relabelled(classes: tuple[str, ...], batch: Batch, seen: Verdict, title: str) -> Table:
    rows = np.flatnonzero(seen.relabelled)
    right = (seen.labels == batch.truth)[rows]
    return Table(
        "Relabelled in this batch",
        ("came as", "became", "is", "verdict"),
        tuple(
            (
                classes[batch.given[i]],
                classes[seen.labels[i]],
                classes[batch.truth[i]],
                "right" if ok else "wrong",
            )
            for i, ok in zip(rows[:SHOWN], right, strict=False)
        ),
        caption=f"{title}: {len(rows)} relabelled, {int(right.sum())} of them rightly.",
    )


ACCURACY = {
    "rad": "RAD",
    "voting": "Voting",
    "active": "Active",
    "slim": "Slim",
    "ensemble": "Ensemble",
    "no_sel": "No-Sel",
    "opt_sel": "Opt-Sel",
    "full_clean": "Full-clean",
}
