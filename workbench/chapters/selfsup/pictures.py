"""Pictures of pretext tasks: questions with the network's answers, neighbours and filters."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.selfsup.colour_data import Album
from workbench.chapters.selfsup.exam import Questions
from workbench.chapters.selfsup.exemplar import Exemplar
from workbench.chapters.selfsup.jigsaw import Jigsaw
from workbench.chapters.selfsup.knobs import Settings
from workbench.chapters.selfsup.lesson import Encoder
from workbench.chapters.selfsup.probes import MORE_DRAWS
from workbench.chapters.selfsup.rotation import Rotation, turn
from workbench.core.pictures import Curves, Images, Line, Picture, Scatter

COLUMNS = 10
POINTS_DRAWN = 300  # places in the scatter of colours
TITLE = "Questions and answers"


def examples(
    run: Settings, album: Album, questions: Questions, logits: Tensor
) -> dict[str, Picture]:
    """The first questions and the surest mistakes, each with what was answered."""
    if run.kind == "colorization":
        return colours(album, questions, logits, run.temperature)
    _, x, y = questions
    first = torch.arange(len(x), device=x.device)
    sureness = logits.softmax(-1).amax(-1) - 2.0 * (logits.argmax(-1) == y)  # right ones come last
    surest = sureness.argsort(descending=True, stable=True)
    return {
        "examples": Images(
            TITLE,
            *answered(run.kind, album, questions, logits, first),
            caption="Held-out questions, the same ones throughout.",
        ),
        "mistakes": Images(
            "Surest mistakes",
            *answered(run.kind, album, questions, logits, surest),
            caption="Questions that were answered wrongly with the most confidence.",
        ),
    }


def answered(
    kind: str, album: Album, questions: Questions, logits: Tensor, order: Tensor
) -> tuple[NDArray, tuple[str, ...], tuple[str, ...]]:
    """Tiles of the first questions in this order, names of the rows, and marks of the columns."""
    draw = {"jigsaw": puzzles, "exemplar": exemplars, "rotation": turns}[kind]
    rows = order[torch.arange(COLUMNS, device=order.device) % len(order)]
    x, y, answer = questions.x[rows], questions.y[rows], logits.argmax(-1)[rows]
    tiles, names = draw(questions.task, album, x, y, answer)
    marks = ["right" if right else "wrong" for right in (answer == y).tolist()]
    return np.stack(tiles), names, tuple(marks)


def colours(
    album: Album, questions: Questions, logits: Tensor, temperature: float
) -> dict[str, Picture]:
    """Colorization's questions and answers, and the colours in their plane."""
    task, _, ab = questions
    colour = task.colours(logits, temperature)
    n, _, h, w = ab.shape
    some = torch.linspace(0, len(colour) - 1, min(POINTS_DRAWN, len(colour)), device=ab.device)
    some = some.long()
    return {
        "examples": Images(
            TITLE,
            coloured_rows(album, questions, colour.view(n, h, w, 2).permute(0, 3, 1, 2)),
            ("lightness", "answered", "true"),
            caption="Held-out pictures. The network sees lightness and answers a colour for every "
            f"place of its map of {h} x {w}.",
        ),
        "colours": Scatter(
            "Colours answered",
            torch.cat([task.pixels(ab)[some], colour[some]]).cpu().numpy(),
            np.repeat([0, 1], len(some)),
            ("true", "answered"),
            "a (green to red)",
            "b (blue to yellow)",
            equal=True,
            caption="Places of held-out pictures. Grey is at 0, 0: a network that cannot decide "
            "between two colours and pays squared error answers what lies between them.",
        ),
    }


def coloured_rows(album: Album, questions: Questions, maps: Tensor) -> NDArray:
    """The first pictures in grey, in the colours of the maps [n, 2, h', w'] and in their own."""
    x = questions.task.x
    rows = torch.arange(COLUMNS, device=maps.device) % len(maps)
    full = F.interpolate(maps[rows], x.shape[-2:], mode="bilinear", align_corners=False)
    light = x[rows]
    grey = np.repeat(album.pictures(light)[..., None], 3, -1)
    true = album.pictures(light, album.ab_test[rows])
    return np.stack([grey, album.pictures(light, full), true])


