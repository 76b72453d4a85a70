"""The pictures of online learning: accuracy along the stream, what is remembered, and regret."""

import numpy as np

from workbench.chapters.online.history import History
from workbench.chapters.online.knobs import LEARNERS
from workbench.chapters.online.stream import Stream
from workbench.core.pictures import Curves, Images, Line, Table

RECENT = 200  # items of the numbers in the head, and of the column "just after"
SMOOTHED = 100  # items that a point of the curves is a mean of
POINTS = 100  # of a curve
LATEST = 10  # items that are shown
REGRETS = {"constant": "constant rate", "falling": "falling rate", "theory": "rate of the bound"}


def accuracy(history: History, t: int) -> Curves:
    """The share of right predictions among the latest items, for each learner."""
    ends = np.unique(np.linspace(min(t, 10), t, POINTS).astype(int))
    lines = [
        Line(
            LEARNERS[name],
            ends.astype(float),
            np.array([history.accuracy(name, end - SMOOTHED, end) for end in ends]),
            "dashed" if name in ("frozen", "everything") else "solid",
        )
        for name in history.shown
    ]
    if history.run.drift != "none":
        turn = float(history.stream.turn)
        lines.append(
            Line("the world changes", np.array([turn, turn]), np.array([0.0, 1.0]), "dashed")
        )
    return Curves(
        "Accuracy along the stream",
        tuple(lines),
        x_label="item",
        y_label=f"share of the last {SMOOTHED} items",
        caption="Each item was predicted before its label was seen.",
    )


def phases(history: History, t: int) -> Table:
    """The accuracy of each learner before the change, just after it, at the end, and in all."""
    turn = history.stream.turn
    spans = [(turn - RECENT, min(t, turn)), (turn, min(t, turn + RECENT)), (t - RECENT, t), (0, t)]

    def cell(name: str, start: int, end: int) -> str:
        return (
            f"{100 * history.accuracy(name, start, end):.0f}\u00a0%" if end > max(0, start) else "-"
        )

    return Table(
        "Before and after",
        ("learner", f"{RECENT} before half-way", f"{RECENT} after", f"last {RECENT}", "all"),
        tuple((title, *(cell(name, *span) for span in spans)) for name, title in LEARNERS.items()),
        caption="Right predictions of these items.",
    )


def memory(stream: Stream, t: int, window: int) -> Images:
    """The mean picture of each class over the window, and over all items."""
    classes = range(min(LATEST, len(stream.classes)))
    rows = []
    for start in (max(0, t - window), 0):
        pictures, y = stream.pictures[start:t], stream.y[start:t]
        blank = np.full(pictures.shape[1:], 0.5)
        rows.append([pictures[y == c].mean(0) if (y == c).any() else blank for c in classes])
    return Images(
        "What class means remember",
        np.array(rows),
        (f"last {window}", "all items"),
        tuple(stream.classes[c] for c in classes),
        caption="The mean of the pictures that came with each label; grey where none came.",
    )


def latest(history: History, t: int) -> Images:
    """The newest items, with the labels they came with."""
    stream = history.stream
    rows = np.arange(t - LATEST, t) % len(stream)
    names = [stream.classes[stream.y[row]] if row < t else "" for row in rows]
    tiles = stream.pictures[rows]
    tiles = np.where((rows < t)[:, None, None], tiles, 0.5)
    return Images(
        "The newest items",
        tiles[None],
        columns=tuple(names),
        caption="Above each the label that it came with. After a shift a 2 is called 5.",
    )


def regret(history: History) -> Curves:
    """The regret of gradient descent beside its bound."""
    steps = np.array(history.steps, float)
    lines = [
        Line(REGRETS[name], steps, np.array(values)) for name, values in history.regrets.items()
    ]
    if history.bounds:
        lines.append(Line("bound D G sqrt(t)", steps, np.array(history.bounds), "dashed"))
    return Curves(
        "Regret",
        tuple(lines),
        x_label="item",
        y_label="nats",
        caption="Sum of losses so far, less that of the best fixed weights for the same items. The "
        "bound holds for the rate D / (G sqrt(T)).",
    )
