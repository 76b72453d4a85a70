"""Answers that come late: what an expert was asked today is learnt some batches later."""

from collections import deque
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.rad.stream import Batch
from workbench.chapters.rad.verdict import Verdict


class Expert(NamedTuple):
    """An expert who takes `budget` questions a batch and answers them `delay` batches later."""

    budget: int
    delay: int = 0


class Post:
    """Carries samples that an expert was asked about; they come back under the expert's labels.

    Those of a batch come back `delay` batches later, and those of the last batches never do.
    """

    def __init__(self, delay: int):
        self.delay = delay
        self.waiting: deque[Batch] = deque()

    def exchange(self, batch: Batch, rows: NDArray, labels: NDArray) -> Batch:
        """Takes the samples `rows` [q] with their answers [q]; returns those that are due."""
        self.waiting.append(
            Batch(batch.x[rows], np.asarray(labels), batch.truth[rows], batch.rows[rows])
        )
        if len(self.waiting) > self.delay:
            return self.waiting.popleft()
        return Batch(batch.x[:0], batch.given[:0], batch.truth[:0], batch.rows[:0])


def wait(verdict: Verdict, rows: NDArray) -> Verdict:
    """The verdict after questions about `rows` [q] to which no answer has come yet."""
    return replace(verdict, asked=rows, doubtful=np.setdiff1d(verdict.doubtful, rows))


def join(batch: Batch, verdict: Verdict, late: Batch) -> tuple[Batch, Verdict]:
    """The batch and its verdict with late samples behind its own, to be learnt as answered."""
    pairs = [(getattr(batch, name), getattr(late, name)) for name in vars(batch)]
    joined = Batch(*map(np.concatenate, pairs))
    none, all_of_them = np.zeros(len(late), bool), np.ones(len(late), bool)
    return joined, replace(
        verdict,
        labels=np.concatenate([verdict.labels, late.given]),
        kept=np.concatenate([verdict.kept, all_of_them]),
        relabelled=np.concatenate([verdict.relabelled, none]),
    )
