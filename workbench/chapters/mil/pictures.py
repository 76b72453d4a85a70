"""TODO."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.mil.bags import Task
from workbench.chapters.mil.knobs import BATCH
from workbench.chapters.mil.lesson import Network, stacked
from workbench.core.pictures import Bars, Images, Scatter, Table
from workbench.data.bags import Bags
from workbench.science import formulas, metrics
from workbench.science.later import Tensor, torch


class Look(NamedTuple):
    """What one run says of some bags, all NumPy: p [bags] the probability of being positive,
    weights [bags, K], and spread [bags], the entropy of the weights from 0 (one instance has it
    all) to 1 (all are alike)."""

    p: NDArray
    weights: NDArray
    spread: NDArray


@torch.no_grad()
def look(model: Network, x: Tensor, bags: Sequence[Bags]) -> list[Look]:
    """What every run says of its bags."""
    items, mask, _ = stacked(bags, x.device.type)
    runs, count = items.shape[:2]
    rows = torch.arange(-(-count // BATCH) * BATCH, device=x.device) % count
    each = torch.arange(runs, device=x.device)[:, None]
    found = []
    for some in rows.split(2 * BATCH):  # whole vector registers, so that company changes nothing
        h, there = model.embed(x[items[each, some]]), mask[:, some]
        found.append((model.logits(h, there), model.weights(h, there)))
    logits, weights = (torch.cat(part, 1)[:, :count].cpu() for part in zip(*found, strict=True))
    spread = entropy(weights, mask.cpu()).numpy()
    parts = zip(logits.sigmoid().numpy(), weights.numpy(), spread, strict=True)
    return [Look(*part) for part in parts]


def entropy(weights: Tensor, mask: Tensor) -> Tensor:
    """Entropy of the weights, made to sum to 1, as a share of its largest value log K: [..., bags].

    A bag of one instance has 0.
    """
    a = weights / weights.sum(-1, keepdim=True).clamp_min(1e-30)
    bits = -torch.special.xlogy(a, a).sum(-1)
    return bits / mask.sum(-1).clamp_min(2).log()


def attention_numbers(work: Task, seen: Look) -> dict[str, float]:
    """Where the weights lie: their entropy, and whether witnesses have them, if any are known."""
    y = work.test.y
    scalars = {
        "spread_positive": float(seen.spread[y].mean()),
        "spread_negative": float(seen.spread[~y].mean()),
    }
    if work.known:
        witnesses = work.test.take(np.flatnonzero(y))
        weights = seen.weights[y]
        top = np.take_along_axis(witnesses.truth, weights.argmax(1)[:, None], 1)
        scalars["top_witness"] = float(top.mean())
        scalars["instance_auc"] = metrics.auc_within(witnesses.truth, weights, witnesses.mask)
    return scalars


@torch.no_grad()
def without_one(
    model: Network, r: int, x: Tensor, work: Task, bag: int, places: NDArray
) -> NDArray:
    """P(positive) of a test bag of run r when each of the `places` is taken out, [places]."""
    items, mask = (
        torch.from_numpy(part[bag]).to(x.device) for part in (work.test.items, work.test.mask)
    )
    some = x[items].expand(len(model.head.b), 1, *x[items].shape)
    h = model.embed(some)[r : r + 1].expand(1, len(places), -1, -1)
    there = mask.repeat(1, len(places), 1)
    there[0, range(len(places)), places] = False
    return model.head.logits(model.kinds[r], h, there, slice(r, r + 1))[0].sigmoid().cpu().numpy()


STRIPS, LONGEST = (3, 2), 14  # positive and negative bags shown, and instances of each


def pictures(model: Network, r: int, x: Tensor, work: Task, seen: Look, last: bool) -> dict:
    y = work.test.y
    halves = [
        np.flatnonzero(y == label)[:n] for label, n in zip((True, False), STRIPS, strict=True)
    ]
    shown = np.concatenate(halves)
    sure = shown[np.argsort(-seen.p[shown], kind="stable")]
    bag = halves[0][work.test.mask[halves[0]].sum(1).argmax()]  # the longest positive one shown
    found = {
        "strips": Images(
            "Bags, the likeliest positive on top",
            strips(work, seen, sure),
            tuple(f"{'+' if y[b] else '-'} {seen.p[b]:.2f}" for b in sure),
            caption="Before each bag its true label and the probability. Instances by falling "
            "weight, the brighter the more; " + FRAMED[work.known],
        ),
        "removal": removal(model, r, x, work, seen, bag),
        "certainty": Scatter(
            "Attention and certainty",
            np.stack([seen.p, seen.spread], 1),
            y.astype(int),
            work.classes,
            "probability of a positive bag",
            "entropy of the weights",
            caption="Test bags. Entropy 1: every instance counts alike; 0: one has all the weight.",
        ),
        "making": making(work),
    }
    if last:
        found["mistakes"] = mistakes(work, seen)
    return found


FRAMED = {True: "witnesses are framed.", False: "nobody knows the witnesses."}


def strips(work: Task, seen: Look, bags: NDArray) -> NDArray:
    """Tiles [bags, columns, height, width]: the instances of each bag by falling weight, as bright
    as their share of the largest, witnesses in a frame."""
    test, columns = work.test, min(LONGEST, work.test.mask.shape[1])
    tiles = np.zeros((len(bags), columns, *work.seen.shape[1:]), np.float32)
    for row, bag in zip(tiles, bags, strict=True):
        weights = np.where(test.mask[bag], seen.weights[bag], -1)
        places = np.argsort(-weights, kind="stable")[: min(columns, test.mask[bag].sum())]
        for tile, place in zip(row, places, strict=False):
            bright = 0.15 + 0.85 * weights[place] / max(weights.max(), 1e-30)
            tile[:] = bright * work.seen[test.items[bag, place]]
            if work.known and test.truth[bag, place]:
                frame(tile)
    return tiles


def frame(tile: NDArray) -> None:
    """Draws a frame round the picture, in place."""
    wide = max(1, min(tile.shape) // 16)
    inside = np.zeros(tile.shape, bool)
    inside[wide:-wide, wide:-wide] = True
    tile[~inside] = 1.0


def removal(model: Network, r: int, x: Tensor, work: Task, seen: Look, bag: int) -> Bars:
    size = work.test.mask[bag].sum()
    weights = np.where(work.test.mask[bag], seen.weights[bag], -1)
    places = np.argsort(-weights, kind="stable")[: min(size - 1, LONGEST)]
    without = without_one(model, r, x, work, bag, places) if size > 1 else np.zeros(0)
    names = ("none", *(str(k + 1) for k in range(len(places))))
    return Bars(
        "A positive bag without one instance",
        names,
        np.append(seen.p[bag], without),
        "taken out",
        "probability of a positive bag",
        caption="The longest of the positive bags shown; its instances by falling weight, taken "
        "out one at a time.",
    )


def making(work: Task) -> Table:
    """How the bags came about, with a warning what chance would make of them."""
    rows = []
    for name, bags in (("training", work.train), ("test", work.test)):
        sizes, witnesses = bags.mask.sum(1), ""
        if bags.truth is not None:
            witnesses = f"{bags.truth.sum(1)[bags.y].mean():.1f}" if bags.y.any() else "none"
        rows.append((name, len(bags.y), f"{bags.y.mean():.1%}", f"{sizes.mean():.1f}", witnesses))
    if (recipe := work.recipe) is not None:
        chance = formulas.chance_positive(recipe.size, work.rate, recipe.rule)
        rows.append(
            ("at random", "", f"{chance:.1%}", recipe.size, f"{recipe.size * work.rate:.1f}")
        )
    return Table(
        "How the bags are made",
        ("bags", "how many", "positive", "size", "witnesses"),
        tuple(rows),
        caption="Witnesses in a positive bag. At random: what instances drawn blindly would give, "
        "by formula; a network that always says yes would then look good.",
    )


def mistakes(work: Task, seen: Look) -> Images:
    """The failure gallery: the bags that went wrong most, of three kinds."""
    y, p = work.test.y, seen.p
    blank = np.full(len(y), -np.inf)
    astray = blank
    if work.known:
        top = np.take_along_axis(work.test.truth, seen.weights.argmax(1)[:, None], 1)[:, 0]
        astray = np.where(y & ~top, p, blank)
    kinds = (
        ("wrong instance", 2, astray),
        ("missed", 1, np.where(y & (p < 0.5), -p, blank)),
        ("false alarm", 1, np.where(~y & (p >= 0.5), p, blank)),
    )
    tiles, rows = [], []
    for name, count, score in kinds:
        for bag in np.argsort(-score, kind="stable")[:count]:
            there = np.isfinite(score[bag])
            tiles.append(strips(work, seen, np.array([bag]))[0] * there)
            rows.append(f"{name} {p[bag]:.2f}" if there else f"{name}: none")
    return Images(
        "Where it goes wrong",
        np.stack(tiles),
        tuple(rows),
        caption="The worst, and what was said. Wrong instance: a positive bag whose largest weight "
        "is on no witness. Detect it by taking that instance out: the answer hardly moves.",
    )
