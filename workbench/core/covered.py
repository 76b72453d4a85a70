"""Lines that lie on each other: the upper one is dashed, so that the lower one shows."""

from collections.abc import Sequence

import numpy as np

from workbench.core.pictures import Curves, Line

NEAR = 0.008  # of the height of what is drawn: less than a line is wide
LEAST_COVERED = 0.25  # of a line's points, from which on it counts as hidden


def covering(picture: Curves) -> set[int]:
    """The solid lines that would hide an earlier one, by their number."""
    lines = [_drawn(line, picture.log_y) for line in picture.lines]
    heights = np.concatenate([np.zeros(0), *(y for _, y in lines)])
    heights = heights[np.isfinite(heights)]
    if not len(heights):
        return set()
    near = NEAR * (np.ptp(heights) or 1)
    solid = [i for i, line in enumerate(picture.lines) if line.style == "solid"]
    return {
        j
        for j in solid
        if any(
            _covers(lines[i], lines[j], near) for i in range(j) if picture.lines[i].style != "dots"
        )
    }


def _drawn(line: Line, log: bool) -> tuple[np.ndarray, np.ndarray]:
    y = np.asarray(line.y, float)
    if log:
        y = np.log10(np.where(y > 0, y, np.nan))
    return np.asarray(line.x, float), y


def _covers(lower: Sequence[np.ndarray], upper: Sequence[np.ndarray], near: float) -> bool:
    """Whether much of the lower line lies under the upper one."""
    (x, y), (at, height) = lower, upper
    if len(x) < 2 or len(at) < 2:
        return False
    if len(x) != len(at) or not np.array_equal(x, at):
        height = np.interp(x, at, height, np.nan, np.nan)
    with np.errstate(invalid="ignore"):
        close = np.abs(y - height) < near
    return bool(np.count_nonzero(close) >= LEAST_COVERED * len(x))
