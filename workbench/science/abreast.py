"""Tasks of a study side by side, a process a core, while there is time for another."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from itertools import islice
from math import inf
from multiprocessing import get_context
from typing import Any

from threadpoolctl import threadpool_limits

from workbench.science import compute
from workbench.science.compute import one_thread


def cores(device: str) -> int:
    """How many processes compute at a time: one a core, and one on a GPU."""
    return compute.cores() if device == "cpu" else 1


def abreast(
    work: Callable, tasks: Iterable[tuple], processes: int, end: float = inf
) -> Iterator[Any]:
    """What work(*task) returns for each task, as they get done; raises what it raises.

    The first task of every process is always done. Another one begins if it would be over by `end`
    (in seconds of `time.perf_counter`), should it take as long as the longest so far. A single
    process is this one; otherwise `work` must be a function of a module.
    """
    todo, began, longest = iter(tasks), {}, 0.0
    with ProcessPoolExecutor(processes, get_context("spawn")) if processes > 1 else _Here() as pool:
        ready = list(islice(todo, processes))
        while ready or began:
            for task in ready:
                now = time.perf_counter()
                began[pool.submit(_alone, work, *task)] = now
            done, _ = wait(began, return_when=FIRST_COMPLETED)
            for future in done:
                longest = max(longest, time.perf_counter() - began.pop(future))
                yield future.result()
            in_time = time.perf_counter() + longest <= end
            ready = list(islice(todo, len(done))) if in_time else []


def _alone(work: Callable, *task) -> Any:
    with threadpool_limits(1), one_thread():
        return work(*task)


class _Here(Executor):
    """Does at once, in this process, what it is asked for."""

    def submit(self, work: Callable, /, *task) -> Future:
        future = Future()
        future.set_result(work(*task))
        return future
