"""What a frame shows of CatGAN: how sure its classifiers are, and whether they are right."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from workbench.chapters.adversarial_codes import catgan
from workbench.chapters.adversarial_codes.catgan import NOISE, Players
from workbench.chapters.adversarial_codes.evaluation import (
    COUNTED,
    SHOWN,
    Yardstick,
    kmeans_accuracy,
    normal,
)
from workbench.chapters.adversarial_codes.knobs import Settings
from workbench.chapters.adversarial_codes.labels import classes_of
from workbench.chapters.adversarial_codes.readings import draw_confusion
from workbench.core.pictures import Bars, Images, Picture
from workbench.science import metrics
from workbench.science.tensors import Resident

ACROSS = 10  # generated pictures in a row
GENERATED = 1000  # in the last frame
NAMES = {"own": "CatGAN", "alone": "entropies alone", "labels": "labels alone"}


class Answers(NamedTuple):
    """A member's game after some steps: its numbers, the category of each held-out picture, and
    pictures that its generator invents."""

    numbers: dict[str, float]
    categories: Tensor
    invented: Tensor


def evaluate(net: Players, run: Settings, data: Resident, measure: Yardstick) -> Answers:
    """Measures one game on held-out and on invented pictures, without noise on them."""
    invented = net.make(normal(GENERATED if measure.last else SHOWN, NOISE, device(data), 6)[None])
    real, fake = net.classifier(measure.x[None]), net.classifier(invented)
    unit = math.log(net.categories)
    numbers = {
        "used": catgan.marginal_entropy(real).item() / unit,
        "unsure": catgan.mean_entropy(real).item() / unit,
        "unsure_fake": catgan.mean_entropy(fake).item() / unit,
        "fd": measure.frechet(invented[0]),
    }
    categories = real[0].argmax(-1)
    y = truth(run, data, measure)
    if y is not None:
        numbers |= agree(categories, y, named=run.labels > 0)
    return Answers(numbers, categories, invented[0])


def device(data: Resident) -> str:
    return str(data.train.device)


def truth(run: Settings, data: Resident, measure: Yardstick) -> Tensor | None:
    """The class of each measured picture; with labels, what stands for it if nobody knows it."""
    if run.labels or measure.y is not None:
        return classes_of(data).y_test[: COUNTED if measure.last else SHOWN]
    return None


def agree(categories: Tensor, y: Tensor, named: bool) -> dict[str, float]:
    """How many categories are right, and how many would be if each had its best class's name.

    named: the categories have the names of classes, because labels were given.
    """
    guessed, y = categories.cpu().numpy(), y.numpy()
    table = metrics.contingency(y, guessed)
    right = (guessed == y).mean() if named else metrics.clustering_accuracy(y, guessed)
    return {"acc": float(right), "purity": float(table.max(0).sum() / table.sum())}


def report(
    run: Settings, net: Players, at: dict[str, int], data: Resident, measure: Yardstick
) -> tuple[dict[str, float], dict[str, Picture]]:
    """Numbers and pictures of a run, whose games stand in the stack at `at`."""
    games = {role: evaluate(net.only(place), run, data, measure) for role, place in at.items()}
    own = games["own"]
    numbers = dict(own.numbers)
    for role in games.keys() - {"own"}:
        numbers |= {f"{role}_{key}": value for key, value in games[role].numbers.items()}
    if data.images.y_test is not None:
        numbers["kmeans_acc"] = kmeans_accuracy(data, net.categories)
    shown: dict[str, Picture] = {
        "samples": draw_invented(games, data),
        "entropies": draw_entropies(games),
    }
    if measure.y is not None:
        shown["confusion"] = draw_confusion(own.categories, net.categories, measure, data)
    return numbers, shown


def draw_invented(games: dict[str, Answers], data: Resident) -> Images:
    """What the generators draw in the hope that it is taken for real."""
    roles = [role for role in ("own", "alone") if role in games]
    rows = torch.cat([games[role].invented[: 2 * ACROSS] for role in roles])
    names = [NAMES[role] for role in roles for _ in range(2)]
    return Images(
        "Invented pictures",
        data.tiles(rows, ACROSS),
        tuple(names),
        caption="A generator wants the classifier to be sure of them. Without an adversary nobody "
        "objects, and what it draws need not look like anything.",
    )


def draw_entropies(games: dict[str, Answers]) -> Bars:
    """The three entropies of each classifier, as shares of the largest there can be."""
    words = {"used": "all categories", "unsure": "real", "unsure_fake": "invented"}
    pairs = [
        (f"{NAMES[role]}: {word}", games[role].numbers[key])
        for role in NAMES
        if role in games
        for key, word in words.items()
    ]
    names, values = zip(*pairs, strict=True)
    return Bars(
        "How unsure, against the most there can be",
        names,
        torch.tensor(values).double().numpy(),
        "",
        "share of ln K",
        caption="All categories: 1 if all are used alike. Real and invented: 0 if every answer is "
        "sure, 1 if every answer is a guess.",
    )
