"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from torch import Tensor

from workbench.chapters.multitask import by_hand, pictures
from workbench.chapters.multitask.evaluation import Evaluation, cosine, evaluate
from workbench.chapters.multitask.knobs import Settings
from workbench.chapters.multitask.lesson import Networks
from workbench.chapters.multitask.members import comparison
from workbench.chapters.multitask.problem import Problem, problem
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule

HINT = "Lower the learning rate."


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    data, shown = problem(runs[0], device), schedule(runs[0].steps)
    history: list[tuple[int, Evaluation]] = []
    for step, net, weights in (fit or by_hand.fit)(runs, data, device):
        if step in shown:
            history.append((step, evaluate(net, data, step == runs[0].steps)))
            progress = Progress(net, weights, history)
            yield [snapshot(run, data, progress) for run in runs]


class Progress(NamedTuple):
    """The networks as they are, what the tasks count for [members, 2], and all evaluations."""

    net: Networks
    weights: Tensor
    history: Sequence[tuple[int, Evaluation]]


def snapshot(run: Settings, data: Problem, progress: Progress) -> Frame:
    """The frame of one run: what was measured and what it looks like."""
    net, (step, latest) = progress.net, progress.history[-1]
    lines = {name: [net.members.index(m) for m in own] for name, own in comparison(run).items()}
    alone, together = lines["alone"], lines["together"]
    weights = progress.weights[together].mean(0).tolist()
    scalars = {
        "alone": latest.accuracy[alone].mean().item(),
        "together": latest.accuracy[together].mean().item(),
        "gain": (latest.accuracy[together] - latest.accuracy[alone]).mean().item(),
        "other": latest.other[together].mean().item(),
        "weight_main": weights[0],
        "weight_other": weights[1],
        "cosine": cosine(net, data, together[0]),
    }
    largest = max(w.detach()[together].abs().max().item() for w in net.main.weights)
    check_finite(step, scalars | {"a weight": largest}, HINT)
    shown = {
        "accuracy": pictures.accuracy(lines, progress.history),
        "classes": pictures.classes(lines, latest, data),
        "examples": pictures.examples(data),
    }
    if run.curve:
        shown["relatedness"] = pictures.relatedness(lines, latest)
    return Frame(step, run.steps, scalars, shown, note(run, step))


def note(run: Settings, step: int) -> str:
    """What is being learnt."""
    if step == run.steps:
        return "done"
    if run.kind == "transfer":
        return "the main task" if step > run.steps // 2 else "the other task first"
    return "both tasks"
