"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence

import numpy as np

from workbench.chapters.mil import pooling
from workbench.chapters.mil.bags import Task
from workbench.chapters.mil.knobs import Settings
from workbench.chapters.mil.lesson import Network, fit
from workbench.chapters.mil.pictures import attention_numbers, look, pictures
from workbench.core.frames import Frame, check_finite, schedule
from workbench.science import metrics
from workbench.science.later import Tensor

SHOWN = 256  # training bags that a frame's numbers are measured on


def train(runs: Sequence[Settings], device: str = "cpu", shown=None) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    order = sorted(range(len(runs)), key=lambda r: pooling.KINDS.index(runs[r].pooling))
    grouped = [runs[r] for r in order]
    for step, model, x, tasks, losses in fit(grouped, device, shown or schedule(runs[0].steps)):
        frames = snapshots(model, x, grouped, tasks, losses, step)
        yield [frames[order.index(r)] for r in range(len(runs))]


def snapshots(
    model: Network,
    x: Tensor,
    runs: Sequence[Settings],
    tasks: Sequence[Task],
    losses: list[float],
    step: int,
) -> list[Frame]:
    """The frame of every run after `step` steps."""
    count = len(tasks[0].train.y)
    some = np.linspace(0, count - 1, min(SHOWN, count)).astype(int)
    tested = look(model, x, [work.test for work in tasks])
    train_bags = [work.train.take(some) for work in tasks]
    trained = look(model, x, train_bags)
    frames = []
    for r, (run, work) in enumerate(zip(runs, tasks, strict=True)):
        scalars = {
            "loss": losses[r],
            "auc": metrics.auc(work.test.y, tested[r].p),
            "train_auc": metrics.auc(train_bags[r].y, trained[r].p),
            **attention_numbers(work, tested[r]),
        }
        check_finite(step, scalars, "Lower the learning rate.")
        shown = pictures(model, r, x, work, tested[r], last=step == run.steps)
        note = f"{work.train.y.mean():.0%} of the training bags are positive"
        frames.append(Frame(step, run.steps, scalars, shown, note))
    return frames
