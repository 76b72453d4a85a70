"""Codes of bits: how well the nearest ones are of the same label, and what a bit says."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


def hamming(a: ArrayLike, b: ArrayLike) -> NDArray:
    """Number of bits in which each of ``a [m, bits]`` differs from each of ``b [n, bits]``."""
    a, b = np.asarray(a, dtype=np.float32), np.asarray(b, dtype=np.float32)
    distance = a.sum(1)[:, None] + b.sum(1)[None, :] - 2 * (a @ b.T)
    return distance.astype(np.int64)


def precision_at_k(
    query_codes: ArrayLike,
    query_labels: ArrayLike,
    base_codes: ArrayLike,
    base_labels: ArrayLike,
    k: int,
) -> float:
    """Share of the ``k`` nearest items of the base, by Hamming distance, with the query's label.

    Codes are 0/1, ``[queries, bits]`` and ``[n, bits]``. Few bits make many ties: the result is
    the expectation over random tie-breaking, so it does not depend on the order of the base. A
    query that is itself in the base finds itself: keep the two apart. A base smaller than ``k``
    is returned whole.
    """
    return float(precision_curve(query_codes, query_labels, base_codes, base_labels, [k])[0])


def precision_curve(
    query_codes: ArrayLike,
    query_labels: ArrayLike,
    base_codes: ArrayLike,
    base_labels: ArrayLike,
    ks: Sequence[int],
) -> NDArray:
    """``precision_at_k`` for each of ``ks``, at about the cost of one."""
    distance = hamming(query_codes, base_codes)  # (query, n)
    relevant = np.asarray(query_labels)[:, None] == np.asarray(base_labels)[None, :]
    queries, shells = len(distance), np.asarray(base_codes).shape[1] + 1
    cell = (distance + shells * np.arange(queries)[:, None]).ravel()
    items = np.bincount(cell, minlength=queries * shells).reshape(queries, shells)
    hits = np.bincount(cell, relevant.ravel(), queries * shells).reshape(queries, shells)
    nearer, share = items.cumsum(1) - items, hits / np.maximum(items, 1)
    counts = np.minimum(ks, distance.shape[1])
    taken = [np.clip(k - nearer, 0, items) for k in counts]  # the last shell only in part
    return np.array([(t * share).sum(1).mean() / k for t, k in zip(taken, counts, strict=True)])


class Ball(NamedTuple):
    """What lies within each radius of a query, over all queries [radii]: the share with the query's
    label (NaN where nothing lies there), the share of that label that is found, the share of the
    base that is returned, and the share of queries that find nothing."""

    precision: NDArray
    recall: NDArray
    returned: NDArray
    empty: NDArray


def hamming_ball(
    query_codes: ArrayLike,
    query_labels: ArrayLike,
    base_codes: ArrayLike,
    base_labels: ArrayLike,
    radii: Sequence[int],
) -> Ball:
    """Looks up all items of the base within a Hamming radius of each query.

    Codes are 0/1, ``[queries, bits]`` and ``[n, bits]``. Precision and recall are those of all
    pairs that are returned, so a query that finds much counts for much.
    """
    distance = hamming(query_codes, base_codes)
    relevant = np.asarray(query_labels)[:, None] == np.asarray(base_labels)[None, :]
    inside = distance[None] <= np.asarray(radii)[:, None, None]  # (radius, query, n)
    found, hits = inside.sum((1, 2)), (inside & relevant).sum((1, 2))
    return Ball(
        np.divide(hits, found, out=np.full(len(found), np.nan), where=found > 0),
        hits / max(1, relevant.sum()),
        found / distance.size,
        (~inside.any(2)).mean(1),
    )


def bits_entropy(codes: ArrayLike) -> NDArray:
    """Entropy in bits of each code unit over 0/1 ``codes [..., n, bits]``: ``[..., bits]``.

    1 for a unit that is on half the time; 0 for a dead one.
    """
    p = np.stack([np.asarray(codes, dtype=float).mean(-2)] * 2)
    p[1] = 1 - p[0]
    return -(p * np.log2(np.where(p > 0, p, 1))).sum(0)
