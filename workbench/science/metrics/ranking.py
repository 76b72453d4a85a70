"""Scores that should rank what is right above what is wrong: precision, recall and AUC."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def precision_recall(sure: ArrayLike, hit: ArrayLike, objects: int) -> tuple[NDArray, NDArray]:
    """``(recall, precision)`` after each detection ``[n]``, the surest first.

    ``sure [n]``: how confident each is; ``hit [n]``: whether it found an object, each object at
    most once; ``objects``: how many there are, found or not.
    """
    order = np.argsort(-np.asarray(sure), kind="stable")
    hits = np.cumsum(np.asarray(hit, dtype=float)[order])
    return hits / max(objects, 1), hits / np.arange(1, len(order) + 1)


def average_precision(sure: ArrayLike, hit: ArrayLike, objects: int) -> float:
    """The area under precision against recall, by steps: ``sum_i (R_i - R_i-1) P_i``.

    As ``sklearn.metrics.average_precision_score`` does where every object has a detection and
    no two are equally sure; objects without one count as missed.
    """
    recall, precision = precision_recall(sure, hit, objects)
    return float((np.diff(recall, prepend=0) * precision).sum())


def auc(positive: ArrayLike, score: ArrayLike) -> float:
    """Area under the ROC curve: the chance that a positive item scores above a negative one.

    positive and score ``[n]``; a tie counts half. 0.5 when either kind is missing: then there is
    nothing to rank.
    """
    from sklearn.metrics import roc_auc_score

    positive = np.asarray(positive, bool)
    if positive.all() or not positive.any():
        return 0.5
    return float(roc_auc_score(positive, score))


def auc_within(positive: ArrayLike, score: ArrayLike, mask: ArrayLike) -> float:
    """Mean over bags of the ``auc`` of the items in a bag, all ``[bags, items]``.

    For scores that compare items of one bag only, such as attention. Bags without both kinds of
    item are left out; 0.5 when none is left.
    """
    positive, score, mask = (np.asarray(part) for part in (positive, score, mask))
    other = mask & ~positive
    above = score[:, :, None] - score[:, None, :]
    wins = (above > 0) + 0.5 * (above == 0)
    pairs = positive[:, :, None] & other[:, None, :]
    count = pairs.sum((1, 2))
    each = (wins * pairs).sum((1, 2)) / np.maximum(count, 1)
    return float(each[count > 0].mean()) if count.any() else 0.5
