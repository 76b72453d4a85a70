"""How long runs will take, measured by a trial."""

import time
from collections.abc import Sequence

import numpy as np

from workbench.chapters import find
from workbench.core.frames import schedule
from workbench.core.settings import Settings
from workbench.running.players import Here
from workbench.running.queue import common_settings

TRIAL_SECONDS = 2.0
TRIAL_RUNS = 16


def estimate_seconds(name: str, runs: Sequence[Settings], device: str = "cpu") -> float:
    """How long one player of this machine needs for these runs, from a trial of about two seconds.

    What is kept already is not counted off. A step's cost and a frame's are told apart, for frames
    are dense early.
    """
    from scipy.optimize import nnls  # half a second of import

    chapter = find(name)
    some = list(runs[: TRIAL_RUNS if chapter.stackable else 1])
    common = common_settings(chapter, some[0])
    some = [run for run in some if common_settings(chapter, run) == common]
    start, counts, spent = time.perf_counter(), [], []
    for number, shown in enumerate(Here(device).frames(name, some)):
        counts.append((shown[0].step, number))
        spent.append(time.perf_counter() - start)
        if spent[-1] - spent[0] > TRIAL_SECONDS:
            break
    # from the first frame on: before it, PyTorch and data are loaded
    costs, _ = nnls(np.subtract(counts, counts[0]), np.subtract(spent, spent[0]))
    steps = [run.values_by_name().get("steps", counts[-1][0]) for run in runs]
    return sum(np.dot(costs, (each, len(schedule(each)))) for each in steps) / len(some)


def in_words(seconds: float) -> str:
    """About how long: 40 seconds, 3 minutes, 2.5 hours."""
    for size, unit in ((3600, "hours"), (60, "minutes")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.2g} {unit}"
    whole = max(1, round(seconds))
    return f"{whole} second{'s' * (whole > 1)}"
