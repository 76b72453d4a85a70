"""How many cores a process may use, and how many threads its numbers are made with."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


def cores() -> int:
    """How many cores this process may use: fewer than the machine's where it is held to some."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Computes with one thread and without denormal numbers, and leaves the process as it was.

    Another number of threads gives other numbers, and is slower for small nets.
    """
    import torch  # not at the top: a server asks for its cores and trains nothing

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
        torch.set_num_threads(threads)
