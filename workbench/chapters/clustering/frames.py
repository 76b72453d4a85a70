"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence

from workbench.chapters.clustering.coder import autoencoder_gradient
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.lesson import METHODS
from workbench.chapters.clustering.pictures import Show
from workbench.chapters.clustering.stage import Stage, shown_steps, stage
from workbench.core.frames import Frame
from workbench.science import nets


def pre_train(now: Stage) -> Iterator[list[Frame]]:
    """Trains the autoencoders alone, and rehearses on a few pictures what clusters they give."""
    first, shown = now.first, shown_steps(now.first)
    shows = [Show(now, k) for k in range(len(now.runs))]
    if first.before:
        adam = nets.Adam(now.net.parameters(), [run.lr for run in now.runs])
    for step in range(1, first.before + 1):
        autoencoder_gradient(now.net, now.x[now.batches.draw()])
        adam.step(pace=1 - 0.9 * step / first.before)
        if step in shown and step < first.before:
            rehearsal = METHODS[first.kind](now.few(), restarts=1)
            yield [show.frame(step, "pre-training", rehearsal) for show in shows]


def cluster(now: Stage) -> Iterator[list[Frame]]:
    """Finds first clusters, and then lets the method work on them."""
    first, shown = now.first, shown_steps(now.first)
    shows = [Show(now, k) for k in range(len(now.runs))]
    method = METHODS[first.kind](now, first.restarts)
    for show in shows:
        show.settle(method)
    if first.before:
        yield [show.frame(first.before, "clusters initialised", method) for show in shows]
    method.start()
    for step in range(first.before + 1, first.steps + 1):
        method.step(pace=1 - 0.9 * (step - first.before) / (first.steps - first.before))
        if step in shown:
            yield [show.frame(step, method.note(show.k), method) for show in shows]


def train(runs: Sequence[Settings], device: str = "cpu") -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    now = stage(runs, device)
    yield from pre_train(now)
    yield from cluster(now)
