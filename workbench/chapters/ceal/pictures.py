"""What a round looks like: its questions and pseudo-labels, and how the strategies stand.

`compared` are the positions of each strategy's networks, the chosen strategy's first.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.ceal.evaluation import Evaluation, Positions, labels_needed
from workbench.chapters.ceal.knobs import LABELS, REFERENCES, STRATEGIES
from workbench.chapters.ceal.lesson import Round
from workbench.chapters.ceal.pool import Pool
from workbench.core.pictures import Bars, Curves, Images, Line, Scatter, Table
from workbench.core.quantity import percent
from workbench.science import formulas, metrics

ITEMS_DRAWN = 6  # questions and pseudo-labels with a picture
QUESTIONS_LISTED = 10
POINTS_DRAWN = 800  # items of the pool on the map


def learning(pool: Pool, compared: Positions, history: Sequence[Evaluation]) -> Curves:
    """Accuracy against the share of labelled items, a line for each strategy."""
    chosen, *_ = compared.values()
    share = 100 * np.array([after.labels[chosen[0]] for after in history]) / len(pool)
    lines = []
    for name, positions in compared.items():
        y = np.array([after.accuracy[positions] for after in history])  # (round, seed)
        style = "dashed" if name in REFERENCES else "solid"
        lines.append(Line(LABELS[name], share, y.mean(1), style, low=y.min(1), high=y.max(1)))
    return Curves(
        "Accuracy for labels",
        tuple(lines),
        "labelled, % of the pool",
        "test accuracy",
        caption=f"Mean and range of {len(chosen)} seed{'s' * (len(chosen) > 1)}. The last has "
        "all labels throughout and takes the same training steps.",
    )


def draw_items(pool: Pool, rows: NDArray) -> NDArray:
    """The first ITEMS_DRAWN of these items [1, ITEMS_DRAWN, height, width], grey at the end."""
    return pool.data.row(pool.data.train[torch.from_numpy(rows[:ITEMS_DRAWN])], ITEMS_DRAWN)


def pad(names: Sequence[str]) -> tuple[str, ...]:
    """ITEMS_DRAWN names for as many pictures; blank ones have none."""
    names = names or ["none"]
    return (*names[:ITEMS_DRAWN], *[""] * (ITEMS_DRAWN - len(names)))


def best_two(pool: Pool, p: Tensor, rows: NDArray) -> list[tuple[str, float, str, float]]:
    """For each item the likeliest class and the next, with their probabilities."""
    p, j = p[rows].topk(2, 1)
    return [
        (pool.classes[a], first, pool.classes[b], second)
        for (a, b), (first, second) in zip(j.tolist(), p.tolist(), strict=True)
    ]


def questions(pool: Pool, this_round: Round) -> Images:
    """The first items asked about, each with the two likeliest classes."""
    rows = this_round.asked[:ITEMS_DRAWN]
    names = [f"{a} or {b}?" for a, _, b, _ in best_two(pool, this_round.p, rows)]
    return Images(
        "This round's questions",
        draw_items(pool, rows),
        columns=pad(names),
        caption=f"The first {len(rows)} of {len(this_round.asked)} items asked about, with the two "
        "classes that the network found likeliest.",
    )


def margins(this_round: Round) -> Bars:
    """How many unlabelled items have which margin."""
    margin = formulas.margin(this_round.p)[this_round.open].numpy()
    count, _ = np.histogram(margin, 10, (0, 1))
    return Bars(
        "How sure of the pool",
        tuple(f"{tenth / 10:.1f}" for tenth in range(10)),
        count.astype(float),
        "margin from",
        "items",
        caption="Unlabelled items by the margin between the two likeliest classes.",
    )


def doubt_table(pool: Pool, this_round: Round) -> Table:
    """The first questions: probabilities, margin, entropy, and the answer."""
    rows = this_round.asked[:QUESTIONS_LISTED]
    entropy = formulas.entropy(this_round.p[rows]).tolist()
    best = best_two(pool, this_round.p, rows)
    truth = [pool.classes[y] for y in pool.y[rows]]
    lines = (
        (f"{a} {p:.2f}", f"{b} {q:.2f}", f"{p - q:.3f}", f"{en:.3f}", true)
        for (a, p, b, q), en, true in zip(best, entropy, truth, strict=True)
    )
    return Table(
        "What the network thought of them",
        ("says", "or", "margin", "entropy", "is"),
        tuple(lines),
        caption="Probabilities before the answer, and the answer.",
    )


def pseudo_labels(pool: Pool, this_round: Round, belief: str = "", networks: int = 1) -> Images:
    """The items that the network was believed about; `belief` says in a sentence when it is, and
    `networks` of how many it is the first."""
    believed, pseudo = this_round.believed, this_round.pseudo
    true = pool.y[believed]
    wrong = pseudo != true
    doubt = -formulas.least_confidence(this_round.p[believed]).numpy()
    order = np.lexsort((-doubt, ~wrong))[:ITEMS_DRAWN]  # wrong ones first, then the least sure
    names = [
        pool.classes[pseudo[i]] + (f" ✗ {pool.classes[true[i]]}" if wrong[i] else "") for i in order
    ]
    first = f"The first of {networks} networks: " if networks > 1 else ""
    share = f", {wrong.sum()} of them wrong ({wrong.mean():.1%})" if len(wrong) else ""
    return Images(
        "This round's pseudo-labels",
        draw_items(pool, believed[order]),
        columns=pad(names),
        caption=f"{first}{len(wrong)} believed{share}. {belief}".rstrip()
        + " Shown are wrong ones first "
        "(✗ and the true class), then those it was least sure of.",
    )


MARKS = ("pool", "labelled before", "believed, right", "believed, wrong", "asked now")


def plane(pool: Pool, this_round: Round, seed: int) -> Scatter:
    """Items of the pool on a map, by what has become of them."""
    believed, pseudo = this_round.believed, this_round.pseudo
    group = np.ones(len(pool), int)
    group[this_round.open] = 0
    group[believed] = np.where(pseudo == pool.y[believed], 2, 3)
    group[this_round.asked] = 4
    rows = np.random.default_rng(seed).permutation(len(pool))[:POINTS_DRAWN]
    rows = np.union1d(rows, this_round.asked[:POINTS_DRAWN])
    rows = rows[np.argsort(group[rows], kind="stable")]  # the rarest on top
    return Scatter(
        "Where the questions lie",
        pool.plane[rows],
        group[rows],
        MARKS,
        "first component",
        "second component",
        equal=True,
        caption=f"The pool by its first two principal components, {len(rows)} "
        f"of {len(pool)} items.",
    )


def calibration(compared: Positions, latest: Evaluation) -> Curves:
    """How often the chosen strategy's networks, and those of AL_RAND, are as right as sure."""
    lines = [Line("as sure as right", np.array([0.0, 1]), np.array([0.0, 1]), "dashed")]
    for name in dict.fromkeys((next(iter(compared)), "AL_RAND")):
        positions = compared[name]
        sure, right, _ = metrics.reliability(latest.sure[positions], latest.right[positions])
        lines.append(Line(LABELS[name], sure, right))
    return Curves(
        "Calibration",
        tuple(lines),
        "how sure it says it is",
        "how often it is right",
        caption="Test items by the probability of the class named, in tenths. Below the dashed "
        "line it claims too much, and pseudo-labels live on its claims.",
    )


def standings(compared: Positions, history: Sequence[Evaluation], rounds: Sequence[Round]) -> Table:
    """Accuracy, labels needed for 95 % of AL_ALL's, and pseudo-labels so far, means over seeds."""

    def means(field: str, positions: list[int]) -> NDArray:
        return np.array([getattr(after, field)[positions].mean() for after in history])

    target = 0.95 * history[-1].accuracy[compared["AL_ALL"]].mean()
    lines = []
    for name, positions in compared.items():
        accuracy, labels = means("accuracy", positions), means("labels", positions)
        needed = labels_needed(labels, accuracy, target)
        believed = np.mean([len(rounds[position].believed) for position in positions])
        enough = "not yet" if np.isinf(needed) else f"{needed:.0f}"
        count = f"{believed:.0f}" if STRATEGIES[name].believes else ""
        lines.append((LABELS[name], percent(accuracy[-1]), f"{labels[-1]:.0f}", enough, count))
    return Table(
        "The strategies so far",
        ("strategy", "accuracy", "labels", "for 95 %", "believed"),
        tuple(lines),
        caption="Means over seeds. For 95 %: labels until it had 95 % of the accuracy that "
        "training on all labels has now.",
    )
