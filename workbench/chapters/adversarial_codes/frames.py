"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import torch

from workbench.chapters.adversarial_codes import (
    by_hand,
    catgan,
    certainty,
    infogan,
    lesson,
    readings,
    square,
)
from workbench.chapters.adversarial_codes.evaluation import remark, yardstick
from workbench.chapters.adversarial_codes.knobs import (
    CATGAN,
    DENOISING,
    INFOGAN,
    Settings,
    all_members,
    positions,
)
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule
from workbench.science.tensors import Resident, resident

FRAMES = 24
FITS = {
    DENOISING: partial(lesson.fit, gradient=by_hand.denoising),
    INFOGAN: partial(infogan.fit, gradient=by_hand.info),
    CATGAN: partial(catgan.fit, gradient=by_hand.cat),
}
REPORTS = {DENOISING: square.report, INFOGAN: readings.report, CATGAN: certainty.report}
HINTS = {
    DENOISING: "Lower the learning rate, or the weight of the adversary.",
    INFOGAN: "Lower the learning rate, or R1.",
    CATGAN: "Lower the learning rate, or the weight of doubt.",
}


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    first, stack = runs[0], all_members(runs)
    data = resident(first.data, device)
    shown = schedule(first.steps, FRAMES)
    for step, net in (fit or FITS[first.kind])(runs, data, device):
        if step in shown:
            places = [positions(stack, run) for run in runs]
            pairs = zip(runs, places, strict=True)
            yield [snapshot(run, net, at, data, step) for run, at in pairs]


@torch.no_grad()
def snapshot(run: Settings, net: Any, at: dict[str, int], data: Resident, step: int) -> Frame:
    """The numbers and the pictures of one run after `step` steps."""
    last = step == run.steps
    check_weights(run, net, at, step)
    numbers, shown = REPORTS[run.kind](run, net, at, data, yardstick(data, last))
    check_finite(step, numbers, HINTS[run.kind])
    stage, words = "done" if last else "training", remark(data)
    return Frame(step, run.steps, numbers, shown, f"{stage}. {words}" if words else stage)


def check_weights(run: Settings, net: Any, at: dict[str, int], step: int) -> None:
    """Raises Diverged where a weight of the run's games is no number any more."""
    places = list(at.values())
    largest = max(float(p.detach()[places].abs().sum()) for p in net.parameters())
    check_finite(step, {"a weight": largest}, HINTS[run.kind])
