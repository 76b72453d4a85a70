"""Trains the chapter's classifiers and shows them as frames."""

from collections.abc import Iterator, Sequence

from workbench.chapters.bootstrap import by_hand
from workbench.chapters.bootstrap.detection import frames as detection
from workbench.chapters.bootstrap.evaluation import (
    Evaluation,
    evaluate,
    label_numbers,
    people_numbers,
)
from workbench.chapters.bootstrap.knobs import Settings
from workbench.chapters.bootstrap.labels import Task, task
from workbench.chapters.bootstrap.lesson import Classifiers
from workbench.chapters.bootstrap.members import positions
from workbench.chapters.bootstrap.pictures import label_pictures, people_pictures
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule

HINT = "Lower the learning rate, or beta of the reconstruction."
PARTS = {
    "wrong-labels": (label_numbers, label_pictures),
    "annotators": (people_numbers, people_pictures),
}


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    if runs[0].kind == "missing-boxes":
        yield from detection.train(runs, device, fit)
        return
    data, shown, evaluation = task(runs[0].data, device), schedule(runs[0].steps), None
    for step, model, given in (fit or by_hand.fit)(runs, data, device):
        if step in shown:
            evaluation = evaluate(model, data, given, step == runs[0].steps, evaluation)
            yield snapshot(model, data, runs, evaluation, step)


def snapshot(
    model: Classifiers, task: Task, runs: Sequence[Settings], evaluation: Evaluation, step: int
) -> list[Frame]:
    """One frame for each run: what was measured and what it looks like after `step` steps."""
    heaviest = model.net.weights[-1].detach().abs().amax((1, 2))
    note = "done" if step == runs[0].steps else "training"
    frames = []
    for run in runs:
        compared = positions(model.members, run)
        weight = max(heaviest[position].item() for position in compared.values())
        check_finite(step, {"a weight": weight}, HINT)
        numbers, pictures = (part(run, task, evaluation, compared) for part in PARTS[run.kind])
        frames.append(Frame(step, run.steps, numbers, pictures, note))
    return frames
