"""What co-teaching keeps, what it throws out, and how labels go wrong."""

import numpy as np
import torch

from workbench.chapters.two_learners.co_teaching.evaluation import Evaluation, Positions
from workbench.chapters.two_learners.co_teaching.lesson import Pairs
from workbench.chapters.two_learners.task import Task
from workbench.core.pictures import Curves, HeatMap, Images, Line, Picture
from workbench.science import corruption

SHOWN = 8
BINS = np.linspace(0, 10, 26)  # of losses in nats; larger ones fall into the last


def all_pictures(
    model: Pairs, data: Task, evaluation: Evaluation, compared: Positions
) -> dict[str, Picture]:
    """The pictures of a run: of the first network of its first seed."""
    pair = compared["co-teaching"][0]
    return {
        "losses": losses(evaluation, pair),
        "thrown": thrown(model, data, evaluation, pair),
        "matrix": matrix(model, data, pair),
    }


def losses(evaluation: Evaluation, m: int) -> Curves:
    """How large the losses of right and of wrong labels are, and where the cut is."""
    values, wrong = evaluation.losses[m, 0].double().numpy(), evaluation.wrong[m].numpy()
    centres = (BINS[1:] + BINS[:-1]) / 2
    counts = [
        np.histogram(values[rows].clip(0, BINS[-1]), BINS)[0].astype(float)
        for rows in (~wrong, wrong)
    ]
    cut = values[evaluation.picked[m, 0].numpy()].max().clip(0, BINS[-1])
    top = max(count.max() for count in counts)
    return Curves(
        "Losses of the given labels",
        (
            Line("right labels", centres, counts[0]),
            Line("wrong labels", centres, counts[1]),
            Line("cut", np.array([cut, cut]), np.array([0.0, top]), "dashed"),
        ),
        "loss in nats",
        "items",
        caption=f"Of {len(values)} training items. What lies right of the cut is thrown out. "
        "At first the two kinds lie apart; a label that is known by heart moves to the left.",
    )


def thrown(model: Pairs, data: Task, evaluation: Evaluation, m: int) -> Images:
    """The items with the largest losses of those that are thrown out."""
    out, wrong = ~evaluation.picked[m, 0], evaluation.wrong[m]
    order = evaluation.losses[m, 0].argsort(dim=-1, descending=True, stable=True)
    rows = order[out[order]][:SHOWN]
    shots = torch.zeros(SHOWN, data.data.pixels)
    shots[: len(rows)] = data.x[rows.to(data.x.device)].cpu()
    names = [data.classes[model.given[m, row]] + (" \u2717" if wrong[row] else "") for row in rows]
    total, bad = int(out.sum()), int((out & wrong).sum())
    caption = f"Of {total} items {bad} have a wrong label." if total else "Nothing so far."
    stand_in = " The classes are clusters: these pictures have no labels." * data.guessed
    return Images(
        "Items thrown out",
        data.data.tiles(shots, SHOWN),
        columns=(*names, *[""] * (SHOWN - len(rows))),
        caption=f"{caption} Those with the largest loss, under the label they were given; a cross: "
        f"it is wrong.{stand_in}",
    )


def matrix(model: Pairs, data: Task, m: int) -> HeatMap:
    """How often each true class was given each label."""
    values = corruption.noise_matrix(data.y, model.given[m].cpu(), len(data.classes))
    return HeatMap(
        "How labels go wrong",
        values.double().numpy(),
        data.classes,
        data.classes,
        "given",
        "true",
        "share",
        caption="How often each class is given each label.",
    )
