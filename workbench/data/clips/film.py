"""A film as a value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.data.report import Report, choose_pictures
from workbench.data.stamp import digest


@dataclass(frozen=True, eq=False, kw_only=True)
class Film:
    """Shots in grey, each [frames, side, side] float32 in [0, 1], without a cut inside.

    report: how the film was read.
    """

    name: str
    shots: tuple[NDArray, ...]
    report: Report

    def __post_init__(self):
        for shot in self.shots:
            shot.setflags(write=False)

    def describe(self) -> Report:
        """How the film was read, with its fingerprint and some of its frames."""
        frames = np.concatenate(self.shots)
        some = frames[np.linspace(0, len(frames) - 1, 10).astype(int)]
        return self.report.extended(fingerprint=digest(self.shots), pictures=choose_pictures(some))
