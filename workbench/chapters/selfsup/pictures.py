"""Pictures of pretext tasks: questions with the network's answers, neighbours and filters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.selfsup import jigsaw
from workbench.chapters.selfsup import tasks as pretext
from workbench.chapters.selfsup.colour_data import Coloured
from workbench.core.pictures import Images, Scatter
from workbench.science.later import F, Tensor, torch

COLUMNS = 10
PLACES = 300  # of the scatter of colours


def examples(task, album: Coloured, x: Tensor, y: Tensor, logits: Tensor, settings) -> dict:
    """The first questions and the surest mistakes, each with what was answered."""
    if settings.kind == "colorization":
        return _colours(task, album, y, logits, settings.temperature)
    draw = {"jigsaw": puzzles, "exemplar": _exemplars, "rotation": _turns}[settings.kind]
    answer = logits.argmax(-1)
    sure = logits.softmax(-1).amax(-1) - 2.0 * (answer == y)  # right answers come last
    chosen = {
        "examples": torch.arange(COLUMNS, device=x.device) % len(x),
        "mistakes": sure.argsort(descending=True, stable=True)[:COLUMNS],
    }
    titles = {"examples": "Questions and answers", "mistakes": "Surest mistakes"}
    captions = {
        "examples": "Held-out questions, the same ones throughout.",
        "mistakes": "Questions that were answered wrongly with the most confidence.",
    }
    found = {}
    for name, rows in chosen.items():
        rows = rows[torch.arange(COLUMNS, device=x.device) % len(rows)]
        tiles, names = draw(task, album, x[rows], y[rows], answer[rows])
        marks = ["right" if hit else "wrong" for hit in (answer[rows] == y[rows]).tolist()]
        found[name] = Images(titles[name], np.stack(tiles), names, tuple(marks), captions[name])
    return found


def _colours(task, album: Coloured, ab: Tensor, logits: Tensor, temperature: float) -> dict:
    said = task.colours(logits, temperature)
    n, _, h, w = ab.shape
    rows = torch.arange(COLUMNS, device=ab.device) % n
    maps = said.view(n, h, w, 2).permute(0, 3, 1, 2)[rows]
    size = task.x.shape[-2:]
    full = F.interpolate(maps, size, mode="bilinear", align_corners=False)
    light, truth = task.x[rows], album.ab_test[rows]
    grey = np.repeat(album.pictures(light)[..., None], 3, -1)
    tiles = np.stack([grey, album.pictures(light, full), album.pictures(light, truth)])
    some = torch.linspace(0, len(said) - 1, min(PLACES, len(said)), device=ab.device).long()
    points = torch.cat([task.pixels(ab)[some], said[some]]).cpu().numpy()
    return {
        "examples": Images(
            "Questions and answers",
            tiles,
            ("lightness", "answered", "true"),
            caption="Held-out pictures. The network sees lightness and answers a colour for every "
            f"place of its map of {h} x {w}.",
        ),
        "colours": Scatter(
            "Colours answered",
            points,
            np.repeat([0, 1], len(some)),
            ("true", "answered"),
            "a (green to red)",
            "b (blue to yellow)",
            caption="Places of held-out pictures. Grey is at 0, 0: who cannot decide between two "
            "colours and pays squared error answers what lies between them.",
        ),
    }


def puzzles(task: jigsaw.Jigsaw, album: Coloured, x: Tensor, y: Tensor, answer: Tensor):
    """Boards with tiles x as given, in the order `answer` and in their own, y; and row names."""
    tiles = (
        0.5 + 0.2 * x.cpu().numpy()
        if task.normalise
        else album.pictures(x.flatten(0, 1)).reshape(x.shape)
    )
    places = [
        np.arange(x.shape[1])[None].repeat(len(x), 0),
        task.orders[answer].cpu().numpy(),
        task.orders[y].cpu().numpy(),
    ]
    boards = [laid_out(task, tiles[:, :, 0], where, task.x.shape[-2:]) for where in places]
    return boards, ("as given", "as answered", "solved")


def laid_out(task: jigsaw.Jigsaw, tiles: NDArray, where: NDArray, shape) -> NDArray:
    """tiles [n, t, th, tw] at the places where [n, t] of empty pictures [n, h, w]."""
    boards, (th, tw) = np.zeros((len(tiles), *shape), np.float32), task.tile
    inset = [(cell - tile) // 2 for cell, tile in zip(task.cells, task.tile, strict=True)]
    for board, some, places in zip(boards, tiles, where, strict=True):
        for tile, place in zip(some, places, strict=True):
            top, left = (o + i for o, i in zip(task.origins[place], inset, strict=True))
            board[top : top + th, left : left + tw] = tile
    return boards


def _exemplars(task: pretext.Exemplar, album: Coloured, x: Tensor, y: Tensor, answer: Tensor):
    rows = [album.pictures(part) for part in (x, task.x[answer], task.x[y])]
    return rows, ("transformed", "taken for", "exemplar")


def _turns(task: pretext.Rotation, album: Coloured, x: Tensor, y: Tensor, answer: Tensor):
    boards = []
    for part in (x, task.turned(x, -answer), task.turned(x, -y)):
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


def neighbours(album: Coloured, queries: NDArray, near: NDArray) -> Images:
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


def filters(encoder: pretext.Encoder, album: Coloured) -> Images:
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
