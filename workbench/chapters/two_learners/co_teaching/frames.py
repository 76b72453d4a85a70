"""Trains pairs of networks and shows them as frames."""

from collections.abc import Iterator, Sequence

from workbench.chapters.two_learners.co_teaching import by_hand, pictures
from workbench.chapters.two_learners.co_teaching.evaluation import ITEMS_JUDGED, evaluate, numbers
from workbench.chapters.two_learners.co_teaching.lesson import BATCH, Pairs, kept_share
from workbench.chapters.two_learners.co_teaching.members import comparison
from workbench.chapters.two_learners.knobs import Settings
from workbench.chapters.two_learners.task import Task
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule

HINT = "Lower the learning rate."


def train(
    runs: Sequence[Settings], data: Task, device: str, fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains the pairs of all runs side by side; yields a list of the runs' frames."""
    shown = schedule(runs[0].steps)
    for step, model in (fit or by_hand.fit)(runs, data, device):
        if step in shown:
            yield snapshot(model, data, runs, step)


def snapshot(model: Pairs, data: Task, runs: Sequence[Settings], step: int) -> list[Frame]:
    """One frame for each run: what was measured and what it looks like after `step` steps."""
    epoch = (step - 1) // max(1, len(data.x) // BATCH)
    items = None if step == runs[0].steps else ITEMS_JUDGED
    evaluation = evaluate(model, data, epoch, items)
    heaviest = model.net.weights[-1].detach().abs().amax((1, 2))
    frames = []
    for run in runs:
        compared = {
            method: [model.members.index(member) for member in own]
            for method, own in comparison(run).items()
        }
        networks = [2 * m + k for own in compared.values() for m in own for k in (0, 1)]
        check_finite(step, {"a weight": float(heaviest[networks].max())}, HINT)
        share = kept_share(epoch, run.forgotten, run.ramp)
        scalars = numbers(model, evaluation, data, compared, share)
        shown = pictures.all_pictures(model, data, evaluation, compared)
        state = "done" if step == run.steps else "training"
        note = f"{state}, epoch {epoch + 1}: {share:.0%} of each batch kept"
        frames.append(Frame(step, run.steps, scalars, shown, note))
    return frames
