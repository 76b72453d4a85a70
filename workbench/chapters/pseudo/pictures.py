"""What the answers of the classifiers look like."""

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.pseudo.evaluation import Evaluation
from workbench.chapters.pseudo.knobs import ROLES
from workbench.chapters.pseudo.pool import STRANGER, UNKNOWN, Pool
from workbench.chapters.pseudo.record import Record
from workbench.core.pictures import Curves, HeatMap, Images, Line, Scatter, Table
from workbench.science import metrics, nets

ITEMS_DRAWN = 200  # in the plane
LABELS_MARKED = 60
GUESSES_DRAWN = 6
GRID = 40, 28  # points across and up at which a toy's decisions are drawn
BINS = 10
NGON = np.linspace(0, 2 * np.pi, 10)
DIAMOND = np.linspace(0, 2 * np.pi, 5)


def plane(pool: Pool, evaluation: Evaluation, own: int) -> Scatter:
    """Items in the plane by the class they are guessed to be, those that are wrong in a ring."""
    xy = pool.plane[: len(evaluation.y)].numpy()
    given = evaluation.given[own].numpy()
    guess = np.where(given >= 0, given, evaluation.pool[own].argmax(-1).numpy())
    labelled = np.flatnonzero(given >= 0)[:LABELS_MARKED]
    rows = np.union1d(np.arange(min(ITEMS_DRAWN, len(xy))), labelled)
    y = evaluation.y.numpy()
    wrong = rows[(guess[rows] != y[rows]) & (y[rows] != UNKNOWN)]
    return Scatter(
        "What the network takes the items for",
        xy[rows],
        guess[rows],
        pool.classes,
        *axis_names(pool),
        caption=f"{len(rows)} items of the pool by the class that the network finds likeliest. A "
        f"ring: it is wrong ({len(wrong)} times). A diamond: an item with a label.",
        outlines=marks(xy[rows], xy[labelled], DIAMOND, 1.4) + marks(xy[rows], xy[wrong], NGON, 1),
    )


def axis_names(pool: Pool) -> tuple[str, str]:
    return ("first component", "second component") if pool.data else ("x", "y")


def marks(xy: np.ndarray, at: np.ndarray, turn: np.ndarray, size: float) -> tuple:
    """A small closed curve around each of these points; as large as a mark, whatever the axes."""
    reach = size * np.array([0.02, 0.028]) * np.maximum(np.ptp(xy, 0), 1e-6)
    curve = reach * np.stack([np.cos(turn), np.sin(turn)], 1)
    return tuple(point + curve for point in at)


def regions(pool: Pool, net: nets.Mlp, given: Tensor, own: int) -> Scatter:
    """The class that the network gives each point of the plane around a toy's items."""
    low, high = pool.plane.min(0).values.numpy(), pool.plane.max(0).values.numpy()
    air = 0.06 * (high - low)
    columns = (np.linspace(*ends) for ends in zip(low - air, high + air, GRID, strict=True))
    grid = np.stack(np.meshgrid(*columns), -1).reshape(-1, 2)
    with torch.no_grad():
        x = torch.from_numpy(grid).to(pool.x)
        label = net.only([own])(x[None])[0].argmax(-1).cpu().numpy()
    known = pool.plane[given[own].cpu() >= 0].numpy()[:LABELS_MARKED]
    return Scatter(
        "Where it decides",
        grid,
        label,
        pool.classes,
        "x",
        "y",
        caption="The class that the network gives every point. Diamonds: items with a label.",
        outlines=marks(grid, known, DIAMOND, 1.4),
    )


def surest(pool: Pool, evaluation: Evaluation, own: int) -> Images:
    """The guesses about unlabelled items of which the network is surest, wrong ones first."""
    rows = torch.nonzero(evaluation.given[own] < 0)[:, 0]
    sure, guess = evaluation.pool[own][rows].max(-1)
    known = evaluation.y[rows] != UNKNOWN
    wrong = (guess != evaluation.y[rows]) & known
    order = (sure + 2 * wrong.float()).argsort(descending=True, stable=True)[:GUESSES_DRAWN]
    names = [pool.classes[guess[i]] for i in order]
    truth = [f" \u2717 {true_name(pool, evaluation.y[rows[i]])}" if wrong[i] else "" for i in order]
    names = [name + cross for name, cross in zip(names, truth, strict=True)]
    confident = f" It gives the first {sure[order[0]]:.3f}." if len(order) else ""
    return Images(
        "Its surest mistakes",
        pool.data.row(pool.x[rows[order].to(pool.x.device)], GUESSES_DRAWN),
        columns=tuple(names + [""] * (GUESSES_DRAWN - len(names))),
        caption=f"The guess, and \u2717 with the true class: {int(wrong.sum())} of "
        f"{int(known.sum())} guesses are wrong, the surest of them come first.{confident}",
    )


