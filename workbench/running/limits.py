"""What a process of the server's may take: its turn after others, memory, and one thread."""

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import wait

import psutil
from threadpoolctl import threadpool_limits

from workbench.running.variables import memory_bytes

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

NICE = {"runs": 10, "sweeps": 19}  # the page's server comes first, then readers, then sweeps


def settle(nice: int, device: str) -> None:
    """Does what every process of a server's does first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's; we leave with it
    threading.Thread(target=_leave_with_the_server, daemon=True).start()
    yield_to_others(nice)
    limit_memory(device)
    # torch is told its number of threads; scipy's algebra would take every core and wait for them
    threadpool_limits(1)


def yield_to_others(nice: int) -> None:
    """Lets other processes compute first; the more nice, the more of them."""
    if hasattr(os, "nice"):
        os.nice(nice)
    else:  # Windows knows classes
        low = nice > NICE["runs"]
        psutil.Process().nice(
            psutil.IDLE_PRIORITY_CLASS if low else psutil.BELOW_NORMAL_PRIORITY_CLASS
        )


def _leave_with_the_server() -> None:
    """The life of a thread: a server that is killed cannot say so, and a process that warms up or
    trains would not look for a while."""
    if hasattr(signal, "pthread_sigmask"):  # signals are for the thread that trains
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def limit_memory(device: str) -> None:
    """Makes a run that needs too much fail, before the machine ends whatever it likes."""
    if device == "cpu" and resource is not None:
        most = memory_bytes()
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def half_full() -> bool:
    """Whether this process uses half of its memory limit.

    If so, it starts no further run until memory is free or every run has ended.
    """
    if resource is None:
        return False
    most, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return most != resource.RLIM_INFINITY and held_bytes() > most / 2


def held_bytes() -> int:
    """The memory that counts against the limit; where it is not told apart, what is in use."""
    memory = psutil.Process().memory_info()
    return getattr(memory, "data", memory.rss)
