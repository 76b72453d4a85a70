"""Trains the chapter's networks and clusters, and shows them as frames."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import torch

from workbench.chapters.clustering import by_hand, lesson, pictures
from workbench.chapters.clustering.autoencoder import Autoencoder
from workbench.chapters.clustering.clusters import Assignment, Clusters
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.lesson import Stage
from workbench.chapters.clustering.planes import Plane, best_plane
from workbench.chapters.clustering.points import HINT, Setup, all_labels, all_pictures
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule
from workbench.science import formulas, metrics
from workbench.science.tensors import Resident, resident

PICTURES_MEASURED = 2000  # by a frame; the last one counts all
PICTURES_DECODED = 600  # for the error of the reconstruction


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    data = resident(runs[0].data, device)
    fit = fit or partial(lesson.fit, gradient=by_hand.gradient)
    yield from show(fit(runs, data, device), runs, data)


class Reference(NamedTuple):
    """What stays from the moment on when a run's clusters begin.

    The plane in which its points are seen, and the scores that pre-training alone gives.
    """

    plane: Plane
    scores: dict[str, float]


def show(
    stages: Iterable[Stage], runs: Sequence[Settings], data: Resident
) -> Iterator[list[Frame]]:
    """Yields the frames of those stages that are shown."""
    shown, references = shown_steps(runs[0]), [None] * len(runs)
    for step, coder, clusters, first in stages:
        if first and references[0] is None:
            references = [refer(assignment, data) for assignment in first]
        if step in shown:
            yield snapshot(Stage(step, coder, clusters, first), runs, data, references)


def shown_steps(run: Settings) -> frozenset[int]:
    """The steps that are shown: each stage dense early and sparse late."""
    if not run.before:
        return schedule(run.steps)
    later = schedule(run.steps - run.before, 28)
    return schedule(run.before, 12) | {run.before + mark for mark in later}


def refer(first: Assignment, data: Resident) -> Reference:
    """What the first clusters of a run leave to its frames."""
    return Reference(best_plane(first.points[:PICTURES_MEASURED], data), scores(first, data))


def rehearse(coder: Autoencoder, runs: Sequence[Settings], data: Resident) -> Clusters:
    """The first clusters that a few pictures would get from the autoencoders as they are."""
    x = all_pictures(data)[:PICTURES_MEASURED]
    few = Setup([run.replace(restarts=1) for run in runs], data, x, coder)
    return next(lesson.fit_clusters(few))


def snapshot(
    stage: Stage, runs: Sequence[Settings], data: Resident, references: Sequence[Reference | None]
) -> list[Frame]:
    """One frame for each run: its clusters, or in pre-training those of a rehearsal."""
    step, coder, clusters, _ = stage
    rows = len(all_pictures(data)) if step == runs[0].steps else PICTURES_MEASURED
    method = rehearse(coder, runs, data) if clusters is None else clusters
    frames = []
    for k, (run, reference) in enumerate(zip(runs, references, strict=True)):
        assignment = method.evaluate(k, rows)
        scalars = measure(run, assignment, data, reference)
        if coder is not None:
            scalars["mse"] = reconstruction_error(coder, k, assignment, data)
        check_finite(step, scalars, HINT)
        plane = reference.plane if reference else best_plane(assignment.points, data)
        drawn = method.samples(k, pictures.PICTURES_ACROSS) if run.generative else None
        shown = pictures.frame_pictures(data, assignment, plane, drawn)
        if run.kind == "dec":
            shown["target"] = pictures.target(assignment.gamma)
        frames.append(Frame(step, run.steps, scalars, shown, note(stage, k, run)))
    return frames


def note(stage: Stage, k: int, run: Settings) -> str:
    """What run number k is doing, in a few words."""
    if stage.clusters is None:
        return "pre-training"
    if stage.step == run.before:
        return "clusters initialised"
    activity = stage.clusters.note(k)
    if stage.step < run.steps:
        return activity
    return "done" if activity == "clustering" else f"done: {activity}"


def measure(
    run: Settings, assignment: Assignment, data: Resident, reference: Reference | None
) -> dict[str, float]:
    """The numbers of a frame: the agreement with labels, the method's objective, its doubts."""
    agreement, gamma = scores(assignment, data), assignment.gamma
    scalars = agreement | assignment.scalars | {"used": float(len(gamma.argmax(1).unique()))}
    if run.kind != "kmeans":
        scalars["entropy"] = torch.special.entr(gamma).sum(1).mean().item()
    if run.kind in ("dec", "vade", "dac"):
        base = reference.scores if reference else agreement
        scalars |= {f"base_{name}": value for name, value in base.items()}
    return scalars


def scores(assignment: Assignment, data: Resident) -> dict[str, float]:
    """ACC, NMI and ARI against the labels; nothing where there are none."""
    if all_labels(data) is None:
        return {}
    clusters = assignment.gamma.argmax(1).cpu().numpy()
    labels = all_labels(data)[: len(clusters)]
    return {
        "acc": metrics.clustering_accuracy(labels, clusters),
        "nmi": metrics.normalised_mutual_information(labels, clusters),
        "ari": metrics.adjusted_rand_index(labels, clusters),
    }


def reconstruction_error(
    coder: Autoencoder, k: int, assignment: Assignment, data: Resident
) -> float:
    """The squared error per pixel of the first pictures, decoded from their codes."""
    decoded = coder.decode(k, assignment.points[:PICTURES_DECODED].float()).sigmoid()
    x = all_pictures(data)[: len(decoded)]
    return formulas.squared_error(decoded, x).mean().item() / data.pixels
