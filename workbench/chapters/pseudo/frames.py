"""Trains the chapter's classifiers and shows them as frames."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from torch import Tensor

from workbench.chapters.pseudo import by_hand, pictures
from workbench.chapters.pseudo.evaluation import Evaluation, Judge, measure
from workbench.chapters.pseudo.knobs import Settings
from workbench.chapters.pseudo.members import members, positions
from workbench.chapters.pseudo.pool import Pool, load_pool
from workbench.chapters.pseudo.record import Record
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule
from workbench.core.pictures import Picture
from workbench.science import nets

HINT = "Lower the learning rate, or the weight of guesses."


class Progress(NamedTuple):
    """What to show after a step: the networks, the labels that they know, what they answer, and
    the record of their memories, where they have one."""

    step: int
    net: nets.Mlp
    given: Tensor
    evaluation: Evaluation
    record: Record | None


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    first, stack, pool = runs[0], members(runs), load_pool(runs[0], device)
    judge, marks, record = Judge(runs, pool), schedule(first.steps), None
    if first.kind == "mixup-memory":
        record = Record(len(pool.x), first.steps, len(stack), len(pool.classes))
    for step, net, *memory in (fit or by_hand.FITS[first.kind])(runs, pool, device):
        if record and memory:
            record.add(step, *memory)
        if step in marks:
            progress = Progress(step, net, judge.given, judge.evaluate(net, step), record)
            yield [snapshot(run, positions(stack, run), pool, progress) for run in runs]


def snapshot(run: Settings, compared: dict[str, int], pool: Pool, progress: Progress) -> Frame:
    """The frame of a run; compared: the position of each role."""
    step, evaluation = progress.step, progress.evaluation
    heaviest = progress.net.weights[-1].detach().abs().amax((1, 2))
    weight = max(heaviest[position].item() for position in compared.values())
    check_finite(step, {"a weight": weight}, HINT)
    numbers = measure(run, evaluation, compared) | {"belief": belief(run, compared, progress)}
    stage = "done" if step == run.steps else "training"
    shown = draw(compared, pool, progress)
    return Frame(step, run.steps, numbers, shown, f"{stage}. {pool.note}".rstrip(" ."))


def belief(run: Settings, compared: dict[str, int], progress: Progress) -> float:
    """What the network's own guesses weigh at this step, against 1 of the labels."""
    if progress.record:
        return float(progress.record.items[compared["run"]] >= 0)
    (own, *_) = members([run])
    return own.belief(progress.step, run.steps)


def draw(compared: dict[str, int], pool: Pool, progress: Progress) -> dict[str, Picture]:
    """The pictures of a frame."""
    own, evaluation = compared["run"], progress.evaluation
    if pool.data:
        items: Picture = pictures.surest(pool, evaluation, own)
    else:
        items = pictures.regions(pool, progress.net, progress.given, own)
    shown = {
        "plane": pictures.plane(pool, evaluation, own),
        "items": items,
        "confidences": pictures.confidences(evaluation, compared),
        "calibration": pictures.calibration(evaluation, compared),
        "shares": pictures.class_shares(pool, evaluation, compared),
        "standings": pictures.standings(evaluation, compared),
    }
    if progress.record:
        shown["memory"] = pictures.memory(pool, progress.record, own)
    return shown
