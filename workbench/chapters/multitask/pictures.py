"""The pictures of multi-task learning: accuracy with and without, and where the gain goes."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from workbench.chapters.multitask.evaluation import Evaluation
from workbench.chapters.multitask.knobs import SHARES
from workbench.chapters.multitask.problem import Problem
from workbench.core.pictures import Bars, Curves, Images, Line

LINES = {"alone": "main task alone", "together": "with the other task"}
SHOWN = 5

Lines = dict[str, list[int]]  # by name, where in the stack the networks of a line are


def band(name: str, x: Sequence[float], values: NDArray, style: str = "solid") -> Line:
    """The mean over repeats of values [points, repeats], and their range."""
    return Line(name, np.array(x, float), values.mean(1), style, values.min(1), values.max(1))


def accuracy(lines: Lines, history: Sequence[tuple[int, Evaluation]]) -> Curves:
    """Test accuracy of the main task over steps, alone and with the other task."""
    steps = [float(step) for step, _ in history]
    drawn = [
        band(title, steps, np.stack([e.accuracy[lines[name]].numpy() for _, e in history]), style)
        for (name, title), style in zip(LINES.items(), ("dashed", "solid"), strict=True)
    ]
    return Curves(
        "Accuracy of the main task",
        tuple(drawn),
        y_label="share right",
        caption="Held-out items. The band is the range over repeats.",
    )


def relatedness(lines: Lines, latest: Evaluation) -> Curves:
    """What the other task adds, against the share of its labels that are shuffled."""
    alone = latest.accuracy[lines["alone"]]
    gains = [(latest.accuracy[lines[f"{share:g}"]] - alone).numpy() for share in SHARES]
    shares = [100 * share for share in SHARES]
    nothing = Line("nothing gained", np.array([0.0, 100.0]), np.zeros(2), "dashed")
    return Curves(
        "Gain over relatedness",
        (band("gain", shares, 100 * np.stack(gains)), nothing),
        x_label="shuffled labels, per cent",
        y_label="points gained",
        caption="The same networks, with the other task's labels more and more shuffled. Below 0 "
        "the other task does harm: negative transfer.",
    )


def classes(lines: Lines, latest: Evaluation, data: Problem) -> Bars:
    """What the other task adds to each class."""
    gains = latest.by_class[lines["together"]] - latest.by_class[lines["alone"]]
    return Bars(
        "Gain by class",
        data.names,
        (100 * gains.double().mean(0)).round().numpy(),
        x_label="class",
        y_label="points gained",
        caption="Held-out items of each class, the mean over repeats.",
    )


def examples(data: Problem) -> Images:
    """Items as the two tasks see them, with both labels."""
    count = min(SHOWN, len(data.x), len(data.x_other))
    rows = torch.arange(count)
    tiles = data.data.tiles(torch.cat([data.x[:count], data.x_other[:count]]), count)
    pairs = zip(data.y[rows].tolist(), data.y_other[rows].tolist(), strict=True)
    return Images(
        "What the tasks are told",
        tiles,
        ("main task", "other task"),
        tuple(f"{data.names[a]}; {data.other_names[b]}" for a, b in pairs),
        caption="Above each the label of the main task, known of few items, and of the other task.",
    )
