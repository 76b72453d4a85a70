"""The pretext task that the knobs name, and what the lesson learns from."""

from functools import partial

import torch
from torch import Generator

from workbench.chapters.selfsup.colorization import Answer, Colorization, colours_under
from workbench.chapters.selfsup.colour_data import Album
from workbench.chapters.selfsup.exemplar import Exemplar
from workbench.chapters.selfsup.jigsaw import Jigsaw, Safeguards
from workbench.chapters.selfsup.knobs import Settings
from workbench.chapters.selfsup.lesson import Data, Encoder, Task
from workbench.chapters.selfsup.rotation import Rotation


def make_task(run: Settings, album: Album, encoder: Encoder, generator: Generator) -> Task:
    """The pretext task of this run on the training pictures."""
    x = album.light
    if run.kind == "jigsaw":
        safeguards = Safeguards(run.gap, run.normalise)
        return Jigsaw(x, int(run.side), run.orders, safeguards, generator)
    if run.kind == "exemplar":
        strength = {name: getattr(run, name) for name in ("shift", "turn", "zoom", "contrast")}
        return Exemplar(x, run.exemplars, strength, generator)
    if run.kind == "rotation":
        return Rotation(x, generator)
    answer = Answer(run.answer == "bins", run.width, 0.5 if run.rebalance else 1.0)
    return Colorization(x, colours_under(encoder, album.ab), answer, generator)


def lesson_data(run: Settings, album: Album) -> Data:
    """What this run learns from."""
    y = None if album.y is None else torch.tensor(album.y, device=album.light.device)
    return Data(album.light, partial(make_task, run, album), y, album.classes)
