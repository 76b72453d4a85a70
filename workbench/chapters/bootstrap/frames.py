"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence
from itertools import chain

from workbench.chapters.bootstrap import detection
from workbench.chapters.bootstrap.by_hand import gradient_by_hand
from workbench.chapters.bootstrap.knobs import Settings
from workbench.chapters.bootstrap.labels import Task, task
from workbench.chapters.bootstrap.lesson import Classifiers, family, fit
from workbench.chapters.bootstrap.pictures import Look, _labels, _people, look
from workbench.core.frames import Frame, check_finite, schedule

HINT = "Lower the learning rate, or beta of the reconstruction."


def train(
    runs: Sequence[Settings], device: str = "cpu", gradient=gradient_by_hand
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    first = runs[0]
    if first.kind == "missing-boxes":
        yield from detection.train(runs, device)
        return
    work = task(first.data, device)
    families = [family(run) for run in runs]
    members = sorted(
        dict.fromkeys(chain(*(f.values() for f in families))), key=lambda m: m.loss == "recon"
    )
    places = [{role: members.index(m) for role, m in kin.items()} for kin in families]
    best: dict[int, tuple[float, float]] = {}  # by place: accuracy on clean items, and on the test
    shown = schedule(first.steps)
    for step, model, given in fit(members, work, first.width, first.steps, shown, gradient):
        seen = look(model, work, given, whole=step == first.steps)
        for place, (clean, test) in enumerate(zip(seen.clean, seen.accuracy, strict=True)):
            best[place] = max(best.get(place, (0.0, 0.0)), (clean, test), key=lambda b: b[0])
        yield [
            snapshot(model, work, run, kin, seen, best, step)
            for run, kin in zip(runs, places, strict=True)
        ]


def snapshot(
    model: Classifiers,
    work: Task,
    run: Settings,
    kin: dict[str, int],
    seen: Look,
    best: dict,
    step: int,
) -> Frame:
    """What was measured after `step` steps and what it looks like; kin: the place of each role."""
    exhibit = _people if run.kind == "annotators" else _labels
    scalars, pictures = exhibit(model, work, run, kin, seen, best)
    scalars = {name: float(value) for name, value in scalars.items()}
    weights = model.net.weights[-1].detach().abs().amax((1, 2))
    check_finite(step, {"a weight": max(weights[p].item() for p in kin.values())}, HINT)
    return Frame(step, run.steps, scalars, pictures, "done" if step == run.steps else "training")
