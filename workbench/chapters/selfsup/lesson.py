"""TODO."""

from __future__ import annotations

import numpy as np

from workbench.chapters.selfsup import colorization, jigsaw
from workbench.chapters.selfsup import tasks as pretext
from workbench.chapters.selfsup.colour_data import Coloured
from workbench.chapters.selfsup.knobs import Settings
from workbench.science import nets
from workbench.science.later import Generator, Tensor, torch


def make_task(settings: Settings, album: Coloured, encoder: pretext.Encoder, generator):
    """The pretext task that the settings name, on the training pictures."""
    x = album.light
    if settings.kind == "jigsaw":
        return jigsaw.Jigsaw(
            x, int(settings.side), settings.orders, settings.gap, settings.normalise, generator
        )
    if settings.kind == "exemplar":
        strength = {name: getattr(settings, name) for name in ("shift", "turn", "zoom", "contrast")}
        return pretext.Exemplar(x, settings.exemplars, strength, generator)
    if settings.kind == "rotation":
        return pretext.Rotation(x, generator)
    mix = 0.5 if settings.rebalance else 1.0
    ab = pretext.under(encoder, album.ab)
    return colorization.Colorization(
        x, ab, settings.answer == "bins", settings.width, mix, generator
    )


class Learner:
    """An encoder, the task that teaches it, and its optimiser.

    All parameters become views of one vector, as `nets.Adam` wants them: torch.optim.Adam takes
    two seconds to import, which is when a reader wants to see the first frame.
    """

    def __init__(self, encoder: pretext.Encoder, task, lr: float):
        self.encoder, self.task = encoder, task
        parts = [*encoder.parameters(), *task.head.parameters()]
        flat = torch.cat([p.detach().flatten() for p in parts])[None]
        self.adam = nets.Adam([flat], lr)
        ends = np.cumsum([p.numel() for p in parts])
        for p, end in zip(parts, ends, strict=True):
            here = slice(end - p.numel(), end)
            p.data, p.grad = flat[0, here].view_as(p), flat.grad[0, here].view_as(p)

    def step(self, rows: Tensor, generator: Generator) -> None:
        """One update on questions about these rows."""
        x, y = self.task.ask(rows, generator)
        self.adam.zero_grad()
        self.task.loss(self.encoder, x, y).backward()
        self.adam.step()
