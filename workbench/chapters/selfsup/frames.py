"""Trains the chapter's networks and shows them as frames."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence

from workbench.chapters.selfsup import tasks as pretext
from workbench.chapters.selfsup.colour_data import coloured
from workbench.chapters.selfsup.exam import Exam
from workbench.chapters.selfsup.knobs import BATCH, Settings
from workbench.chapters.selfsup.lesson import Learner, make_task
from workbench.core.frames import Frame, schedule
from workbench.science import nets
from workbench.science.later import torch

FRAMES = 24  # a frame trains probes, which takes longer than its steps


def train(
    runs: Sequence[Settings], device: str = "cpu", shown=None, alone: bool = False
) -> Iterator[list[Frame]]:
    """Trains the encoder on its task, and beside it one on the labels, from the same weights.

    A frame after each of the steps `shown`, or after those of the usual schedule. For who wants
    the task's numbers only, `alone` leaves out the encoder beside it and all pictures, which is
    half of the work; the numbers are the same.
    """
    (settings,) = runs
    album = coloured(settings.data, device, settings.paint)
    generator = torch.Generator().manual_seed(settings.seed)
    untrained = pretext.Encoder(min(album.light.shape[-2:]), generator).to(device)
    pupil = copy.deepcopy(untrained)
    learners = [Learner(pupil, make_task(settings, album, pupil, generator), settings.lr)]
    if album.y is not None:
        taught, y = copy.deepcopy(untrained), torch.tensor(album.y, device=device)
        labels = pretext.Labels(album.light, y, album.classes, generator)
        learners.append(Learner(taught, labels, settings.lr))
    batches = nets.Batches(len(album.light), BATCH, [generator], device)
    exam = Exam(settings, album, learners, untrained)
    shown = shown or schedule(settings.steps, FRAMES)
    for step in range(1, settings.steps + 1):
        (rows,) = batches.draw()
        for learner in learners[:1] if alone else learners:
            learner.step(rows, generator)
        if step in shown:
            yield [exam.frame(step, alone)]
