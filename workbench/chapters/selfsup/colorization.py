"""Colorization: which colour has each part of the picture? Zhang, Isola & Efros 2016."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from workbench.chapters.selfsup import cielab
from workbench.chapters.selfsup.lesson import CHANNELS, Encoder, Task, last_layer

SPREAD = 50.0  # regression's outputs are ab / SPREAD: a rate that suits the others suits it
SHARES_FROM = 2000  # pictures that say how common a colour is


class Answer(NamedTuple):
    """How a colour is answered: as a choice between bins `width` wide, or by naming ab itself.

    `mix` is 1 when all places count the same, less when those of rare colours count more.
    """

    classify: bool
    width: float
    mix: float


class Colorization(Task):
    """Asks for the mean colour ab [n, 2, h', w'] under every place of the encoder's map.

    Classification chooses a bin of the ab plane; regression names ab and pays its squared error.
    """

    def __init__(self, x: Tensor, ab: Tensor, answer: Answer, generator: Generator):
        self.x = x
        self.ab = ab
        self.classify = answer.classify
        self.width = answer.width
        self.centres = cielab.bins(answer.width).to(x.device)
        few = self.pixels(ab[:SHARES_FROM])
        self.share = torch.bincount(self.nearest(few), minlength=len(self.centres)) / len(few)
        self.weights = cielab.rebalance(self.share, answer.mix)
        outputs = len(self.centres) if answer.classify else 2
        self.head = last_layer(CHANNELS[-1], outputs, generator).to(x.device)

    def about(self, x: Tensor, ab: Tensor) -> "Colorization":
        other = super().about(x, ab)
        other.ab = ab
        return other

    @staticmethod
    def pixels(ab: Tensor) -> Tensor:
        """[n, c, h, w] -> [n h w, c]"""
        return ab.movedim(1, -1).flatten(0, 2)

    def nearest(self, ab: Tensor) -> Tensor:
        """The bin of each colour: [..., 2] -> [...]."""
        return torch.cdist(ab, self.centres).argmin(-1)

    @property
    def chance(self) -> float:
        """What always the same answer gets right, every colour counting the same."""
        return 1 / max(1, int((self.share > 0).sum()))

    def ask(self, rows: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        return self.x[rows], self.ab[rows]

    def logits(self, encoder: Encoder, x: Tensor) -> Tensor:
        """Scores of the bins, or ab / 50, of every place [n h' w', Q or 2]."""
        return self.head(self.pixels(encoder(x)))

    def loss(self, encoder: Encoder, x: Tensor, y: Tensor) -> Tensor:
        """Cross-entropy with the true colour spread over its nearest bins, weighed by how rare the
        nearest is (equation 2); of regression the squared error."""
        output, ab = self.logits(encoder, x), self.pixels(y)
        if not self.classify:
            return F.mse_loss(output, ab / SPREAD)
        which, how_much = cielab.soft_bins(ab, self.centres, self.width / 2)
        log_q = output.log_softmax(-1).gather(-1, which)
        value = self.weights[which[..., 0]]
        return -(value * (how_much * log_q).sum(-1)).mean()

    def colours(self, logits: Tensor, temperature: float) -> Tensor:
        """The ab that is meant [n h' w', 2]."""
        if not self.classify:
            return logits * SPREAD
        return cielab.annealed_mean(logits, self.centres, temperature)

    def right(self, logits: Tensor, y: Tensor) -> float:
        """Share of places whose bin was named, the mean over the bins that occur."""
        named = logits.argmax(-1) if self.classify else self.nearest(logits * SPREAD)
        truth = self.nearest(self.pixels(y))
        count = torch.bincount(truth, minlength=len(self.centres))
        hits = torch.bincount(truth[named == truth], minlength=len(self.centres))
        occurs = count > 0
        return (hits[occurs] / count[occurs]).mean().item()


@torch.no_grad()
def colours_under(encoder: Encoder, ab: Tensor) -> Tensor:
    """The mean colour under every place of the encoder's map: ab [n, 2, h, w] -> [n, 2, h', w']."""
    size = encoder(ab[:1, :1]).shape[-2:]
    return F.adaptive_avg_pool2d(ab, size)
