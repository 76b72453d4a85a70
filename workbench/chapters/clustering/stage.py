"""TODO."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.chapters.clustering.coder import Coder
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.planes import everything, principal_scores
from workbench.core.frames import Diverged, schedule
from workbench.data import DataError
from workbench.science import nets
from workbench.science.later import Tensor, torch
from workbench.science.tensors import Resident, resident

WIDE = 64  # a mixture of pictures with more than 256 pixels sees so many components of them


HINT = "Lower the learning rate."


@dataclass(frozen=True, eq=False)
class Stage:
    """What the methods share: all pictures x [n, pixels], networks, random order and noise."""

    runs: Sequence[Settings]
    data: Resident
    x: Tensor
    net: Coder | None
    batches: nets.Batches
    noise: nets.Noise

    @property
    def first(self) -> Settings:
        """The run that stands for all in every knob that is not stackable."""
        return self.runs[0]

    def few(self) -> "Stage":
        """The same with the first pictures alone: quick enough for every frame."""
        return replace(self, x=self.x[:SHOWN])

    def branch(self, runs: Sequence[Settings]) -> "Stage":
        """The same for other runs, which go on from here and leave this one as it is: methods that
        begin with the same pre-training need it once."""
        net, batches, noise = copy.deepcopy((self.net, self.batches, self.noise))
        return replace(self, runs=runs, net=net, batches=batches, noise=noise)

    def points(self) -> list[Tensor]:
        """What K-Means and the mixture see, [n, d], for every run: in float64, but for K-Means on
        many pixels, which would take gigabytes.

        Raises Diverged when pre-training has left the finite numbers.
        """
        first, pixels = self.first, self.data.pixels
        if self.net is not None:
            codes = [self.net.codes(r, self.x)[0].double() for r in range(len(self.runs))]
            if not all(each.isfinite().all() for each in codes):
                raise Diverged(f"Training diverged before there were clusters. {HINT}")
            return codes
        if first.on_pixels and pixels <= 256:
            points = self.x
        elif first.on_pixels and first.kind == "kmeans":
            return [self.x] * len(self.runs)
        else:
            size = WIDE if first.on_pixels else min(first.latent, pixels)
            points = principal_scores(self.data, size)
        return [points.double()] * len(self.runs)


def stage(runs: Sequence[Settings], device: str) -> Stage:
    """Raises DataError if there are fewer pictures than clusters, or all are the same."""
    first, data = runs[0], resident(runs[0].data, device)
    x = everything(data)
    if torch.equal(x.amin(0), x.amax(0)):
        raise DataError(f"All pictures of {first.data} are the same: give some that differ.")
    if len(x) < first.clusters:
        raise DataError(f"{first.data} has {len(x)} pictures: ask for at most so many clusters.")
    seeds = nets.generators([run.seed for run in runs])
    net = Coder(data.pixels, first.latent, seeds, device) if first.deep else None
    batch = 128 if len(x) <= 10_000 else 256
    batches = nets.Batches(len(x), batch, seeds, device)
    noise = nets.Noise((batches.size, first.latent), seeds, device)
    return Stage(runs, data, x, net, batches, noise)


def shown_steps(run: Settings) -> frozenset[int]:
    """The steps that are shown: each stage dense early and sparse late."""
    if not run.before:
        return schedule(run.steps)
    later = schedule(run.steps - run.before, 28)
    return schedule(run.before, 12) | {run.before + mark for mark in later}


SHOWN = 2000  # pictures that a frame is measured on; the last frame counts all
