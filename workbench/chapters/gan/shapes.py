"""Real points in the plane: a curve with a little noise around it, in parts that count as modes."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.gan.drawn import EDGE, read_points, suggest_points
from workbench.chapters.gan.knobs import DRAWN, Settings

POINTS, HELD_OUT = 4000, 1000
MODES, DENSE = 8, 400  # of a curve: its parts, and points along it
FAR = 3.0  # standard deviations, beyond which a sample does not lie on the data
LEAST_SHARE = 0.01  # of the samples, from which on a mode is covered


@dataclass(frozen=True, eq=False)
class Shape:
    """Points scattered around `curve` [m, 2] with deviation `spread`; `part` [m] is the mode that
    each point of the curve belongs to.

    train [POINTS, 2] and test [HELD_OUT, 2] are real points; edge: how far the picture reaches.
    """

    curve: NDArray
    part: NDArray
    spread: float
    train: Tensor
    test: Tensor
    edge: float

    @property
    def modes(self) -> int:
        return int(self.part.max()) + 1

    def locate(self, points: NDArray) -> NDArray:
        """The mode of each point [n, 2], and -1 for those far from the data: [n]."""
        away = ((points[:, None] - self.curve[None]) ** 2).sum(-1)
        nearest = away.argmin(1)
        close = away[np.arange(len(points)), nearest] <= (FAR * self.spread) ** 2
        return np.where(close, self.part[nearest], -1)

    def shares(self, points: NDArray) -> NDArray:
        """The share of the points that lies in each mode [modes]."""
        where = self.locate(points)
        return np.bincount(where[where >= 0], minlength=self.modes) / len(points)


def make_shape(run: Settings) -> Shape:
    """The shape of this run; equal for equal knobs."""
    points = (run.points or suggest_points()) if run.shape == DRAWN else ""
    return _shape(run.shape, points)


@lru_cache(maxsize=8)
def _shape(name: str, points: str) -> Shape:
    curve, part, spread = drawn(points) if name == DRAWN else CURVES[name]()
    rng = np.random.default_rng(0)
    rows = rng.integers(0, len(curve), POINTS + HELD_OUT)
    x = curve[rows] + spread * rng.standard_normal((len(rows), 2))
    x = torch.from_numpy(x.astype(np.float32))
    edge = EDGE if name == DRAWN else 2.8
    return Shape(curve, part, spread, x[:POINTS], x[POINTS:], edge)


Curve = tuple[NDArray, NDArray, float]


def gaussians() -> Curve:
    """Eight Gaussians on a circle of radius 2."""
    turn = 2 * np.pi * np.arange(MODES) / MODES
    return 2 * np.stack([np.cos(turn), np.sin(turn)], 1), np.arange(MODES), 0.1


def moons() -> Curve:
    """Two half circles that reach into each other, four modes each."""
    turn = np.linspace(0, np.pi, DENSE // 2)
    upper = np.stack([np.cos(turn), np.sin(turn)], 1)
    both = np.concatenate([upper, [1.0, 0.5] - upper])
    return 1.6 * (both - [0.5, 0.25]), parts(DENSE), 0.1


def spiral() -> Curve:
    """One arm that turns one and a half times, its points equally far apart."""
    turn = np.linspace(0.2, 1, 20 * DENSE) * 3.2 * np.pi
    arm = 2.2 * (turn / turn[-1])[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    length = np.concatenate([[0], np.linalg.norm(np.diff(arm, axis=0), axis=1).cumsum()])
    at = np.linspace(0, length[-1], DENSE)
    return np.stack([np.interp(at, length, side) for side in arm.T], 1), parts(DENSE), 0.1


def drawn(points: str) -> Curve:
    """Small clouds where the reader put them, a mode each."""
    centres = np.array(read_points(points), float)
    return centres, np.arange(len(centres)), 0.1


def parts(count: int) -> NDArray:
    """Which of the modes each of so many points along a curve belongs to."""
    return np.arange(count) * MODES // count


CURVES = {"eight Gaussians": gaussians, "two moons": moons, "spiral": spiral}
