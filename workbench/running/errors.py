"""TODO."""

import sys
import traceback

from workbench.core.frames import Diverged
from workbench.core.log import clean
from workbench.core.settings import SettingsError
from workbench.data import DataError
from workbench.science.later import torch


class WorkerDied(RuntimeError):
    """The process that trained a run is gone. Its text is one sentence."""


class Interrupted(WorkerDied):
    """The process is gone, and another of its runs was training: this one may begin anew."""


class NeverBegan(WorkerDied):
    """No process has come as far as training: that is no run's fault, and waiting does not help."""


LONGEST = 2000  # characters of a traceback in the log


class OutOfMemory(RuntimeError):
    """A run asked for more memory than it may have. Its text is one sentence."""


KNOWN = (Diverged, DataError, SettingsError, OutOfMemory)  # their text is for the reader


def plain(error: Exception) -> Exception:
    """An error of ours for a reader; its traceback goes to the log."""
    if (
        isinstance(error, MemoryError)
        or "allocate memory" in str(error).lower()
        or isinstance(error, torch.cuda.OutOfMemoryError)
    ):
        return OutOfMemory("This needs more memory than a run may take here: make it smaller.")
    told = "".join(traceback.format_exception(error))  # the log keeps what the reader is spared
    print(clean(told[-LONGEST:], LONGEST), file=sys.stderr, flush=True)
    return RuntimeError(f"{type(error).__name__}: {error}")
