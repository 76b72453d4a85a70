"""What a frame measures of the classifiers, on true labels that they never saw."""

from dataclasses import dataclass

import torch
from torch import Tensor

from workbench.chapters.bootstrap.knobs import ROLES, Settings
from workbench.chapters.bootstrap.labels import NO_LABEL, Task
from workbench.chapters.bootstrap.lesson import Classifiers

ITEMS_JUDGED = 1000  # training and test items that a frame's numbers are measured on


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What every member of a stack answers, [members] or [members, items].

    `accuracy` is that on the test set, `clean` that on the clean items, `stopped` the accuracy at
    the frame so far at which `clean` was best, `wrong` the share of its labels that is wrong;
    `chosen` and `sure` are its classes for training items and their probabilities, `given` the
    labels of these; `noise` [given, true] is the matrix that its noise layer has learnt, by
    position.
    """

    accuracy: list[float]
    clean: list[float]
    stopped: list[tuple[float, float]]  # (clean, accuracy)
    wrong: list[float]
    chosen: Tensor
    sure: Tensor
    given: Tensor
    noise: dict[int, Tensor]


@torch.no_grad()
def evaluate(
    model: Classifiers, task: Task, given: Tensor, whole: bool, before: Evaluation | None = None
) -> Evaluation:
    """The members' answers; `whole` asks for the complete test set, `before` is what the frame
    before this one measured."""
    test = task.data.test if whole else task.data.test[:ITEMS_JUDGED]
    sure, chosen = answer(model, task.x[:ITEMS_JUDGED]).max(-1)
    accuracy = share_right(answer(model, test), task.y_test[: len(test)])
    clean = share_right(answer(model, task.x_clean), task.y_clean)
    best = before.stopped if before else [(0.0, 0.0)] * len(accuracy)
    pairs = zip(best, zip(clean, accuracy, strict=True), strict=True)
    first = len(model.members) - model.layers
    return Evaluation(
        accuracy=accuracy,
        clean=clean,
        stopped=[max(pair, key=lambda stop: stop[0]) for pair in pairs],
        wrong=[share_wrong(labels.cpu(), task.y) for labels in given],
        chosen=chosen,
        sure=sure,
        given=given[:, :ITEMS_JUDGED].cpu(),
        noise={first + i: layer.softmax(0).cpu() for i, layer in enumerate(model.noise)},
    )


def share_wrong(given: Tensor, y: Tensor) -> float:
    """The share of the given labels [n] that is wrong; 0 where nothing has a label."""
    rows = given != NO_LABEL
    return (given != y)[rows].double().mean().item() if rows.any() else 0.0


def answer(model: Classifiers, x: Tensor) -> Tensor:
    """Every member's distribution over the true class, [members, n, classes], on the CPU."""
    members = len(model.members)
    parts = [model.net(part.expand(members, *part.shape)) for part in x.split(ITEMS_JUDGED)]
    return torch.cat(parts, 1).softmax(-1).cpu()


def share_right(answers: Tensor, y: Tensor) -> list[float]:
    return (answers.argmax(-1) == y).double().mean(1).tolist()


def label_numbers(run: Settings, task: Task, evaluation: Evaluation, compared) -> dict[str, float]:
    """The numbers of a run with wrong labels; compared: the position of each role."""
    own, plain = compared["run"], compared["plain"]
    numbers = {
        "accuracy": evaluation.accuracy[own],
        "plain_accuracy": evaluation.accuracy[plain],
        **memory_numbers(evaluation, task, own, ""),
        **memory_numbers(evaluation, task, plain, "plain_"),
        **change_numbers(evaluation, task, own),
        "realised": evaluation.wrong[own],
    }
    if run.baselines:
        numbers["early_accuracy"] = evaluation.stopped[plain][1]
        numbers["layer_accuracy"] = evaluation.accuracy[compared["layer"]]
    return numbers


def people_numbers(run: Settings, task: Task, evaluation: Evaluation, compared) -> dict[str, float]:
    """The numbers of a run with annotators; compared: the position of each role."""
    numbers = {f"{role}_accuracy": evaluation.accuracy[compared[role]] for role in ROLES}
    for role in ("single", "majority"):
        numbers[f"{role}_right"] = 1 - evaluation.wrong[compared[role]]
    return numbers


def memory_numbers(evaluation: Evaluation, task: Task, position: int, prefix: str) -> dict:
    """How many right and wrong labels a classifier repeats; 0 where there are none."""
    given, chosen = evaluation.given[position], evaluation.chosen[position]
    same, right = chosen == given, given == task.y[: len(given)]
    wrong = ~right & (given != NO_LABEL)
    return {
        f"{prefix}{name}": same[rows].double().mean().item() if rows.any() else 0.0
        for name, rows in (("learnt", right), ("memorised", wrong))
    }


def change_numbers(evaluation: Evaluation, task: Task, position: int) -> dict[str, float]:
    """How many labels a classifier would change, and how many of these to the true one."""
    given, chosen = evaluation.given[position], evaluation.chosen[position]
    labelled = given != NO_LABEL
    other = (chosen != given) & labelled
    right = (chosen == task.y[: len(chosen)])[other]
    return {
        "changed": other.sum().item() / max(1, labelled.sum().item()),
        "right": right.double().mean().item() if len(right) else 0.0,
    }
