"""Shows the axes while they are trained."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import torch
from workbench.chapters.pca_by_gradient import lesson
from workbench.chapters.pca_by_gradient.knobs import Settings

from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule
from workbench.core.pictures import Images
from workbench.science.tensors import Resident, resident


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    data, shown = resident(runs[0].data, device), schedule(runs[0].steps)
    for step, net in (fit or lesson.fit)(runs, data, device):
        if step in shown:
            yield snapshot(net, data, runs, step)


@torch.no_grad()
def snapshot(
    net: lesson.Projection, data: Resident, runs: Sequence[Settings], step: int
) -> list[Frame]:
    """The frame of every run: its error, and what is left of some held-out pictures."""
    rows = torch.from_numpy(data.examples())
    frames = []
    for run, out in zip(runs, net(data.test), strict=True):
        error = (out - data.test).square().mean().item()
        scalars = {"mse": error, "best_mse": left_by_algebra(data, run.axes)}
        check_finite(step, scalars, "Lower the learning rate.")
        tiles = data.tiles(torch.cat([data.test[rows], out[rows]]), len(rows))
        caption = "Held-out pictures, and what the axes keep of them."
        grid = Images("Reconstructions", tiles, ("held-out", "kept"), caption=caption)
        frames.append(Frame(step, run.steps, scalars, {"reconstructions": grid}, "training"))
    return frames


@lru_cache(maxsize=4)
def left_by_algebra(data: Resident, count: int) -> float:
    """The error per pixel that the first right singular vectors of the training pictures leave."""
    _, _, vectors = torch.linalg.svd(data.train[:2000], full_matrices=False)
    axes = vectors[:count].mT
    return (data.test @ axes @ axes.mT - data.test).square().mean().item()
