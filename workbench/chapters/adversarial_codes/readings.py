"""What a frame shows of InfoGAN: what its codes do, and what Q reads off pictures."""

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.adversarial_codes import infogan
from workbench.chapters.adversarial_codes.evaluation import (
    SHOWN,
    Yardstick,
    fixed,
    kmeans_accuracy,
    normal,
    shares,
)
from workbench.chapters.adversarial_codes.infogan import NOISE, STYLES, Code, Players
from workbench.chapters.adversarial_codes.knobs import Settings
from workbench.core.pictures import HeatMap, Images, Picture
from workbench.science import metrics
from workbench.science.tensors import Resident

DRAWS, MOST_ROWS = 8, 12  # pictures of a category, and categories that are drawn
REACH = 1.5  # of a style in the traversals; training goes from -1 to 1
PLACES = 9  # of a style
GENERATED = 1000  # in the last frame


class Reading(NamedTuple):
    """A member's game after some steps: its numbers, and what Q reads off held-out pictures."""

    net: Players
    numbers: dict[str, float]
    categories: Tensor


def make_code(count: int, categories: int, device: str) -> Code:
    """The same codes in every frame, all categories in turn [1, count, ..]."""
    category = torch.arange(count) % categories
    styles = 2 * torch.rand(count, STYLES, generator=fixed(4)) - 1
    parts = torch.nn.functional.one_hot(category, categories).float(), styles
    return Code(*(part[None].to(device) for part in parts), normal(count, NOISE, device, 5)[None])


def evaluate(net: Players, measure: Yardstick) -> Reading:
    """Measures one game on generated and on held-out pictures."""
    count = GENERATED if measure.last else SHOWN
    code = make_code(count, net.categories, str(measure.x.device))
    fake = net.make(code)
    _, read = net.judge(fake)
    categories = net.judge(measure.x[None])[1][0, :, : net.categories].argmax(-1)
    numbers = {
        "li": infogan.category_bound(read, code.category).item(),
        "fd": measure.frechet(fake[0]),
        "precision": measure.precision(fake[0]),
    }
    for number in range(STYLES):
        guess = read[0, :, net.categories + number]
        numbers[f"style_{number + 1}"] = abs(correlate(guess, code.styles[0, :, number]))
    if measure.y is not None:
        numbers["acc"] = measure.agreement(categories)
    return Reading(net, numbers, categories)


def correlate(a: Tensor, b: Tensor) -> float:
    """The correlation of two vectors [n]; 0 where one of them is constant."""
    a, b = (part.double() - part.double().mean() for part in (a, b))
    size = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / size if size > 0 else 0.0


def report(
    run: Settings, net: Players, at: dict[str, int], data: Resident, measure: Yardstick
) -> tuple[dict[str, float], dict[str, Picture]]:
    """Numbers and pictures of a run, whose games stand in the stack at `at`."""
    own, free = (evaluate(net.only(at[role]), measure) for role in ("own", "free"))
    numbers = own.numbers | {f"free_{key}": value for key, value in free.numbers.items()}
    numbers["most"] = math.log(net.categories)
    if measure.y is not None:
        numbers["kmeans_acc"] = kmeans_accuracy(data, net.categories)
    shown: dict[str, Picture] = {
        "samples": draw_categories(own.net, data),
        "styles": draw_styles(own.net, data),
    }
    if measure.y is not None:
        shown["confusion"] = draw_confusion(own.categories, net.categories, measure, data)
    return numbers, shown


def draw_categories(net: Players, data: Resident) -> Images:
    """A row a category; within a row the rest of the code is drawn anew."""
    rows = min(MOST_ROWS, net.categories)
    code = make_code(net.categories * DRAWS, net.categories, str(data.train.device))
    tiles = net.make(code)[0].unflatten(0, (DRAWS, net.categories))[:, :rows]
    return Images(
        "One category a row",
        data.tiles(tiles.transpose(0, 1).flatten(0, 1), DRAWS),
        tuple(f"category {number + 1}" for number in range(rows)),
        caption="Along a row the styles and the noise change. Nobody said what a category is to "
        "mean.",
    )


def draw_styles(net: Players, data: Resident) -> Images:
    """Each style from end to end, for two categories."""
    device = str(data.train.device)
    places = torch.linspace(-REACH, REACH, PLACES, device=device)
    rows, names = [], []
    for category in range(2):
        for number in range(STYLES):
            code = make_code(1, net.categories, device)
            kind = torch.zeros_like(code.category)
            kind[..., category] = 1
            styles = torch.zeros(1, PLACES, STYLES, device=device)
            styles[..., number] = places
            parts = kind.expand(-1, PLACES, -1), styles, code.noise.expand(-1, PLACES, -1)
            rows.append(net.make(Code(*parts))[0])
            names.append(f"category {category + 1}, style {number + 1}")
    return Images(
        "Styles from end to end",
        data.tiles(torch.cat(rows), PLACES),
        tuple(names),
        tuple(f"{place:+.1f}" if abs(place) > 1e-6 else "0" for place in places.tolist()),
        caption="All else is fixed. Where the class changes along a row, a style has taken over "
        "what the category could have said.",
    )


def draw_confusion(categories: Tensor, count: int, measure: Yardstick, data: Resident) -> HeatMap:
    """Of each class, which share goes into which category."""
    names = tuple(data.images.classes)
    table = metrics.contingency(measure.y, categories.cpu().numpy(), (len(names), count))
    order = in_order(table)
    return HeatMap(
        "Classes and categories",
        shares(table)[:, order],
        names,
        tuple(f"{column + 1}" for column in order),
        "category",
        "class",
        caption="Of each class, the share in each category, for held-out pictures. Categories "
        "stand in the order of the classes that they fit best.",
    )


def in_order(table: np.ndarray) -> np.ndarray:
    """The categories by the class that the best one-to-one map gives them, the others last."""
    classes, categories = metrics.matching(table)
    first = categories[np.argsort(classes)]
    rest = [column for column in range(table.shape[1]) if column not in set(first.tolist())]
    return np.concatenate([first, rest]).astype(int)
