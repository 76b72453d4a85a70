"""The exam of a run: held-out questions of its task, and probes. Only here are labels looked at."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.selfsup.colorization import colours_under
from workbench.chapters.selfsup.colour_data import Album
from workbench.chapters.selfsup.exemplar import collisions
from workbench.chapters.selfsup.jigsaw import solve_by_seams
from workbench.chapters.selfsup.knobs import DRAWS, Settings
from workbench.chapters.selfsup.lesson import Encoder, Learner, Task
from workbench.chapters.selfsup.probes import JUDGED, Probes, read_features
from workbench.core.frames import check_finite

HINT = "Lower the learning rate."


class Questions(NamedTuple):
    """Questions x of a task and the right answers y."""

    task: Task
    x: Tensor
    y: Tensor


class Result(NamedTuple):
    """What an encoder knows: its numbers, its answers to the questions, and the features [n, d] of
    the pictures for testing."""

    scalars: dict[str, float]
    logits: Tensor
    features: NDArray


class Exam:
    """The questions of a run's frames, drawn once, and what does not change from frame to frame."""

    def __init__(self, run: Settings, album: Album, task: Task):
        self.run = run
        self.album = album
        self.test = album.light_test[:JUDGED]
        self.untrained = draw_untrained(run, album)
        self.probes = None if album.y is None else Probes(album, run.seed)
        generator = torch.Generator().manual_seed(run.seed + 1000)
        held_out = task.about(self.test, colours_under(self.untrained, album.ab_test[:JUDGED]))
        rows = torch.arange(len(self.test), device=self.test.device)
        self.questions = Questions(held_out, *held_out.ask(rows, generator))
        self.fixed = {"chance": task.chance}
        if run.kind == "jigsaw":
            solved = solve_by_seams(held_out, self.questions.x) == self.questions.y
            self.fixed["edges"] = solved.float().mean().item()
        if run.kind == "exemplar":
            self.fixed["collisions"] = collisions(task, generator)
        if self.probes:
            self.fixed["probe_random"] = self.judge(self.untrained)
            self.fixed["probe_raw"] = self.judge(None)

    @torch.no_grad()
    def take(self, step: int, learners: dict[str, Learner]) -> Result:
        """What the learners' encoders know after `step` steps."""
        task, x, y = self.questions
        encoder = learners["pretext"].encoder
        logits = task.logits(encoder, x)
        scalars = {
            "loss": task.loss(encoder, x, y).item(),
            "accuracy": task.right(logits, y),
        } | self.fixed
        check_finite(step, scalars, HINT)
        features = read_features(encoder, self.test)
        if self.run.kind == "colorization":
            answered = task.colours(logits, self.run.temperature)
            scalars |= compare_colours(answered, task.pixels(y))
        if self.probes:
            scalars["probe_pretext"] = self.judge(encoder, features)
        if "supervised" in learners:
            scalars["probe_supervised"] = self.judge(learners["supervised"].encoder)
        return Result(scalars, logits, features)

    def judge(self, encoder: Encoder | None, test: NDArray | None = None) -> float:
        """Accuracy of a probe with as many labels as the knob says, the mean over few draws."""
        return float(np.mean(self.probes.accuracy(encoder, [self.run.labels], DRAWS, test)))


def draw_untrained(run: Settings, album: Album) -> Encoder:
    """The encoder with which the run begins: the first that its generator draws."""
    generator = torch.Generator().manual_seed(run.seed)
    return Encoder(min(album.light.shape[-2:]), generator).to(album.light.device)


def compare_colours(answered: Tensor, truth: Tensor) -> dict[str, float]:
    """How far off the colours are, and how colourful, in units of ab: [places, 2] each."""
    return {
        "error": (answered - truth).square().sum(-1).mean().sqrt().item(),
        "chroma": answered.norm(dim=-1).mean().item(),
        "chroma_true": truth.norm(dim=-1).mean().item(),
    }
