"""What can go wrong with a run, each in a sentence for its reader."""

import sys
import traceback

from workbench.core.frames import Diverged
from workbench.core.log import clean
from workbench.core.settings import SettingsError
from workbench.data import DataError

TRACEBACK_LENGTH = 2000  # characters of a traceback in the log


class WorkerDied(RuntimeError):
    """The process that trained a run is gone. Its text is one sentence."""


class Interrupted(WorkerDied):
    """The process is gone, and another of its runs was training: this one may begin anew."""


class NeverBegan(WorkerDied):
    """No process has come as far as training: that is no run's fault, and waiting does not help."""


class TookTooLong(WorkerDied):
    """The process has been ended, because what it computed took too long."""


class OutOfMemory(RuntimeError):
    """A run asked for more memory than it may have. Its text is one sentence."""


class FitError(RuntimeError):
    """A reader's own training loop cannot be used. Its text is one sentence that names the line."""


KNOWN = (Diverged, DataError, SettingsError, OutOfMemory, FitError)  # their text is for the reader


def plain(error: Exception) -> Exception:
    """Makes an error of ours for a reader; its traceback goes to the log."""
    if _lacks_memory(error):
        return OutOfMemory("This needs more memory than a run may take here: make it smaller.")
    text = "".join(traceback.format_exception(error))  # the log keeps what the reader is spared
    print(clean(text[-TRACEBACK_LENGTH:], TRACEBACK_LENGTH), file=sys.stderr, flush=True)
    return RuntimeError(f"{type(error).__name__}: {error}")


def _lacks_memory(error: Exception) -> bool:
    """Python's error, or PyTorch's for a CPU (a text) or a GPU (a class, which is not loaded)."""
    names = [kind.__name__ for kind in type(error).__mro__]
    text = str(error).lower()
    return "MemoryError" in names or "OutOfMemoryError" in names or "allocate memory" in text
