"""TODO."""

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import wait
from pathlib import Path

from threadpoolctl import threadpool_limits

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None


PAGES = Path("/proc/self/statm")  # of memory; the sixth number is what RLIMIT_DATA limits


NICE = {"runs": 10, "sweeps": 19}  # the page's server comes first, then who waits, then sweeps
MEMORY = 4.0  # GiB that a worker may hold on a CPU; WORKBENCH_MEMORY says otherwise


def settle(nice: int, device: str) -> None:
    """What every process of a server's does first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's; we leave with it
    threading.Thread(target=_leave_with_the_server, daemon=True).start()
    os.nice(nice)
    limit_memory(device)
    # torch is told its number of threads; scipy's algebra would take every core and wait for them
    threadpool_limits(1)


def _leave_with_the_server() -> None:
    """The life of a thread: a server that is killed cannot say so, and who warms up or trains
    would not look for a while."""
    if hasattr(signal, "pthread_sigmask"):  # signals are for the thread that trains
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def limit_memory(device: str) -> None:
    """Makes a run that needs too much fail, before the machine ends whatever it likes."""
    if device == "cpu" and resource is not None:
        most = int(float(os.environ.get("WORKBENCH_MEMORY") or MEMORY) * 2**30)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def half_full() -> bool:
    """Whether this process holds half of what it may: then what has begun ends before more begins,
    or all of it together would need more than a run may take."""
    if resource is None or not PAGES.exists():
        return False
    most, _ = resource.getrlimit(resource.RLIMIT_DATA)
    held = int(PAGES.read_text().split()[5]) * resource.getpagesize()
    return most != resource.RLIM_INFINITY and held > most / 2
