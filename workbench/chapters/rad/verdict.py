"""What becomes of the samples of a batch, and how good a choice that was."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.rad.stream import Batch


@dataclass(frozen=True, eq=False)
class Verdict:
    """What becomes of the n samples of a batch.

    labels [n] to learn with; kept [n] whether it is learnt; relabelled [n] whether it is kept under
    another label than it came with because the models agree; doubtful [k]: rows that an expert may
    be asked about, in the order of arrival; asked [q]: those that were.
    """

    labels: NDArray
    kept: NDArray
    relabelled: NDArray
    doubtful: NDArray
    asked: NDArray


def keep(
    batch: Batch, kept: NDArray, labels: NDArray | None = None, relabelled: NDArray | None = None
) -> Verdict:
    """Keep these samples [n], under the labels they came with unless others are given.

    All others are doubtful.
    """
    return Verdict(
        labels=batch.given if labels is None else labels,
        kept=kept,
        relabelled=np.zeros(len(batch), bool) if relabelled is None else relabelled,
        doubtful=np.flatnonzero(~kept),
        asked=np.array([], int),
    )


def answer(verdict: Verdict, rows: NDArray, labels: NDArray) -> Verdict:
    """The verdict after an expert has named the classes `labels` [q] of the samples `rows` [q]."""
    rows = np.asarray(rows, int)
    new_labels, kept = verdict.labels.copy(), verdict.kept.copy()
    new_labels[rows], kept[rows] = labels, True
    asked = np.concatenate([verdict.asked, rows])
    doubtful = np.setdiff1d(verdict.doubtful, rows)
    return replace(verdict, labels=new_labels, kept=kept, doubtful=doubtful, asked=asked)


class Quality(NamedTuple):
    """How good a choice of samples was, as shares; 1 where there was nothing to choose from."""

    kept: float  # of all samples
    purity: float  # of what was kept, learnt under its true label (precision)
    recall: float  # of the samples that came with their true label, kept


def quality(batch: Batch, verdict: Verdict) -> Quality:
    """What the verdict on this batch is worth."""
    right = verdict.labels == batch.truth
    clean = batch.given == batch.truth
    return Quality(
        float(verdict.kept.mean()),
        share(right[verdict.kept]),
        share(verdict.kept[clean]),
    )


def share(hits: NDArray) -> float:
    """The share of hits [n]; 1 where there are none to count."""
    return float(hits.mean()) if len(hits) else 1.0