def puzzles(task: Jigsaw, album: Album, x: Tensor, y: Tensor, answer: Tensor):
    """Boards with tiles x as given, in the order `answer` and in their own, y; and row names."""
    tiles = (
        0.5 + 0.2 * x.cpu().numpy()
        if task.normalise
        else album.pictures(x.flatten(0, 1)).reshape(x.shape)
    )
    positions = [
        np.arange(x.shape[1])[None].repeat(len(x), 0),
        task.orders[answer].cpu().numpy(),
        task.orders[y].cpu().numpy(),
    ]
    boards = [lay_out(task, tiles[:, :, 0], at) for at in positions]
    return boards, ("as given", "as answered", "solved")


def lay_out(task: Jigsaw, tiles: NDArray, positions: NDArray) -> NDArray:
    """tiles [n, t, th, tw] at their positions [n, t] on empty pictures [n, h, w]."""
    boards, (th, tw) = np.zeros((len(tiles), *task.x.shape[-2:]), np.float32), task.tile
    inset = [(cell - tile) // 2 for cell, tile in zip(task.cells, task.tile, strict=True)]
    for board, shown, order in zip(boards, tiles, positions, strict=True):
        for tile, position in zip(shown, order, strict=True):
            top, left = (o + i for o, i in zip(task.origins[position], inset, strict=True))
            board[top : top + th, left : left + tw] = tile
    return boards


def exemplars(task: Exemplar, album: Album, x: Tensor, y: Tensor, answer: Tensor):
    """Transformed exemplars, those they were taken for, and their own; and row names."""
    rows = [album.pictures(part) for part in (x, task.x[answer], task.x[y])]
    return rows, ("transformed", "taken for", "exemplar")


def turns(task: Rotation, album: Album, x: Tensor, y: Tensor, answer: Tensor):
    """Pictures turned, turned back by the answer, and upright; and row names."""
    boards = []
    for part in (x, turn(x, -answer), turn(x, -y)):
        board = np.zeros((len(x), *task.x.shape[-2:]), np.float32)
        board[(..., *task.square)] = album.pictures(part)
        boards.append(board)
    return boards, ("turned", "turned back", "upright")


def one_of_each(y: NDArray | None, n: int, count: int) -> NDArray:
    """Numbers of `count` of n pictures: one of each class as far as they reach."""
    rows = np.arange(n)
    if y is not None:
        firsts = np.unique(y[:n], return_index=True)[1]
        rows = np.concatenate([firsts, np.setdiff1d(rows, firsts)])
    return np.resize(rows, count)


def neighbours(album: Album, queries: NDArray, near: NDArray) -> Images:
    """Queries [q] of the test set, and their nearest training pictures [q, k]."""
    train, test = album.images.x_train, album.images.x_test
    tiles = np.stack(
        [np.stack([test[q], *train[rows]]) for q, rows in zip(queries, near, strict=True)]
    )
    columns = ("query", *(str(i + 1) for i in range(near.shape[1])))
    return Images(
        "Nearest neighbours",
        tiles,
        columns=columns,
        caption="Held-out pictures, and the training pictures whose features point the same way. "
        "Whatever the task made alike stands in a row.",
    )


def filters(encoder: Encoder, album: Album) -> Images:
    """The first layer's weights, each filter stretched to the size of a picture."""
    weight = encoder.layers[0].weight.detach()[:, 0].cpu().numpy()
    reach = np.abs(weight).max((1, 2), keepdims=True)
    weight = 0.5 + 0.5 * weight / np.where(reach > 0, reach, 1)
    h, w = album.light.shape[-2:]
    k = weight.shape[-1]
    tiles = weight[:, np.arange(h) * k // h][:, :, np.arange(w) * k // w]
    return Images(
        "First-layer filters",
        tiles.reshape(2, -1, h, w),
        caption="Mid-grey is 0. Edges and blobs have a direction; noise is what they began as.",
    )


def label_curve(counts: Sequence[int], accuracies: Mapping[str, NDArray]) -> Curves:
    """Probe accuracy against the number of labels, from [counts, draws] by encoder."""
    return Curves(
        "Probe accuracy and labels",
        tuple(
            Line(title, np.array(counts), part.mean(1), low=part.min(1), high=part.max(1))
            for title, part in accuracies.items()
        ),
        "labels",
        "test accuracy",
        log_x=True,
        caption="A linear classifier on frozen features. Bands: least and most of "
        f"{MORE_DRAWS} draws of the labels.",
    )