def true_name(pool: Pool, label) -> str:
    return {STRANGER: "nobody's", UNKNOWN: "not known"}.get(int(label)) or pool.classes[label]


def confidences(evaluation: Evaluation, compared: dict[str, int]) -> Curves:
    """How sure the guesses are, where they are right and where they are wrong."""
    lines = []
    for role, style in (("run", "solid"), ("supervised", "dashed")):
        position = compared[role]
        rows = evaluation.named(position)
        sure, label = evaluation.pool[position][rows].max(-1)
        right = label == evaluation.y[rows]
        for name, values in (("right", sure[right]), ("wrong", sure[~right])):
            count, _ = np.histogram(values.numpy(), BINS, (0, 1))
            x = (np.arange(BINS) + 0.5) / BINS
            title = name if role == "run" else f"{name}, labels alone"
            lines.append(Line(title, x, count / max(1, len(values)), style))
    return Curves(
        "How sure, right and wrong",
        tuple(lines),
        "confidence",
        "share of such guesses",
        caption="Guesses about unlabelled items, in tenths of confidence. Wrong ones at the right "
        "end are mistakes that the network has made its own.",
    )


def calibration(evaluation: Evaluation, compared: dict[str, int]) -> Curves:
    """How often each classifier is as right as it is sure."""
    diagonal = np.array([0.0, 1])
    lines = [Line("as sure as right", diagonal, diagonal, "dashed")]
    for role, position in compared.items():
        pair = (part.numpy() for part in evaluation.calibration(position))
        sure, right, _ = metrics.reliability(*pair)
        lines.append(Line(ROLES[role], sure, right))
    return Curves(
        "Reliability",
        tuple(lines),
        "how sure it is",
        "how often it is right",
        caption="Test items in tenths of confidence. Below the dashed line a network claims too "
        "much, above it too little.",
    )


def class_shares(pool: Pool, evaluation: Evaluation, compared: dict[str, int]) -> HeatMap:
    """The mean prediction of each classifier on the test items."""
    shares = evaluation.test[list(compared.values())].mean(1).numpy()
    true = torch.bincount(evaluation.y_test, minlength=len(pool.classes)).numpy()
    return HeatMap(
        "How much it gives each class",
        np.concatenate([shares, true[None] / true.sum()]).astype(float),
        (*(ROLES[role] for role in compared), "in truth"),
        pool.classes,
        "class",
        "",
        "share",
        caption="Mean prediction on test items. A class that nearly vanishes is the beginning of a "
        "collapse.",
    )


def standings(evaluation: Evaluation, compared: dict[str, int]) -> Table:
    """The classifiers side by side, by numbers."""
    rows = []
    for role, position in compared.items():
        sure, right = (part.numpy() for part in evaluation.calibration(position))
        wrong = sure[~right].mean() if (~right).any() else 0.0
        least = evaluation.test[position].mean(0).min()
        numbers = (right.mean(), metrics.calibration_error(sure, right), wrong, least)
        rows.append((ROLES[role], *(f"{number:.3f}" for number in numbers)))
    return Table(
        "Side by side",
        ("", "accuracy", "ECE", "sure when wrong", "least class"),
        tuple(rows),
        caption="On test items. Same labels, same first weights, same batches. Least class: the "
        "smallest share of a class in the mean prediction.",
    )


def memory(pool: Pool, record: Record, own: int) -> HeatMap:
    """The record of one item: its softmax as it was written at the end of each epoch."""
    row = int(record.items[own])
    about = "Nothing is written yet: so far it learns from labels alone."
    if row >= 0:
        true = true_name(pool, pool.y[row])
        about = f"Item {row}, which it doubted most at first; in truth it is {true}."
    return HeatMap(
        "The memory of one item",
        record.labels[own].T.astype(float),
        pool.classes,
        tuple(map(str, record.epochs)),
        "epoch",
        "class",
        "p",
        caption=f"{about} Each column is the softmax that was its label in the epoch after.",
    )
