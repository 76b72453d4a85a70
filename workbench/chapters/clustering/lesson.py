"""Clustering in two stages: an autoencoder is trained, then a method sorts the pictures.

The network and its loss lie in `autoencoder`, each method with its mathematics in a file of its
own: `kmeans`, `em`, `dec`, `vade` and `dac`. The first two can also do without a network. Runs
train side by side and share nothing; one run is the ordinary case.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from workbench.chapters.clustering import autoencoder, dac, dec, em, kmeans, vade
from workbench.chapters.clustering.autoencoder import Autoencoder
from workbench.chapters.clustering.clusters import Assignment, Clusters
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.points import Setup, all_pictures
from workbench.data import DataError
from workbench.science import nets
from workbench.science.tensors import Resident

Loss = Callable[..., Tensor]  # loss(networks, *batch), a number for each run [runs]
Gradient = Callable[..., None]  # gradient(networks, *batch), left in each parameter's .grad


class Losses(NamedTuple):
    """What the networks descend on. K-Means and EM have steps of their own."""

    vae: Loss = autoencoder.vae_loss
    autoencoder: Loss = autoencoder.loss
    dec: Loss = dec.loss
    vade: Loss = vade.loss
    critic: Loss = dac.critic_loss
    dac: Loss = dac.loss


LOSSES = Losses()


class Stage(NamedTuple):
    """How far a training has come."""

    step: int
    coder: Autoencoder | None  # there is none where K-Means or a mixture works on the pictures
    clusters: Clusters | None  # there are none while the autoencoder trains alone
    first: list[Assignment]  # the clusters of each run when they began, of all pictures


def fit(
    runs: Sequence[Settings],
    data: Resident,
    device: str = "cpu",
    losses: Losses = LOSSES,
    gradient: Callable[[Loss], Gradient] = nets.autograd,
) -> Iterator[Stage]:
    """Trains an autoencoder for each run, then its clusters; yields after every step of both.

    `gradient(loss)` makes the gradient of a loss. Raises DataError for pictures that cannot be
    sorted.
    """
    setup = set_up(runs, data, device)
    yield from pre_train(setup, losses, gradient)
    yield from cluster(setup, losses, gradient)


def set_up(runs: Sequence[Settings], data: Resident, device: str) -> Setup:
    """Networks, order of the pictures and noise, as the seeds draw them."""
    first, x = runs[0], all_pictures(data)
    if torch.equal(x.amin(0), x.amax(0)):
        raise DataError(f"All pictures of {first.data} are the same: give some that differ.")
    if len(x) < first.clusters:
        raise DataError(f"{first.data} has {len(x)} pictures: ask for at most so many clusters.")
    seeds = nets.generators([run.seed for run in runs])
    coder = Autoencoder(data.pixels, first.latent, seeds, device) if first.deep else None
    batches = nets.Batches(len(x), 128 if len(x) <= 10_000 else 256, seeds, device)
    noise = nets.Noise((batches.size, first.latent), seeds, device)
    return Setup(runs, data, x, coder, batches, noise)


def pre_train(
    setup: Setup,
    losses: Losses = LOSSES,
    gradient: Callable[[Loss], Gradient] = nets.autograd,
) -> Iterator[Stage]:
    """Trains the autoencoders alone; yields after every step but the last, where clusters begin."""
    run, steps = setup.runs[0], setup.runs[0].before
    if not steps:
        return
    descend = gradient(losses.vae if run.variational else losses.autoencoder)
    adam = nets.Adam(setup.coder.parameters(), [run.lr for run in setup.runs])
    for step in range(1, steps + 1):
        x = setup.x[setup.batches.draw()]
        descend(setup.coder, x, *((setup.noise.draw(), run.beta) if run.variational else ()))
        adam.step(pace=1 - 0.9 * step / steps)
        if step < steps:
            yield Stage(step, setup.coder, None, [])


def cluster(
    setup: Setup,
    losses: Losses = LOSSES,
    gradient: Callable[[Loss], Gradient] = nets.autograd,
) -> Iterator[Stage]:
    """Finds first clusters and lets the method work on them; yields after every step.

    The step in which clusters are found is the last of the pre-training, if there was any.
    """
    run, method = setup.runs[0], fit_clusters(setup, losses, gradient)
    clusters = next(method)
    first = [clusters.evaluate(k, len(setup.x)) for k in range(len(setup.runs))]
    if run.before:
        yield Stage(run.before, setup.coder, clusters, first)
    for step in range(run.before + 1, run.steps + 1):
        yield Stage(step, setup.coder, next(method), first)


def fit_clusters(
    setup: Setup,
    losses: Losses = LOSSES,
    gradient: Callable[[Loss], Gradient] = nets.autograd,
) -> Iterator[Clusters]:
    """Yields the first clusters of the method that was asked for, and those after each step."""
    kind = setup.runs[0].kind
    if kind == "kmeans":
        return kmeans.fit(setup)
    if kind == "mixture":
        return em.fit(setup)
    if kind == "dec":
        return dec.fit(setup, gradient(losses.dec))
    if kind == "dac":
        return dac.fit(setup, gradient(losses.dac), gradient(losses.critic))
    return vade.fit(setup, gradient(losses.vade))
