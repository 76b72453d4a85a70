"""What a frame measures of co-training, on true classes that the learners never saw."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.two_learners.labels import PERSON, Labels
from workbench.chapters.two_learners.lesson import Learners
from workbench.chapters.two_learners.task import Task

ITEMS_JUDGED = 1000  # test items that a frame's numbers are measured on; the last one takes all
Positions = Mapping[str, Sequence[int]]  # of each method's members, one a seed


class Evaluation(NamedTuple):
    """What the learners of a member answer: `p` [learners, items, classes], and `joint` [items],
    the class of which the product of their probabilities is largest."""

    p: Tensor
    joint: Tensor

    def accuracies(self, y: Tensor) -> list[float]:
        """The share that is right: of both learners together, then of each."""
        answers = [self.joint, *self.p.argmax(-1)]
        return [(answer == y).double().mean().item() for answer in answers]


@torch.no_grad()
def evaluate(model: Learners, data: Task, whole: bool) -> list[Evaluation]:
    """The answers of every member about test items; `whole` asks for all of them."""
    x = data.data.test
    rows = torch.arange(len(x) if whole else min(len(x), ITEMS_JUDGED))
    answers = []
    for m, views in enumerate(model.views):
        p = model.answer(m, x, rows, views.test_partner).cpu()
        answers.append(Evaluation(p, p.log().sum(0).argmax(-1)))
    return answers


def numbers(
    data: Task, answers: Sequence[Evaluation], labels: Sequence[Labels], compared: Positions
) -> dict[str, float]:
    """The numbers of a run, means over its seeds."""
    y = data.y_test[: len(answers[0].joint)]
    right = {
        method: np.mean([answers[m].accuracies(y) for m in own], 0).tolist()
        for method, own in compared.items()
    }
    pair, alone = right["co-training"], right["supervised"][0]
    given = {
        method: np.mean([count(labels[m], data.y) for m in own], 0).tolist()
        for method, own in compared.items()
    }
    return {
        "accuracy": pair[0],
        "view_1": pair[1],
        "view_2": pair[2],
        "self_accuracy": right["self-training"][0],
        "supervised_accuracy": alone,
        "gain": pair[0] - alone,
        "self_gain": right["self-training"][0] - alone,
        "labels": given["co-training"][0],
        "self_labels": given["self-training"][0],
        "wrong": given["co-training"][1] / max(given["co-training"][0], 1),
        "self_wrong": given["self-training"][1] / max(given["self-training"][0], 1),
    }


def count(known: Labels, y: Tensor, teacher: int = PERSON) -> tuple[int, int]:
    """How many labels the learners (or one of them) have given, and how many of these are wrong."""
    given = known.teacher == teacher if teacher else known.teacher != PERSON
    return int(given.sum()), int((known.label != y)[given].sum())
