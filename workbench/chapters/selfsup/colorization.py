"""TODO."""

import copy

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from workbench.chapters.selfsup import lab_colours as colour
from workbench.chapters.selfsup.tasks import CHANNELS, SPREAD, Encoder, linear


class Colorization:
    """Which colour has each part of the picture? Zhang, Isola & Efros 2016.

    ab [n, 2, h', w'] is the mean colour under every place of the encoder's map. Classification
    chooses a bin of the ab plane; regression names ab itself and pays its squared error.
    """

    def __init__(
        self, x: Tensor, ab: Tensor, classify: bool, width: float, mix: float, generator: Generator
    ):
        self.x, self.ab, self.classify = x, ab, classify
        self.centres = colour.bins(width).to(x.device)
        self.width = width
        few = self.pixels(ab[:2000])
        self.share = torch.bincount(self.nearest(few), minlength=len(self.centres)) / len(few)
        self.weights = colour.rebalance(self.share, mix)
        outputs = len(self.centres) if classify else 2
        head = linear(CHANNELS[-1], outputs, generator)
        self.head = head.to(x.device)

    def of(self, x: Tensor, ab: Tensor):
        """The same task, and the same head, about other pictures; ab as under the map."""
        other = copy.copy(self)
        other.x, other.ab = x, ab
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
        said, ab = self.logits(encoder, x), self.pixels(y)
        if not self.classify:
            return F.mse_loss(said, ab / SPREAD)
        which, how_much = colour.soft_bins(ab, self.centres, self.width / 2)
        log_q = said.log_softmax(-1).gather(-1, which)
        value = self.weights[which[..., 0]]  # of the nearest bin
        return -(value * (how_much * log_q).sum(-1)).mean()

    def colours(self, logits: Tensor, temperature: float) -> Tensor:
        """The ab that is meant [n h' w', 2]."""
        if not self.classify:
            return logits * SPREAD
        return colour.annealed_mean(logits, self.centres, temperature)

    def right(self, logits: Tensor, y: Tensor) -> float:
        """Share of places whose bin was named, the mean over the bins that occur."""
        said = logits.argmax(-1) if self.classify else self.nearest(logits * SPREAD)
        truth = self.nearest(self.pixels(y))
        count = torch.bincount(truth, minlength=len(self.centres))
        hits = torch.bincount(truth[said == truth], minlength=len(self.centres))
        there = count > 0
        return (hits[there] / count[there]).mean().item()
