"""How many files the server may open: one for each reader, and some for itself."""

import math
from contextlib import suppress

from workbench.core.log import OURS

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None

FILES_NEEDED = 4096  # that a class may need: a socket a session, and what trains
FILES_SPARED = 24  # of those that may be open, for what the server itself opens


def limited() -> bool:
    """Whether the system limits the number of open files."""
    return resource is not None


def open_files_allowed() -> float:
    """How many files may be open; infinity where there is no limit."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return math.inf if soft == resource.RLIM_INFINITY else soft


def raise_file_limit() -> None:
    """Allows as many open files as the system does, and warns when they are too few for a class."""
    if not limited():
        return
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = FILES_NEEDED if hard == resource.RLIM_INFINITY else hard  # macOS takes a number alone
    if open_files_allowed() < most:
        with suppress(ValueError):  # more than the system's own limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if open_files_allowed() < FILES_NEEDED:
        OURS.warning(
            "Only %d files may be open here; for a class allow %d (ulimit -n).",
            open_files_allowed(),
            FILES_NEEDED,
        )
