"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence
from functools import partial

import torch

from workbench.chapters.autoencoder import by_hand, lesson
from workbench.chapters.autoencoder.evaluation import FITTED, SHOWN, Moment, evaluate
from workbench.chapters.autoencoder.hashing import report_hashing
from workbench.chapters.autoencoder.knobs import Settings, comparison
from workbench.chapters.autoencoder.lesson import Autoencoder
from workbench.chapters.autoencoder.pictures import (
    draw_codes,
    draw_examples,
    report_denoising,
    report_inpainting,
    report_pca,
)
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule
from workbench.science.tensors import Resident, resident

HINT = "Lower the learning rate."
REPORTS = {
    "linear": report_pca,
    "autoencoder": report_pca,
    "denoising": report_denoising,
    "inpainting": report_inpainting,
    "hashing": report_hashing,
}


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    data = resident(runs[0].data, device)
    shown = schedule(runs[0].steps)
    fit = fit or partial(lesson.fit, gradient=by_hand.gradient)
    compared = [comparison(run, data.pixels, device) for run in runs]
    for step, net in fit(runs, data, device):
        if step in shown:
            own = [net.only([net.variants.index(v) for v in variants]) for variants in compared]
            pairs = zip(own, runs, strict=True)
            yield [snapshot(part, data, run, step) for part, run in pairs]


@torch.no_grad()
def snapshot(net: Autoencoder, data: Resident, run: Settings, step: int) -> Frame:
    """The numbers and the pictures of one run after `step` steps; its own network is the first."""
    last = step == run.steps
    moment = Moment(
        net,
        data,
        run,
        held_out=evaluate(net, run, data, data.test if last else data.test[:SHOWN]),
        training=evaluate(net.only([0]), run, data, data.train[: FITTED if last else SHOWN // 2]),
        examples=evaluate(net, run, data, data.test[torch.from_numpy(data.examples())]),
    )
    scalars = {"mse": moment.held_out.mse()[0], "train_mse": moment.training.mse()[0]}
    check_finite(step, scalars, HINT)
    report = REPORTS[run.kind](moment)
    pictures = {
        "reconstructions": draw_examples(data, report),
        "codes": draw_codes(moment),
        **report.pictures,
    }
    scalars = {name: float(value) for name, value in (scalars | report.scalars).items()}
    return Frame(step, run.steps, scalars, pictures, "done" if last else "training")
