"""Damped windows over packets: what each shows of the traffic so far (Kitsune, Mirsky et al. 2018).

A window of decay rate l weighs what happened t seconds ago by 2^(-l t).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DECAYS = np.array([5, 3, 1, 0.1, 0.01])  # 1/s; windows from about 0.1 s to one minute


STATISTICS = (
    *("MI_weight", "MI_mean", "MI_variance"),  # source by its address in the local net
    *("H_weight", "H_mean", "H_variance"),  # source by its internet address: here the same
    *("HH_weight", "HH_mean", "HH_std", "HH_magnitude", "HH_radius", "HH_covariance", "HH_pcc"),
    *("HH_jit_weight", "HH_jit_mean", "HH_jit_variance"),  # gaps between packets of a channel
    *(f"HpHp_{s}" for s in ("weight", "mean", "std", "magnitude", "radius", "covariance", "pcc")),
)  # 23
FEATURES = tuple(f"{name}_L{decay:g}" for decay in DECAYS for name in STATISTICS)


class Packets(NamedTuple):
    """Packets, each array [n]; those of one host in the order of time. Hosts, ports: numbers."""

    time: NDArray  # s
    size: NDArray  # bytes
    source: NDArray
    target: NDArray
    source_port: NDArray
    target_port: NDArray


def statistics(packets: Packets) -> NDArray:
    """[n, 115]: for each packet what the windows show just after it, in the order of FEATURES."""
    time, size = packets.time, packets.size
    channel = _pair(packets.source, packets.target)
    ends = (
        packets.source * 2**17 + packets.source_port,
        packets.target * 2**17 + packets.target_port,
    )
    host = np.unique(packets.source, return_inverse=True)[1]
    source = _moments(*_damped(host, time, size))
    gaps = _gaps(channel[0], time)
    jitter = _moments(*_damped(channel[0], time, gaps))
    two_way = [_both_ways(*way, time, size) for way in (channel, _pair(*ends))]
    table = np.concatenate([source, source, two_way[0], jitter, two_way[1]], -1)  # (n, decay, 23)
    return table.reshape(len(time), -1)


def _pair(a: NDArray, b: NDArray) -> tuple[NDArray, NDArray]:
    """Numbers of the way from a to b [n], and of the two ways between them [n]."""
    host = np.unique(np.concatenate([a, b]), return_inverse=True)[1]
    a, b = host[: len(a)], host[len(a) :]
    ends = (a, b), (np.minimum(a, b), np.maximum(a, b))
    way, both = (np.unique(p * len(host) + q, return_inverse=True)[1] for p, q in ends)
    return way, both


def _gaps(key: NDArray, time: NDArray) -> NDArray:
    """Seconds since the packet before with the same key; 0 for the first."""
    order = np.argsort(key, kind="stable")
    first = np.diff(key[order], prepend=-1) != 0
    gaps = np.empty_like(time)
    gaps[order] = np.where(first, 0, np.diff(time[order], prepend=0))
    return gaps


def _damped(key: NDArray, time: NDArray, value: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Damped weight, sum and sum of squares of `value` [n] over the packets of its key so far,
    each [n, decays]."""
    parts = damped_sums(key, time, np.stack([np.ones_like(value), value, value**2], 1))
    return parts[..., 0], parts[..., 1], parts[..., 2]


def damped_sums(key: NDArray, time: NDArray, values: NDArray) -> NDArray:
    """Sums over m <= n of v_m 2^(-l (t_n - t_m)) within a key: values [n, k] -> [n, decays, k].

    key [n] are small whole numbers; time [n] must not fall within a key.

    The recurrence S_n = v_n + 2^(-l gap) S_(n-1) is solved for all packets at once by doubling the
    reach log2(n) times; exp(l t) outside of the sum would overflow.
    """
    order = np.argsort(key, kind="stable")
    first = np.diff(key[order], prepend=-1) != 0
    gap = np.where(first, np.inf, np.diff(time[order], prepend=0))
    decay = np.exp2(-DECAYS * gap[:, None])  # nothing is left of another key's sum
    total = np.repeat(values[order][:, None], len(DECAYS), 1)  # (n, decay, k)
    reach, longest = 1, np.bincount(key).max()
    while reach < longest:
        total[reach:] = total[reach:] + decay[reach:, :, None] * total[:-reach]
        decay[reach:] = decay[reach:] * decay[:-reach]
        reach *= 2
    in_order = np.empty_like(total)
    in_order[order] = total
    return in_order


def _moments(weight: NDArray, total: NDArray, squares: NDArray) -> NDArray:
    """Weight, mean and variance, stacked last."""
    mean = total / weight
    return np.stack([weight, mean, _variance(weight, mean, squares)], -1)


def _variance(weight: NDArray, mean: NDArray, squares: NDArray) -> NDArray:
    spread = squares / weight - mean**2
    return np.where(
        spread > 1e-9 * mean**2, spread, 0.0
    )  # what is left of equal values is rounding


def _both_ways(way: NDArray, both: NDArray, time: NDArray, size: NDArray) -> NDArray:
    """Weight, mean, std, magnitude, radius, covariance and correlation [n, decays, 7] of a way and
    the way back.

    The covariance multiplies each packet's deviation from the mean of its way by that of the last
    packet that went the other way, as Kitsune does: the two never arrive together.
    """
    weight, mean, variance = np.moveaxis(_moments(*_damped(way, time, size)), -1, 0)
    back = _last_of_the_other_way(way, both)
    heard = (back >= 0)[:, None]
    mean_back, variance_back = (np.where(heard, part[back], 0) for part in (mean, variance))
    deviation = size[:, None] - mean
    product = deviation * np.where(heard, deviation[back], 0)  # (n, decay)
    sums = damped_sums(both, time, np.concatenate([product, np.ones((len(time), 1))], 1))
    own = np.arange(len(DECAYS))
    covariance = sums[:, own, own] / sums[:, :, -1]
    spread = np.sqrt(variance * variance_back)
    pcc = np.divide(covariance, spread, out=np.zeros_like(spread), where=spread > 0)
    magnitude, radius = np.hypot(mean, mean_back), np.hypot(variance, variance_back)
    parts = [weight, mean, np.sqrt(variance), magnitude, radius, covariance, pcc]
    return np.stack(parts, -1)


def _last_of_the_other_way(way: NDArray, both: NDArray) -> NDArray:
    """For each packet the number of the last one before it that went the other way, or -1."""
    order = np.argsort(both, kind="stable")
    w, pair, place = way[order], both[order], np.arange(len(order))
    changed = np.r_[True, (w[1:] != w[:-1]) | (pair[1:] != pair[:-1])]
    run = np.maximum.accumulate(np.where(changed, place, 0))  # where this stretch of one way began
    before = run - 1
    same = (before >= 0) & (pair[before] == pair)
    last = np.empty(len(order), int)
    last[order] = np.where(same, order[before], -1)
    return last
