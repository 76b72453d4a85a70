"""Points in the plane: two moons, and a gap that runs across the classes."""

import numpy as np
from numpy.typing import NDArray

POINTS = 400  # to train on, and as many to test
CLASSES = ("left", "right")


def moons(count: int, rng: np.random.Generator, noise: float = 0.08) -> tuple[NDArray, NDArray]:
    """Two half circles that reach into each other: points [count, 2] and their moons [count].

    Between the classes there is a gap, as the cluster assumption wants it.
    """
    y = np.arange(count) % 2
    turn = rng.uniform(0, np.pi, count)
    upper = np.stack([np.cos(turn), np.sin(turn)], 1)
    x = np.where(y[:, None] == 0, upper, np.array([1.0, 0.5]) - upper)
    return x + rng.normal(0, noise, (count, 2)), y


def gap(count: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """One cluster above another, and the classes are left and right: [count, 2] and [count].

    The gap lies across the classes, where a network that looks for gaps is led astray.
    """
    above = np.where(np.arange(count) // 2 % 2 == 0, 1.0, -1.0)
    y = np.arange(count) % 2
    across = np.where(y == 0, -1, 1) * np.abs(rng.normal(0, 1, count))
    return np.stack([across, above + rng.normal(0, 0.25, count)], 1), y


def toy(name: str) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """x and y to train on, then to test, float32 and int64; the same whenever it is asked for."""
    x, y = {"moons": moons, "gap": gap}[name](2 * POINTS, np.random.default_rng(0))
    order = np.random.default_rng(1).permutation(len(x))
    x, y = x[order].astype(np.float32), y[order].astype(np.int64)
    return x[:POINTS], y[:POINTS], x[POINTS:], y[POINTS:]
