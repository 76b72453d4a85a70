"""What the environment says: every WORKBENCH_ variable is read here or checked at the start."""

import math
import os
import re
from pathlib import Path

from workbench.core.settings import SettingsError
from workbench.running import faults

MEMORY, SECONDS = "WORKBENCH_MEMORY", "WORKBENCH_SECONDS"
DEVICE, SCHEDULER = "WORKBENCH_DEVICE", "WORKBENCH_SCHEDULER"
FOLDERS = "WORKBENCH_DATA", "WORKBENCH_STORE"
MEMORY_BYTES = 4 * 2**30  # that a worker may hold on a CPU
MEMORY_LEAST = 10**9  # PyTorch alone holds 0.72 GB of it
BUDGET_SECONDS = 60.0  # of CPU that a server gives each run
UNITS = {"": 2**30, "b": 1} | {
    letter + end: (1000 if end == "b" else 1024) ** power
    for power, letter in enumerate("kmgt", 1)
    for end in ("", "b", "ib")
}
MINUTES = {"": 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
QUANTITY = re.compile(r"\s*([0-9]*\.?[0-9]+|[0-9]+\.)\s*([a-z]*)\s*", re.IGNORECASE)
ADDRESS = re.compile(r"([a-z]+://)?[^\s/]+:\d{1,5}", re.IGNORECASE)


def memory_bytes() -> int:
    """Bytes that a process may hold which trains on a CPU: a number is GiB; 4G, 2 GiB and 1500MB
    are understood, too. Raises SettingsError."""
    most = _read(MEMORY, UNITS, MEMORY_BYTES)
    if not most >= MEMORY_LEAST:  # nor for NaN
        raise SettingsError(
            f"{MEMORY} must be an amount of at least 1 GB, such as 4, 4G or 1500MB, "
            f"not {_given(MEMORY)!r}: PyTorch alone holds most of that."
        )
    return int(most)


def budget_seconds() -> float:
    """CPU seconds that a server gives each run before it asks: 90, 90s or 2m. Raises
    SettingsError."""
    seconds = _read(SECONDS, MINUTES, BUDGET_SECONDS)
    if not 0 < seconds < math.inf:
        raise SettingsError(
            f"{SECONDS} must be a time above 0, such as 90, 90s or 2m, not {_given(SECONDS)!r}."
        )
    return seconds


def check_variables() -> None:
    """Raises SettingsError, in one sentence, for a variable that cannot be read."""
    memory_bytes()
    budget_seconds()
    faults.faults()
    if os.environ.get(DEVICE, "") not in ("", "cpu", "cuda"):
        raise SettingsError(f"{DEVICE} must be cpu or cuda, not {_given(DEVICE)!r}.")
    if (address := os.environ.get(SCHEDULER)) and not ADDRESS.fullmatch(address):
        raise SettingsError(
            f"{SCHEDULER} must be an address such as tcp://HOST:8786, not {_given(SCHEDULER)!r}."
        )
    for name in FOLDERS:
        if (chosen := os.environ.get(name)) and Path(chosen).expanduser().is_file():
            raise SettingsError(f"{name} must be a folder, and {chosen[:80]!r} is a file.")


def _read(name: str, units: dict[str, int], default: float) -> float:
    """The quantity that a variable holds; NaN for what is none."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    match = QUANTITY.fullmatch(text)
    if match is None or match[2].lower() not in units:
        return math.nan
    return float(match[1]) * units[match[2].lower()]


def _given(name: str) -> str:
    return os.environ.get(name, "")[:40]
