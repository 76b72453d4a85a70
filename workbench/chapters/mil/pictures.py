"""The pictures of chapter mil: bags by weight, one bag without each instance, how bags are made."""

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.mil.bags import Task
from workbench.chapters.mil.evaluation import Answers, Member, top_is_witness
from workbench.core.pictures import Bars, Images, Picture, Scatter, Table
from workbench.core.quantity import percent
from workbench.science import formulas

POSITIVE_ROWS, NEGATIVE_ROWS, LONGEST_ROW = 3, 2, 14  # bags shown, and instances of each
MISTAKES_LONGEST = 10  # instances of each bag that went wrong: their names take room
DIMMEST = 0.15  # brightness of an instance without weight
WITNESS_NOTES = {True: "witnesses are framed.", False: "nobody knows the witnesses."}


def pictures(member: Member, task: Task, answers: Answers, last: bool) -> dict[str, Picture]:
    """The pictures of one run's answers about its test bags; the last frame has one more."""
    y = task.test.y
    positive = np.flatnonzero(y)[:POSITIVE_ROWS]
    longest = positive[task.test.mask[positive].sum(1).argmax()]
    bags = np.concatenate([positive, np.flatnonzero(~y)[:NEGATIVE_ROWS]])
    shown: dict[str, Picture] = {
        "strips": likeliest_on_top(task, answers, bags),
        "removal": removal(member, task, answers, longest),
        "certainty": Scatter(
            "Attention and certainty",
            np.stack([answers.p, answers.spread], 1),
            y.astype(int),
            task.classes,
            "probability of a positive bag",
            "entropy of the weights, 0 to 1",
            caption="Test bags. Entropy 1: every instance counts alike; 0: one has all the weight.",
        ),
        "making": making(task),
    }
    return shown | ({"mistakes": mistakes(task, answers)} if last else {})


def likeliest_on_top(task: Task, answers: Answers, bags: NDArray) -> Images:
    """These test bags, each a row."""
    y, order = task.test.y, bags[np.argsort(-answers.p[bags], kind="stable")]
    return Images(
        "Bags, the likeliest positive on top",
        strips(task, answers, order),
        tuple(f"{'+' if y[bag] else '-'} {answers.p[bag]:.2f}" for bag in order),
        caption="Before each bag its true label and the probability. Instances by falling "
        "weight, the brighter the more; " + WITNESS_NOTES[task.known],
    )


def strips(task: Task, answers: Answers, bags: NDArray) -> NDArray:
    """Tiles [bags, columns, height, width]: the instances of each bag by falling weight, as bright
    as their share of the largest, witnesses in a frame."""
    test, columns = task.test, min(LONGEST_ROW, task.test.mask.shape[1])
    tiles = np.zeros((len(bags), columns, *task.tiles.shape[1:]), np.float32)
    for row, bag in zip(tiles, bags, strict=True):
        weights = answers.weights[bag]
        largest = max(weights.max(), 1e-30)
        for tile, position in zip(row, heaviest(task, answers, bag, columns), strict=False):
            brightness = DIMMEST + (1 - DIMMEST) * weights[position] / largest
            tile[:] = brightness * task.tiles[test.items[bag, position]]
            if task.known and test.truth[bag, position]:
                draw_border(tile)
    return tiles


def heaviest(task: Task, answers: Answers, bag: int, most: int) -> NDArray:
    """Positions of the instances of a test bag, `most` at most, by falling weight."""
    mask = task.test.mask[bag]
    weights = np.where(mask, answers.weights[bag], -1)
    return np.argsort(-weights, kind="stable")[: min(most, mask.sum())]


def draw_border(tile: NDArray) -> None:
    """Draws a white border round the picture, in place."""
    width = max(1, min(tile.shape) // 16)
    inside = np.zeros(tile.shape, bool)
    inside[width:-width, width:-width] = True
    tile[~inside] = 1.0


def removal(member: Member, task: Task, answers: Answers, bag: int) -> Bars:
    """What becomes of a bag's probability when one of its instances is out."""
    most = min(task.test.mask[bag].sum() - 1, LONGEST_ROW)  # of one instance none can go
    positions = heaviest(task, answers, bag, most)
    without = member.answer_without_one(task.test, bag, positions) if most else np.zeros(0)
    return Bars(
        "A positive bag without one instance",
        ("none", *(str(k + 1) for k in range(len(positions)))),
        np.append(answers.p[bag], without),
        "taken out",
        "probability of a positive bag",
        caption="The longest of the positive bags shown; its instances by falling weight, taken "
        "out one at a time.",
    )


def making(task: Task) -> Table:
    """How the bags came about, with a warning what chance would make of them."""
    rows = []
    for name, bags in (("training", task.train), ("test", task.test)):
        sizes, witnesses = bags.mask.sum(1), ""
        if bags.truth is not None:
            witnesses = f"{bags.truth.sum(1)[bags.y].mean():.1f}" if bags.y.any() else "none"
        rows.append(
            (name, len(bags.y), percent(float(bags.y.mean())), f"{sizes.mean():.1f}", witnesses)
        )
    if (recipe := task.recipe) is not None:
        chance = formulas.chance_positive(recipe.size, task.rate, recipe.rule)
        expected = f"{recipe.size * task.rate:.1f}"
        rows.append(("at random", "", percent(chance), recipe.size, expected))
    return Table(
        "How the bags are made",
        ("bags", "how many", "positive", "size", "witnesses"),
        tuple(rows),
        caption="Witnesses in a positive bag. At random: what instances drawn blindly would give, "
        "by formula; a network that always says yes would then look good.",
    )


def mistakes(task: Task, answers: Answers) -> Images:
    """The failure gallery: the bags that went wrong most, of three kinds."""
    y, p = task.test.y, answers.p
    blank = np.full(len(y), -np.inf)
    astray = blank
    if task.known:
        astray = np.where(y & ~top_is_witness(task.test, answers.weights), p, blank)
    kinds = (
        ("wrong", 2, astray),
        ("missed", 1, np.where(y & (p < 0.5), -p, blank)),
        ("false", 1, np.where(~y & (p >= 0.5), p, blank)),
    )
    tiles, rows = [], []
    for name, count, badness in kinds:
        for bag in np.argsort(-badness, kind="stable")[:count]:
            wrong = np.isfinite(badness[bag])
            tiles.append(strips(task, answers, np.array([bag]))[0] * wrong)
            rows.append(f"{name} {p[bag]:.2f}" if wrong else f"{name}: none")
    return Images(
        "Where it goes wrong",
        np.stack(tiles)[:, :MISTAKES_LONGEST],
        tuple(rows),
        caption="The worst, and the probability of a positive bag. Wrong: the largest weight in a "
        "positive bag is on no witness; take that instance out and the answer hardly moves. "
        "Missed: a positive bag. False: a false alarm.",
    )
