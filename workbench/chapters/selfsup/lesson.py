"""Self-supervision: an encoder learns by answering questions whose answers cost nothing.

A pretext task asks about pictures and knows the answers, because it made the questions. Each task
has a file of its own; here are the encoder that all of them train, what a task is, and the loop.
The encoder sees lightness alone: colour is the answer of one task and is shown to none.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from workbench.chapters.selfsup.knobs import BATCH, Settings
from workbench.science import nets

CHANNELS = (16, 32, 64)
PARTS = 2  # features are means over PARTS x PARTS parts of the last map
FEATURES = CHANNELS[-1] * PARTS**2


class Encoder(nn.Module):
    """Three convolutions with ReLU: x [n, 1, h, w] -> map [n, 64, about h / 4, about w / 4].

    `stride` is that of each layer: pictures up to 12 pixels keep more of their few pixels. Weights
    are drawn on the CPU so that a seed means the same network everywhere.
    """

    def __init__(self, side: int, generator: Generator):
        super().__init__()
        self.stride = (1, 2, 1) if side <= 12 else (2, 2, 1) if side <= 24 else (2, 2, 2)
        kernels, sizes = (3 if side <= 12 else 5, 3, 3), (1, *CHANNELS)
        self.layers = nn.ModuleList(
            draw_weights(nn.Conv2d(i, o, k, s, k // 2), generator)
            for i, o, k, s in zip(sizes[:-1], CHANNELS, kernels, self.stride, strict=True)
        )

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x).relu()
        return x

    def features(self, x: Tensor) -> Tensor:
        """What a probe reads: x [n, 1, h, w] -> [n, 256]."""
        return F.adaptive_avg_pool2d(self(x), PARTS).flatten(1)


def draw_weights(layer: nn.Module, generator: Generator) -> nn.Module:
    """The layer with weights N(0, 2 / fan_in) from the generator and no bias (He et al. 2015)."""
    fan_in = layer.weight[0].numel()
    with torch.no_grad():
        noise = torch.randn(layer.weight.shape, generator=generator)
        layer.weight.copy_(noise * (2 / fan_in) ** 0.5)
        layer.bias.zero_()
    return layer


def last_layer(inputs: int, outputs: int, generator: Generator) -> nn.Module:
    """A linear layer that starts nearly undecided."""
    layer = draw_weights(nn.Linear(inputs, outputs), generator)
    with torch.no_grad():
        layer.weight.mul_(0.1)
    return layer


class Task:
    """Questions about the pictures x [n, 1, h, w], each with one right answer of `classes`.

    `head` turns the encoder's features into scores of the answers. What a task draws comes from
    the generator it is given.
    """

    x: Tensor
    classes: int
    head: nn.Module

    def ask(self, rows: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        """Questions about the pictures `rows`: what the network sees, and the right answers."""
        raise NotImplementedError

    def logits(self, encoder: Encoder, x: Tensor) -> Tensor:
        """Scores [n, classes] of the answers to the questions x."""
        return self.head(encoder.features(x))

    def loss(self, encoder: Encoder, x: Tensor, y: Tensor) -> Tensor:
        """Cross-entropy of the right answers y [n], -log p(y | x)."""
        return F.cross_entropy(self.logits(encoder, x), y)

    def right(self, logits: Tensor, y: Tensor) -> float:
        """The share of right answers."""
        return (logits.argmax(-1) == y).float().mean().item()

    @property
    def chance(self) -> float:
        """What guessing gets right."""
        return 1 / self.classes

    def about(self, x: Tensor, ab: Tensor) -> "Task":
        """The same task with the same head about other pictures, of colours ab [n, 2, h', w']."""
        other = copy.copy(self)
        other.x = x
        return other


class Labels(Task):
    """No pretext: which class is it? It teaches the encoder that the others stand beside."""

    def __init__(self, x: Tensor, y: Tensor, classes: int, generator: Generator):
        self.x = x
        self.y = y
        self.classes = classes
        self.head = last_layer(FEATURES, classes, generator).to(x.device)

    def ask(self, rows: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        return self.x[rows], self.y[rows]


class Data(NamedTuple):
    """What a run learns from: light [n, 1, h, w], the pretext task that its knobs name, as a
    function of the encoder and a generator, and the labels y [n] of `classes` (None: unknown)."""

    light: Tensor
    make_task: Callable[[Encoder, Generator], Task]
    y: Tensor | None
    classes: int


class Learner:
    """An encoder, the task that teaches it, and its optimiser.

    All parameters become views of one vector, as `nets.Adam` wants them: torch.optim.Adam takes
    two seconds to import, which is when a reader wants to see the first frame.
    """

    def __init__(self, encoder: Encoder, task: Task, lr: float):
        self.encoder = encoder
        self.task = task
        parts = self.parameters()
        flat = torch.cat([part.detach().flatten() for part in parts])[None]
        self.adam = nets.Adam([flat], lr)
        sizes = [part.numel() for part in parts]
        views = zip(parts, flat[0].split(sizes), flat.grad[0].split(sizes), strict=True)
        for part, value, slope in views:
            part.data = value.view_as(part)
            part.grad = slope.view_as(part)

    def parameters(self) -> list[Tensor]:
        return [*self.encoder.parameters(), *self.task.head.parameters()]


def loss(learner: Learner, x: Tensor, y: Tensor) -> Tensor:
    """What the learner's answers to the questions x cost, when y are the right ones."""
    return learner.task.loss(learner.encoder, x, y)


teach = nets.descent(nets.autograd(loss))  # by the labels, whatever a reader's loss is


def fit(
    runs: Sequence[Settings], data: Data, device: str = "cpu", loss=loss, supervised: bool = True
) -> Iterator[tuple[int, dict[str, Learner]]]:
    """Trains an encoder on its pretext task and yields (step, learners by name) after every step.

    Beside "pretext", which goes down `loss(learner, x, y)`, there is "supervised", which begins
    with the same weights and is taught by the labels, if they are known and if it is wanted.
    """
    (run,) = runs
    generator = torch.Generator().manual_seed(run.seed)
    encoder = Encoder(min(data.light.shape[-2:]), generator).to(device)
    twin, task = copy.deepcopy(encoder), data.make_task(encoder, generator)
    learners = {"pretext": Learner(encoder, task, run.lr)}
    if data.y is not None:  # drawn in any case, so that `supervised` changes nothing for the other
        labels = Labels(data.light, data.y, data.classes, generator)
        if supervised:
            learners["supervised"] = Learner(twin, labels, run.lr)
    descents = {"pretext": nets.descent(nets.autograd(loss)), "supervised": teach}
    batches = nets.Batches(len(data.light), BATCH, [generator], device)
    for step in range(1, run.steps + 1):
        (rows,) = batches.draw()
        for name, learner in learners.items():
            x, y = learner.task.ask(rows, generator)
            descents[name](learner, learner.adam, x, y)
        yield step, learners
