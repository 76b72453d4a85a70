"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from torch import Tensor

from workbench.chapters.mil import by_hand, lesson, tensors
from workbench.chapters.mil.bags import Task, make_task
from workbench.chapters.mil.evaluation import Member, attention_numbers, evaluate
from workbench.chapters.mil.knobs import KINDS, Settings
from workbench.chapters.mil.lesson import Network
from workbench.chapters.mil.pictures import pictures
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule
from workbench.science import metrics

TRAINING_BAGS = 256  # that a frame's numbers are measured on, at most
HINT = "Lower the learning rate."


def train(
    runs: Sequence[Settings],
    device: str = "cpu",
    fit: Fit | None = None,
    shown: Collection[int] = (),
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames.

    A frame comes after each of the steps `shown`, or after those of the usual schedule.
    """
    order = sorted(range(len(runs)), key=lambda r: KINDS.index(runs[r].pooling))
    grouped = [runs[r] for r in order]  # those of one pooling are pooled together
    tasks = [make_task(run) for run in grouped]
    data = tensors.load(tasks, device)
    fit = fit or partial(lesson.fit, descend=by_hand.descend)
    shown = shown or schedule(runs[0].steps)
    for step, network, losses in fit(grouped, data, device):
        if step in shown:
            frames = snapshot(Trained(step, network, losses, data.x), grouped, tasks)
            yield [frames[order.index(r)] for r in range(len(runs))]


class Trained(NamedTuple):
    """A stack after `step` steps: its networks, the losses [runs] of the last batch, and the
    instances x [n, inputs]."""

    step: int
    network: Network
    losses: Tensor
    x: Tensor


def snapshot(trained: Trained, runs: Sequence[Settings], tasks: Sequence[Task]) -> list[Frame]:
    """One frame for each run: what was measured and what it looks like."""
    step, network, losses, x = trained
    count = len(tasks[0].train.y)
    some = np.linspace(0, count - 1, min(TRAINING_BAGS, count)).astype(int)
    train_bags = [task.train.take(some) for task in tasks]
    on_test = evaluate(network, x, [task.test for task in tasks])
    on_training = evaluate(network, x, train_bags)
    frames = []
    for r, (run, task) in enumerate(zip(runs, tasks, strict=True)):
        scalars = {
            "loss": float(losses[r]),
            "auc": metrics.auc(task.test.y, on_test[r].p),
            "train_auc": metrics.auc(train_bags[r].y, on_training[r].p),
            **attention_numbers(task, on_test[r]),
        }
        check_finite(step, scalars, HINT)
        shown = pictures(Member(network, r, x), task, on_test[r], last=step == run.steps)
        frames.append(Frame(step, run.steps, scalars, shown, note(run, task)))
    return frames


def note(run: Settings, task: Task) -> str:
    """What the bags are like, and how many there are where more were asked for."""
    count = len(task.train.y)
    fewer = f". It learns from {count} bags: there are no more" if count < run.bags else ""
    return f"{task.train.y.mean():.0%} of the training bags are positive{fewer}"
