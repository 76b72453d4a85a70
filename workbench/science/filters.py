"""Which labels to believe: rules that compare a label with what models would have said.

RAD (Zhao et al. 2019) judges the samples of a stream by them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


def agrees(given: NDArray, predicted: NDArray) -> NDArray:
    """RAD's rule: believe a label [n] where the label model would have given the same one."""
    return predicted == given


class Vote(NamedTuple):
    """Which samples [n] are believed, under which labels [n], and which of them under others than
    they came with."""

    kept: NDArray
    labels: NDArray
    relabelled: NDArray


def vote(given: NDArray, by_l: NDArray, by_c: NDArray) -> Vote:
    """RAD Voting: where the label model L disagrees with a label [n], the classifier C decides.

    C sides with the label: keep it. C sides with L: keep the sample under their label. C says a
    third thing: drop it.
    """
    uncertain = ~agrees(given, by_l)
    backed = uncertain & (by_c == given)
    outvoted = uncertain & ~backed & (by_c == by_l)
    return Vote(~uncertain | backed | outvoted, np.where(outvoted, by_c, given), outvoted)
