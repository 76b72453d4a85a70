"""How long a process is waited for: by the CPU time that it has had, not by the clock.

On a busy machine a process may get a tenth of the time that passes, and does nothing wrong.
"""

import time
from contextlib import suppress
from typing import NamedTuple

import psutil

STARVED = 10  # so many times longer may what takes CPU time last where others take the cores


class Moment(NamedTuple):
    """When something began: by the clock, and by the CPU time that the process had had."""

    clock: float
    cpu: float

    def is_older(self, seconds: float, cpu: float) -> bool:
        """Whether the process has computed for so many seconds since, or has slept ten times that.

        cpu: the seconds that it has computed up to now.
        """
        slept = time.monotonic() - self.clock
        return cpu - self.cpu > seconds or slept > STARVED * seconds


def cpu_seconds(pid: int | None) -> float:
    """How long a process has computed; 0 for one that is gone or has not begun."""
    with suppress(psutil.Error):
        if pid is None:
            return 0.0
        times = psutil.Process(pid).cpu_times()
        return times.user + times.system
    return 0.0
