"""Pairs of a word and one of its company, and noise words: whole numbers, drawn a batch at a time.

Everything is an index array that stays in memory; nothing walks through pairs one by one.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from workbench.data.texts.corpus import Corpus

CENTRES = 1 << 16  # places of the text whose company is drawn at once
BLOCK = 64  # steps whose noise words are drawn at once


def keep_chances(counts: NDArray, subsample: float) -> NDArray:
    """With which probability each word stays [words]: sqrt(t / f) for a share f above t, else 1."""
    share = counts / counts.sum()
    return np.minimum(1, np.sqrt(subsample / share)) if subsample else np.ones(len(counts))


def noise_chances(counts: NDArray, exponent: float) -> NDArray:
    """P_n(c) [words], the chance of each word to be a noise word: its count to this power."""
    powers = counts.astype(float) ** exponent
    return powers / powers.sum()


class Pairs:
    """The pairs (centre, context) of one run, in random order and without end.

    Every place of the text comes up once before any comes up again. Its window reaches 1 to
    `window` words to both sides, drawn anew each time, so that near words count more. A pair stays
    with the product of its words' `keep` chances.
    """

    def __init__(self, corpus: Corpus, window: int, keep: NDArray, generator: Generator):
        self.tokens = torch.from_numpy(corpus.tokens.astype(np.int64))
        self.text = torch.from_numpy(corpus.text.copy())
        self.window = window
        self.keep = torch.from_numpy(keep)
        self.generator = generator
        self.order = torch.empty(0, dtype=torch.int64)
        self.ready = torch.empty(2, 0, dtype=torch.int64)

    def draw(self, size: int) -> Tensor:
        """The next pairs [2, size]: centres and contexts."""
        while self.ready.shape[1] < size:
            self.ready = torch.cat([self.ready, self._more()], 1)
        batch, self.ready = self.ready[:, :size], self.ready[:, size:]
        return batch

    def _more(self) -> Tensor:
        """All pairs of the next places, shuffled [2, pairs]."""
        if not len(self.order):
            self.order = torch.randperm(len(self.tokens), generator=self.generator)
        places, self.order = self.order[:CENTRES], self.order[CENTRES:]
        reach = torch.randint(1, self.window + 1, (len(places), 1), generator=self.generator)
        steps = torch.cat([torch.arange(-self.window, 0), torch.arange(1, self.window + 1)])
        others = places[:, None] + steps
        inside = (others >= 0) & (others < len(self.tokens)) & (steps.abs() <= reach)
        others = others.clamp(0, len(self.tokens) - 1)
        inside &= self.text[others] == self.text[places][:, None]
        centres = self.tokens[places][:, None].expand_as(others)[inside]
        contexts = self.tokens[others][inside]
        chance = self.keep[centres] * self.keep[contexts]
        stay = torch.rand(len(chance), generator=self.generator, dtype=torch.float64) < chance
        pairs = torch.stack([centres[stay], contexts[stay]])
        return pairs[:, torch.randperm(pairs.shape[1], generator=self.generator)]


class NoiseWords:
    """Noise words of one run: draws from chances [words], in the given shape for each step."""

    def __init__(self, chances: NDArray, shape: Sequence[int], generator: Generator):
        self.ends = torch.from_numpy(np.cumsum(chances))
        self.shape = (BLOCK, *shape)
        self.generator = generator
        self.ready: list[Tensor] = []

    def draw(self) -> Tensor:
        """The noise words of the next step."""
        if not self.ready:
            numbers = torch.rand(self.shape, generator=self.generator, dtype=torch.float64)
            words = torch.searchsorted(self.ends, numbers, right=True)
            self.ready = list(words.clamp_(max=len(self.ends) - 1).unbind())[::-1]
        return self.ready.pop()
