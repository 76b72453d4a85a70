"""Whether a model is as often right as it is sure."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def reliability(sure: ArrayLike, right: ArrayLike, bins: int = 10) -> tuple[NDArray, ...]:
    """``(confidence, accuracy, count)`` of the bins of equal width that hold anything.

    ``sure``: the probability of the class that was named, in [0, 1]; ``right``: whether it is the
    true one; both of any one shape. Means within a bin; a calibrated model has them equal. Guo et
    al. 2017.
    """
    sure, right = np.ravel(sure).astype(float), np.ravel(right).astype(float)
    cell = np.minimum((sure * bins).astype(int), bins - 1)
    count = np.bincount(cell, minlength=bins)
    filled = count > 0
    sums = (np.bincount(cell, values, bins)[filled] for values in (sure, right))
    return *(total / count[filled] for total in sums), count[filled]


def calibration_error(sure: ArrayLike, right: ArrayLike, bins: int = 10) -> float:
    """ECE: the distance of confidence and accuracy, mean over items, 0 to 1. Guo et al. 2017."""
    confidence, accuracy, count = reliability(sure, right, bins)
    return float((np.abs(confidence - accuracy) * count).sum() / count.sum())
