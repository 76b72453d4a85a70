"""TODO."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.ceal.queries import STRATEGIES
from workbench.chapters.ceal.rounds import REFERENCES, Look, Places, Round, labels_needed
from workbench.chapters.ceal.team import Pool
from workbench.core.pictures import Bars, Curves, Images, Line, Scatter, Table
from workbench.science import formulas, metrics
from workbench.science.later import Tensor, torch

SHOWN = 6  # questions and pseudo-labels with a picture
LISTED = 10  # questions in the table
DOTS = 800  # items of the pool on the map


def learning(work: Pool, kin: Places, history: Sequence[Look]) -> Curves:
    mine, *_ = kin.values()
    share = 100 * np.array([now.labels[mine[0]] for now in history]) / len(work)
    lines = []
    for name, places in kin.items():
        y = np.array([now.accuracy[places] for now in history])  # (round, seed)
        style = "dashed" if name in REFERENCES else "solid"
        lines.append(Line(name, share, y.mean(1), style, low=y.min(1), high=y.max(1)))
    return Curves(
        "Accuracy for labels",
        tuple(lines),
        "labelled, % of the pool",
        "test accuracy",
        caption=f"Mean and range of {len(mine)} seed{'s' * (len(mine) > 1)}. AL_ALL has all labels "
        "throughout and takes the same training steps.",
    )


def drawn(work: Pool, rows: NDArray) -> NDArray:
    """The first SHOWN of these items as pictures [1, SHOWN, height, width], blank at the end."""
    tiles = torch.zeros(SHOWN, work.data.pixels)
    tiles[: len(rows)] = work.data.train[torch.from_numpy(rows[:SHOWN])].cpu()
    return work.data.tiles(tiles, SHOWN)


def padded(names: Sequence[str]) -> tuple[str, ...]:
    """SHOWN names for as many pictures; blank ones have none."""
    names = names or ["none"]
    return (*names[:SHOWN], *[""] * (SHOWN - len(names)))


def best_two(work: Pool, p: Tensor, rows: NDArray) -> list[tuple[str, float, str, float]]:
    """For each item the likeliest class and the next, with their probabilities."""
    p, j = p[rows].topk(2, 1)
    return [
        (work.classes[a], first, work.classes[b], second)
        for (a, b), (first, second) in zip(j.tolist(), p.tolist(), strict=True)
    ]


def questions(work: Pool, one: Round) -> Images:
    rows = one.asked[:SHOWN]
    names = [f"{a} or {b}?" for a, _, b, _ in best_two(work, one.p, rows)]
    return Images(
        "This round's questions",
        drawn(work, rows),
        columns=padded(names),
        caption=f"The first {len(rows)} of {len(one.asked)} items asked about, with the two "
        "classes that the network found likeliest.",
    )


def margins(one: Round) -> Bars:
    margin = formulas.margin(one.p)[one.open].numpy()
    count, _ = np.histogram(margin, 10, (0, 1))
    return Bars(
        "How sure of the pool",
        tuple(f"{tenth / 10:.1f}" for tenth in range(10)),
        count.astype(float),
        "margin from",
        "items",
        caption="Unlabelled items by the margin between the two likeliest classes.",
    )


def doubt_table(work: Pool, one: Round) -> Table:
    rows = one.asked[:LISTED]
    entropy = formulas.entropy(one.p[rows]).tolist()
    lines = (
        (
            f"{a} {first:.2f}",
            f"{b} {second:.2f}",
            f"{first - second:.3f}",
            f"{en:.3f}",
            work.classes[work.y[row]],
        )
        for (a, first, b, second), en, row in zip(
            best_two(work, one.p, rows), entropy, rows, strict=True
        )
    )
    return Table(
        "What the network thought of them",
        ("says", "or", "margin", "entropy", "is"),
        tuple(lines),
        caption="Probabilities before the answer, and the answer.",
    )


def pseudo_labels(work: Pool, one: Round, rule: str = "") -> Images:
    """What the network was believed about; `rule` says in a sentence when it is."""
    wrong = one.pseudo != work.y[one.believed]
    doubt = -formulas.least_confidence(one.p[one.believed]).numpy()
    order = np.lexsort((-doubt, ~wrong))[:SHOWN]  # wrong ones first, then the least sure
    names = [
        f"{work.classes[said]} ✗ {work.classes[true]}" if said != true else work.classes[said]
        for said, true in zip(one.pseudo[order], work.y[one.believed[order]], strict=True)
    ]
    share = f", {wrong.sum()} of them wrong ({wrong.mean():.1%})" if len(wrong) else ""
    return Images(
        "This round's pseudo-labels",
        drawn(work, one.believed[order]),
        columns=padded(names),
        caption=f"{len(wrong)} believed{share}. {rule}".rstrip() + " Shown are wrong ones first "
        "(✗ and the true class), then those it was least sure of.",
    )


PLACES = ("pool", "labelled before", "believed, right", "believed, wrong", "asked now")


def plane(work: Pool, one: Round, seed: int) -> Scatter:
    group = np.ones(len(work), int)
    group[one.open] = 0
    group[one.believed] = np.where(one.pseudo == work.y[one.believed], 2, 3)
    group[one.asked] = 4
    rows = np.random.default_rng(seed).permutation(len(work))[:DOTS]
    rows = np.union1d(rows, one.asked[:DOTS])
    rows = rows[np.argsort(group[rows], kind="stable")]  # the rarest on top
    return Scatter(
        "Where the questions lie",
        work.plane[rows],
        group[rows],
        PLACES,
        "first component",
        "second component",
        caption=f"The pool by its first two principal components, {len(rows)} "
        f"of {len(work)} items.",
    )


def calibration(kin: Places, now: Look) -> Curves:
    lines = [Line("as sure as right", np.array([0.0, 1]), np.array([0.0, 1]), "dashed")]
    for name in dict.fromkeys((next(iter(kin)), "AL_RAND")):
        sure, right, _ = metrics.reliability(now.sure[kin[name]], now.right[kin[name]])
        lines.append(Line(name, sure, right))
    return Curves(
        "Calibration",
        tuple(lines),
        "how sure it says it is",
        "how often it is right",
        caption="Test items by the probability of the class named, in tenths. Below the dashed "
        "line it claims too much, and pseudo-labels live on its claims.",
    )


def standings(kin: Places, history: Sequence[Look], rounds: Sequence[Round]) -> Table:
    """Accuracy, labels needed for 95 % of AL_ALL's, and pseudo-labels so far, means over seeds."""

    def path(field: str, places: list[int]) -> NDArray:
        return np.array([getattr(now, field)[places].mean() for now in history])

    target = 0.95 * history[-1].accuracy[kin["AL_ALL"]].mean()
    lines = []
    for name, places in kin.items():
        accuracy, labels = path("accuracy", places), path("labels", places)
        needed = labels_needed(labels, accuracy, target)
        sure = np.mean([len(rounds[place].believed) for place in places])
        lines.append(
            (
                name,
                f"{accuracy[-1]:.3f}",
                f"{labels[-1]:.0f}",
                "not yet" if np.isinf(needed) else f"{needed:.0f}",
                f"{sure:.0f}" if STRATEGIES[name].believes else "",
            )
        )
    return Table(
        "The strategies so far",
        ("strategy", "accuracy", "labels", "for 95 %", "believed"),
        tuple(lines),
        caption="Means over seeds. For 95 %: labels until it had 95 % of the accuracy that AL_ALL "
        "has now.",
    )
