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


def side_by_side(
    function: Callable, tasks: Iterable[tuple], processes: int, end: float = inf
) -> Iterator[Any]:
    """Yields what function(*task) returns for each task, as they get done; raises what it raises.

    The first task of every process is always done. Another one begins if it would be over by `end`
    (in seconds of `time.perf_counter`), should it take as long as the longest so far. A single
    process is this one; otherwise `function` must be a function of a module.
    """
    waiting = iter(tasks)
    begun: dict[Future, float] = {}  # when each task began
    longest = 0.0
    with _pool(processes) as pool:
        ready = list(islice(waiting, processes))
        while ready or begun:
            for task in ready:
                start = time.perf_counter()
                begun[pool.submit(_on_one_thread, function, *task)] = start
            done, _ = wait(begun, return_when=FIRST_COMPLETED)
            for future in done:
                longest = max(longest, time.perf_counter() - begun.pop(future))
                yield future.result()
            in_time = time.perf_counter() + longest <= end
            ready = list(islice(waiting, len(done))) if in_time else []


def _pool(processes: int) -> Executor:
    return ProcessPoolExecutor(processes, get_context("spawn")) if processes > 1 else _Here()


def _on_one_thread(function: Callable, *task: Any) -> Any:
    with threadpool_limits(1), one_thread():
        return function(*task)


class _Here(Executor):
    """Does at once, in this process, what it is asked for."""

    def submit(self, function: Callable, /, *task: Any, **options: Any) -> Future:
        future: Future = Future()
        future.set_result(function(*task, **options))
        return future
