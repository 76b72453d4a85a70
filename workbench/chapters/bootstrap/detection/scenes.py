"""Scenes to find objects in, and the boxes that somebody drew around some of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from workbench.chapters.bootstrap.knobs import BOX_LOSSES, Settings
from workbench.science.tensors import Resident

GRID = 4  # cells a side
CELLS = GRID * GRID
OBJECTS = (2, 6)  # a scene has this many, the end excluded
TRAINING_SCENES, TEST_SCENES = 300, 150


@dataclass(frozen=True, eq=False)
class Scenes:
    """Canvases [n, height, width] with objects: `occupied` [n, cells] is 1 in the cell of an
    object's centre, `offset` [n, cells, 2] says how far down and right of the cell its box begins,
    in cells; `windows` [n, cells, pixels] is what the detector sees."""

    canvas: Tensor
    occupied: Tensor
    offset: Tensor
    windows: Tensor


def compose(rows: Tensor, shape: tuple[int, int], count: int, generator: Generator) -> Scenes:
    """Draws `count` scenes from the pictures `rows` [n, pixels] of `shape`."""
    height, width = shape
    canvas = torch.zeros(count, (GRID + 1) * height, (GRID + 1) * width)  # half a cell of border
    occupied, offset = torch.zeros(count, CELLS), torch.zeros(count, CELLS, 2)
    for n in range(count):
        objects = int(torch.randint(*OBJECTS, (), generator=generator))
        cells = torch.randperm(CELLS, generator=generator)[: 2 * objects].tolist()
        picks = torch.randint(len(rows), (2 * objects,), generator=generator)
        moves = torch.rand(2 * objects, 2, generator=generator) - 0.5
        for i, cell in enumerate(cells):
            picture = rows[picks[i]]
            if i >= objects:  # not an object: its pixels in disorder
                picture = picture[torch.randperm(len(picture), generator=generator)]
            move = (moves[i] * torch.tensor(shape)).int()
            paste(canvas[n], picture.view(shape), cell, move.tolist())
            if i < objects:
                occupied[n, cell], offset[n, cell] = 1, move / torch.tensor(shape)
    windows = F.unfold(canvas[:, None], (2 * height, 2 * width), stride=(height, width)).mT
    inner = canvas[:, height // 2 :, width // 2 :][:, : GRID * height, : GRID * width]
    return Scenes(inner, occupied, offset, windows.contiguous())


def paste(canvas: Tensor, picture: Tensor, cell: int, move: Sequence[int]) -> None:
    """Lays a picture over the canvas, `move` pixels down and right of its cell."""
    height, width = picture.shape
    top = cell // GRID * height + height // 2 + move[0]
    left = cell % GRID * width + width // 2 + move[1]
    spot = canvas[top : top + height, left : left + width]
    torch.maximum(spot, picture, out=spot)


def annotate(occupied: Tensor, run: Settings) -> Tensor:
    """The boxes [n, cells] that somebody drew: the share `run.annotated` of the objects, exact to
    one box. With a larger share come more boxes and none goes."""
    boxes = occupied.nonzero()
    order = torch.randperm(len(boxes), generator=torch.Generator().manual_seed(run.seed + 3000))
    chosen = boxes[order[: round(run.annotated * len(boxes))]]
    drawn = torch.zeros_like(occupied)
    drawn[chosen[:, 0], chosen[:, 1]] = 1
    return drawn


class Stage(NamedTuple):
    """What one run trains on, is tested on, and the boxes of its training scenes [n, cells]."""

    train: Scenes
    test: Scenes
    boxes: Tensor


def compose_both(pictures: Resident, seed: int) -> tuple[Scenes, Scenes]:
    """Training scenes from training pictures, and test scenes from test pictures."""
    generator = torch.Generator().manual_seed(seed + 2000)
    train = compose(pictures.train.cpu(), pictures.shape, TRAINING_SCENES, generator)
    return train, compose(pictures.test.cpu(), pictures.shape, TEST_SCENES, generator)


class Scenery:
    """The stages of several runs, and their training scenes on the device.

    Runs of one seed share their scenes. `runs` and `seeds` say which run's boxes and which seed's
    scenes each detector is trained on, [detectors, 1].
    """

    def __init__(self, pictures: Resident, runs: Sequence[Settings], device: str):
        self.pictures = pictures
        scenes = {run.seed: compose_both(pictures, run.seed) for run in runs}
        self.stages = [
            Stage(*scenes[run.seed], annotate(scenes[run.seed][0].occupied, run)) for run in runs
        ]
        self.windows = torch.stack([train.windows for train, _ in scenes.values()]).to(device)
        self.offset = torch.stack([train.offset for train, _ in scenes.values()]).to(device)
        self.boxes = torch.stack([stage.boxes for stage in self.stages]).to(device)
        numbers, seeds = range(len(runs)), list(scenes)
        self.runs = torch.tensor([[n] for n in numbers for _ in BOX_LOSSES], device=device)
        self.seeds = torch.tensor(
            [[seeds.index(run.seed)] for run in runs for _ in BOX_LOSSES], device=device
        )

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Training scenes `rows` [detectors, batch]: their windows, boxes and offsets."""
        shared = self.seeds, rows
        return self.windows[shared], self.boxes[self.runs, rows], self.offset[shared]
