"""Faults on purpose: one switch for tests and rehearsals to see what survives.

WORKBENCH_FAULTS="die@3:7" kills the process that trains seed 7 after its third frame. Several are
parted by commas, and without `:seed` a fault meets every run. Nothing here runs without the switch.

die, segv       the process is gone, killed or by a wild pointer
oom             it asks for more memory than there is
hang            it computes for ever and hears no signal
index           it reads beyond a tensor's end, after which a GPU can be used no more
nan             its next numbers are none
slow            it sleeps a tenth of a second after each frame
full            (without @) the disk refuses whatever is to be kept
"""

import ctypes
import errno
import math
import os
import signal
import time
from typing import NamedTuple

from workbench.core.frames import check_finite
from workbench.core.settings import SettingsError

SWITCH = "WORKBENCH_FAULTS"
KINDS = ("die", "segv", "oom", "hang", "index", "nan", "slow", "full")
TOO_MANY_BYTES = 2**46  # more than any machine has


class Fault(NamedTuple):
    """What happens, after which frame, and to which seed (None: to all)."""

    kind: str
    frame: int
    seed: int | None


def faults() -> list[Fault]:
    """The faults that the environment asks for. Raises SettingsError for an unknown one."""
    return [_parse(word) for word in os.environ.get(SWITCH, "").split(",") if word]


def _parse(word: str) -> Fault:
    moment, _, seed = word.strip().partition(":")
    kind, _, frame = moment.partition("@")
    if kind not in KINDS or not (frame or "1").isdigit() or not (seed or "0").isdigit():
        raise SettingsError(f"{SWITCH} knows {', '.join(KINDS)}, as in die@3:7, not {word[:20]!r}.")
    return Fault(kind, int(frame or 1), int(seed) if seed else None)


def after_frame(count: int, seeds: list[int]) -> None:
    """Causes what is asked for; it is called where a run trains, after its frame number `count`."""
    for fault in faults():
        meets = fault.seed is None or fault.seed in seeds
        if meets and (count == fault.frame or (fault.kind == "slow" and count > fault.frame)):
            CAUSES[fault.kind]()


def before_keeping() -> None:
    """Raises OSError when the disk is to be full; it is called where a finished run is written."""
    if any(fault.kind == "full" for fault in faults()):
        raise OSError(errno.ENOSPC, "No space left on device")


def _hang() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
    while True:
        pass


def _ask_for_too_much() -> None:
    import torch

    torch.empty(TOO_MANY_BYTES, dtype=torch.uint8).fill_(1)


def _read_beyond_the_end() -> None:
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.zeros(1, device=device)[torch.tensor([9], device=device)].sum().item()


def _diverge() -> None:
    check_finite(0, {"loss": math.nan}, "It was asked to.")


CAUSES = {
    "die": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "segv": lambda: ctypes.string_at(0),
    "oom": _ask_for_too_much,
    "hang": _hang,
    "index": _read_beyond_the_end,
    "nan": _diverge,
    "slow": lambda: time.sleep(0.1),
    "full": lambda: None,
}
