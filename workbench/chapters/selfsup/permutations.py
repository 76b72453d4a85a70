"""Orders of the tiles of a puzzle that differ in as many places as they can."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


@lru_cache(maxsize=8)
def permutations(items: int, count: int) -> NDArray:
    """`count` orders of `items` things [count, items] in which as many places differ as can.

    The first is the identity; then always the one whose smallest Hamming distance to those before
    is largest (Noroozi & Favaro 2016, algorithm 1, with the minimum in place of the mean). Chosen
    so among all orders, 100 of nine come to a distance of 6 only; so nine are ordered by a group in
    which no two agree in more than 2 places, while its 504 last. All orders if there are no more.
    """
    few = moebius_orders() if items == 9 else all_orders(items)
    chosen = add_farthest(few, few[:1], min(count, len(few)))
    if len(few) < count and items == 9:
        chosen = add_farthest(all_orders(items), chosen, count)
    return chosen.astype(np.int64)


def add_farthest(pool: NDArray, chosen: NDArray, count: int) -> NDArray:
    """The chosen orders and more of the pool, each as far as can be from those before it."""
    nearest = np.full(len(pool), pool.shape[1], np.uint8)
    for order in chosen:
        np.minimum(nearest, (pool != order).sum(1, dtype=np.uint8), out=nearest)
    more = []
    for _ in range(count - len(chosen)):
        more.append(pool[nearest.argmax()])
        np.minimum(nearest, (pool != more[-1]).sum(1, dtype=np.uint8), out=nearest)
    return np.concatenate([chosen, *(order[None] for order in more)])


def moebius_orders() -> NDArray:
    """The maps x -> (ax + b) / (cx + d) of the nine points of a projective line over GF(8).

    [504, 9], the identity first; 0..7 are the field's elements, 8 is infinity. Three points and
    their images fix a map, so two of them agree in at most two places.
    """
    times_g, plus_1 = (0, 2, 4, 6, 3, 1, 7, 5, 8), (1, 0, 3, 2, 5, 4, 7, 6, 8)
    inverse = (8, 1, 5, 6, 7, 2, 3, 4, 0)
    queue = [tuple(range(9))]
    known = set(queue)
    for order in queue:  # which grows
        for step in (times_g, plus_1, inverse):
            image = tuple(step[point] for point in order)
            if image not in known:
                known.add(image)
                queue.append(image)
    return np.array(queue, np.uint8)


def all_orders(items: int) -> NDArray:
    """All orders of `items` things [items!, items], the identity first."""
    orders = np.zeros((1, 1), np.uint8)
    for n in range(1, items):
        parts = [np.insert(orders, at, n, axis=1) for at in range(n, -1, -1)]
        orders = np.concatenate(parts)
    return orders
