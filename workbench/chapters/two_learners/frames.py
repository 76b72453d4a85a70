"""Trains the chapter's learners and shows them as frames."""

from collections.abc import Iterator, Sequence

from workbench.chapters.two_learners import by_hand, pictures
from workbench.chapters.two_learners.co_teaching import frames as co_teaching
from workbench.chapters.two_learners.evaluation import evaluate, numbers
from workbench.chapters.two_learners.knobs import Settings
from workbench.chapters.two_learners.labels import Labels
from workbench.chapters.two_learners.lesson import Learners
from workbench.chapters.two_learners.members import comparison
from workbench.chapters.two_learners.task import Task, load_task
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule

HINT = "Lower the learning rate."


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    data = load_task(runs[0].data, device)
    if runs[0].kind == "co-teaching":
        yield from co_teaching.train(runs, data, device, fit)
        return
    shown = schedule(runs[0].steps)
    for step, model, labels in (fit or by_hand.fit)(runs, data, device):
        if step in shown:
            yield snapshot(model, labels, data, runs, step)


def snapshot(
    model: Learners, labels: Sequence[Labels], data: Task, runs: Sequence[Settings], step: int
) -> list[Frame]:
    """One frame for each run: what was measured and what it looks like after `step` steps."""
    heaviest = model.net.weights[0].detach().abs().amax((1, 2))
    answers = evaluate(model, data, step == runs[0].steps)
    frames = []
    for run in runs:
        compared = {
            method: [model.members.index(member) for member in own]
            for method, own in comparison(run).items()
        }
        learners = [k for own in compared.values() for m in own for k in model.own[m]]
        check_finite(step, {"a weight": float(heaviest[learners].max())}, HINT)
        scalars = numbers(data, answers, labels, compared)
        shown = pictures.all_pictures(model, data, answers, labels, compared)
        frames.append(Frame(step, run.steps, scalars, shown, note(scalars, step == run.steps)))
    return frames


def note(scalars: dict[str, float], done: bool) -> str:
    """What a run is doing, in a few words."""
    given = f"{scalars['labels']:.0f} labels given by the learners"
    return f"done, {given}" if done else given
