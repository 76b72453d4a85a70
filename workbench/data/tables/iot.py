"""Traffic of a thermostat and of ten botnet attacks, simulated, as damped-window statistics.

In the manner of N-BaIoT (Meidan et al. 2018; the features are those of Kitsune, Mirsky et al.
2018), but every packet is drawn: no number here was measured on a network. Each packet becomes a
row of 115 numbers, which say what its source, its channel (source and destination) and its socket
(channel and ports) have sent lately, through five windows. A window of decay rate l weighs what
happened t seconds ago by 2^(-l t).
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
ROWS = 100  # labelled packets in an episode
TRAIN, TEST = 8, 3  # episodes of each class


class Flow(NamedTuple):
    """What one kind of traffic looks like. Rates are a tenth of a real flood's and less, so that a
    hundred packets span the shorter windows."""

    rate: float  # packets a second
    sizes: tuple[int, ...]  # bytes, one of them at random for each packet ...
    spread: float  # ... with this standard deviation
    sources: int  # 1: the device itself; more: forged addresses; 0: a new one for each packet
    targets: int  # hosts it sends to; 0: a new one for each packet
    new_ports: bool  # whether each packet has ports of its own
    replies: float  # share of packets that are answered


FLOWS = {
    "benign": Flow(4, (60, 66, 120, 330), 15, 1, 3, False, 0.6),
    "mirai scan": Flow(80, (60,), 1, 1, 0, True, 0.02),
    "mirai ack": Flow(250, (540,), 8, 1, 1, True, 0.02),
    "mirai syn": Flow(200, (74,), 2, 1, 1, True, 0.3),
    "mirai udp": Flow(250, (554,), 8, 1, 1, True, 0.0),
    "mirai udpplain": Flow(250, (554,), 8, 1, 1, False, 0.0),
    "gafgyt scan": Flow(50, (60, 74), 2, 1, 0, True, 0.02),
    "gafgyt junk": Flow(40, (60, 1078), 60, 1, 1, False, 0.5),
    "gafgyt udp": Flow(100, (60,), 3, 0, 1, True, 0.0),
    "gafgyt tcp": Flow(100, (66,), 3, 20, 1, True, 0.0),
    "gafgyt combo": Flow(40, (60, 74, 1078), 60, 1, 1, True, 0.5),
}
CLASSES = tuple(FLOWS)


class Packets(NamedTuple):
    """Packets, each array [n]; those of one host in the order of time. Hosts, ports: numbers."""

    time: NDArray  # s
    size: NDArray  # bytes
    source: NDArray
    target: NDArray
    source_port: NDArray
    target_port: NDArray


def send(flow: Flow, count: int, rng: np.random.Generator, far: int) -> Packets:
    """`count` packets of this flow and the replies to them, not in order; targets are numbered
    from `far`."""
    time = np.cumsum(rng.exponential(1 / flow.rate, count))
    size = rng.choice(flow.sizes, count) + rng.normal(0, flow.spread, count).round()
    source, target = (
        _hosts(base, number, count, rng)
        for base, number in ((0, flow.sources), (far, flow.targets))
    )
    ports = 1024 + (rng.integers(0, 60_000, (2, count)) if flow.new_ports else target % 7 + [[0]])
    ports = np.broadcast_to(ports, (2, count))
    there = Packets(time, np.maximum(size, 60.0), source, target, *ports)
    heard = rng.random(count) < flow.replies
    delay = rng.exponential(0.02, count)
    size = np.maximum(60, rng.normal(66, 8, count).round())
    back = Packets(time + delay, size, target, source, ports[1], ports[0])
    return Packets(*(np.concatenate([a, b[heard]]) for a, b in zip(there, back, strict=True)))


def _hosts(base: int, number: int, count: int, rng: np.random.Generator) -> NDArray:
    if number == 0:
        return base + 1000 + np.arange(count)
    return base + rng.integers(0, number, count)


def episode(name: str, rng: np.random.Generator) -> tuple[Packets, NDArray]:
    """One capture: packets of class `name` with the device's own traffic among them, in order,
    and the numbers of the ROWS packets that carry the label. Every capture has its own speed."""
    flow = FLOWS[name]
    speed = np.exp(rng.normal(0, 0.5))
    told = send(flow._replace(rate=flow.rate * speed), ROWS, rng, far=200_000)
    parts = [told]
    if name != "benign":
        count = 1 + int(told.time.max() * FLOWS["benign"].rate)
        parts.append(send(FLOWS["benign"], count, rng, far=100_000))
    packets = Packets(*map(np.concatenate, zip(*parts, strict=True)))
    order = np.argsort(packets.time, kind="stable")
    rows = np.flatnonzero(order < ROWS)  # the first ROWS were those that the flow itself sent
    return Packets(*(part[order] for part in packets)), rows


def simulate(seed: int = 0) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """x_train [n, 115], y_train [n], x_test, y_test. No episode is in both: packets of one episode
    are near copies of each other."""
    rng = np.random.default_rng(seed)
    packets, rows, labels, count = [], [], [], 0
    for number in range(len(CLASSES) * (TRAIN + TEST)):
        label = number % len(CLASSES)
        capture, told = episode(CLASSES[label], rng)
        apart = 2**20 * number  # hosts of their own, so that episodes know nothing of each other
        capture = capture._replace(source=capture.source + apart, target=capture.target + apart)
        packets.append(capture)
        rows.append(count + told)
        labels.append(np.full(ROWS, label))
        count += len(capture.time)
    x = statistics(Packets(*map(np.concatenate, zip(*packets, strict=True))))
    x, y = x[np.concatenate(rows)], np.concatenate(labels)
    train = len(CLASSES) * TRAIN * ROWS
    return x[:train], y[:train], x[train:], y[train:]


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
    found = np.empty_like(total)
    found[order] = total
    return found


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
    found = np.empty(len(order), int)
    found[order] = np.where(same, order[before], -1)
    return found
