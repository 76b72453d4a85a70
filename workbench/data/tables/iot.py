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

from workbench.data.tables.windows import FEATURES, Packets, statistics

__all__ = ["CLASSES", "FEATURES", "simulate"]

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
    way = Packets(time, np.maximum(size, 60.0), source, target, *ports)
    answered = rng.random(count) < flow.replies
    delay = rng.exponential(0.02, count)
    size = np.maximum(60, rng.normal(66, 8, count).round())
    back = Packets(time + delay, size, target, source, ports[1], ports[0])
    return Packets(*(np.concatenate([a, b[answered]]) for a, b in zip(way, back, strict=True)))


def _hosts(base: int, number: int, count: int, rng: np.random.Generator) -> NDArray:
    if number == 0:
        return base + 1000 + np.arange(count)
    return base + rng.integers(0, number, count)


def episode(name: str, rng: np.random.Generator) -> tuple[Packets, NDArray]:
    """One capture: packets of class `name` with the device's own traffic among them, in order,
    and the numbers of the ROWS packets that carry the label. Every capture has its own speed."""
    flow = FLOWS[name]
    speed = np.exp(rng.normal(0, 0.5))
    own = send(flow._replace(rate=flow.rate * speed), ROWS, rng, far=200_000)
    parts = [own]
    if name != "benign":
        count = 1 + int(own.time.max() * FLOWS["benign"].rate)
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
        capture, labelled = episode(CLASSES[label], rng)
        apart = 2**20 * number  # hosts of their own, so that episodes know nothing of each other
        capture = capture._replace(source=capture.source + apart, target=capture.target + apart)
        packets.append(capture)
        rows.append(count + labelled)
        labels.append(np.full(ROWS, label))
        count += len(capture.time)
    x = statistics(Packets(*map(np.concatenate, zip(*packets, strict=True))))
    x, y = x[np.concatenate(rows)], np.concatenate(labels)
    train = len(CLASSES) * TRAIN * ROWS
    return x[:train], y[:train], x[train:], y[train:]
