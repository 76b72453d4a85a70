"""What the learners of co-training see, label and answer."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.two_learners.evaluation import Evaluation, Positions, count
from workbench.chapters.two_learners.labels import Labels
from workbench.chapters.two_learners.lesson import Learners
from workbench.chapters.two_learners.task import Task
from workbench.core.pictures import Bars, Images, Picture, Scatter

SHOWN = 8
POINTS = 300  # test items in the plane
HIDDEN = 0.5  # the grey of a pixel that a view lacks
CROSS = " \u2717"


def all_pictures(
    model: Learners,
    data: Task,
    answers: Sequence[Evaluation],
    labels: Sequence[Labels],
    compared: Positions,
) -> dict[str, Picture]:
    """The pictures of a run; those of single items are of its first seed."""
    pair = compared["co-training"][0]
    return {
        "planes": plane(answers[pair], data),
        "taught": taught(model, data, pair, labels[pair]),
        "teachers": teachers(data, labels, compared),
        "views": first_views(model, data, pair, labels[pair]),
    }


def plane(answer: Evaluation, data: Task) -> Scatter:
    """How sure each view is of the true class of test items."""
    y = data.y_test[: min(POINTS, len(answer.joint))]
    rows = torch.arange(len(y))
    sure = answer.p[:, rows, y].T
    return Scatter(
        "Probability of the true class, by view",
        sure.double().numpy(),
        (answer.joint[rows] != y).long().numpy(),
        ("together right", "together wrong"),
        "first view",
        "second view",
        caption="Test items. Where one view fails (left, or low) and the other does not, the other "
        "can teach it. At rho 0 they fail apart; at rho 1 they fail at the same items.",
    )


def view_tiles(model: Learners, data: Task, m: int, rows: Tensor) -> np.ndarray:
    """The two views of these training items [2, SHOWN, height, width]; grey where there is none."""
    own, x = model.views[m], data.x.cpu()
    tiles = torch.full((2, SHOWN, data.data.pixels), HIDDEN)
    for k, source in enumerate((rows, own.partner[rows])):
        tiles[k, : len(rows)] = torch.where(own.masks[k] > 0, x[source], torch.tensor(HIDDEN))
    return data.data.tiles(tiles.flatten(0, 1), SHOWN)


def filled(names: Sequence[str]) -> tuple[str, ...]:
    """A name for every column; empty ones where there are too few."""
    return (*names, *[""] * (SHOWN - len(names)))


def first_views(model: Learners, data: Task, m: int, known: Labels) -> Images:
    """Items that a person has labelled, as the two learners see them."""
    rows = known.rows[:SHOWN]
    names = [data.classes[known.label[row]] for row in rows]
    stand_in = " The classes are clusters: these pictures have no labels." * data.guessed
    return Images(
        "The two views of an item",
        view_tiles(model, data, m, rows),
        ("first view", "second view"),
        filled(names),
        "Some of the first labels. Each learner sees its row alone; grey is what it lacks."
        + stand_in,
    )


def taught(model: Learners, data: Task, m: int, known: Labels) -> Images:
    """The labels that were given in the latest round, the surest first."""
    picks = sorted(known.latest, key=lambda pick: -pick.sure)
    shown = picks[:SHOWN]
    rows = torch.tensor([pick.item for pick in shown], dtype=torch.int64)
    names = [
        f"{data.classes[pick.label]}" + CROSS * (pick.label != data.y[pick.item]) for pick in shown
    ]
    wrong = sum(pick.label != int(data.y[pick.item]) for pick in picks)
    caption = f"Of {len(picks)} labels {wrong} are wrong." if picks else "None so far."
    return Images(
        "Labels given in the latest round",
        view_tiles(model, data, m, rows),
        ("first view", "second view"),
        filled(names),
        f"{caption} The surest of them, with their labels; a cross: it is wrong.",
    )


def teachers(data: Task, labels: Sequence[Labels], compared: Positions) -> Bars:
    """How many labels each learner has given, right and wrong ones, the mean over seeds."""
    bars = {}
    sources = {
        "view 1": ("co-training", 1),
        "view 2": ("co-training", 2),
        "self": ("self-training", 1),
    }
    for name, (method, teacher) in sources.items():
        counts = [count(labels[m], data.y, teacher) for m in compared[method]]
        total, wrong = np.mean(counts, 0).tolist()
        bars |= {f"{name}, right": total - wrong, f"{name}, wrong": wrong}
    return Bars(
        "Who has labelled how many",
        tuple(bars),
        np.array(list(bars.values())),
        y_label="items",
        caption="Where both views name an item, the surer one has labelled it. A view labels none "
        "of a class that it finds nowhere, so two views may come to fewer labels than one learner "
        "that trains itself.",
    )
