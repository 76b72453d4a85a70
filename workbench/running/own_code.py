"""Which lines are a reader's own, how to name one, and how to leave one that never ends."""

import ctypes
import linecache
import sys
import sysconfig
import threading
import time
import traceback
from functools import cache
from pathlib import Path
from types import CodeType

PACKAGE = Path(__file__).parents[1]
PACKAGE_FOLDERS = {"site-packages", "dist-packages"}
DEBUGGERS = ("bdb", "pydevd")  # what Python's and the editors' debuggers are made of
LINE_LENGTH = 60  # characters of a line that a sentence shows


@cache
def is_own(file: str) -> bool:
    """Whether code of this file is a reader's: neither ours nor Python's nor a package's."""
    path = Path(file)
    others = [str(PACKAGE), *map(sysconfig.get_path, ("stdlib", "platstdlib"))]
    foreign = PACKAGE_FOLDERS.intersection(path.parts) or file.startswith("<frozen")
    return not foreign and not any(path.is_relative_to(other) for other in others)


def line_in_words(code: CodeType, number: int) -> str:
    """A line as a sentence begins with it: Line 3 of mine.py (`loss = net(x)`)."""
    path, text = Path(code.co_filename), linecache.getline(code.co_filename, number).strip()
    place = path.name if path.is_file() else "your code"  # a notebook's cell is no file
    text = text if len(text) <= LINE_LENGTH else text[: LINE_LENGTH - 3] + "..."
    return f"Line {number} of {place}" + (f" (`{text}`)" if text else "")


def line_at_fault(error: BaseException) -> str | None:
    """The last line of the reader's own code that the error went through, in words.

    Without one it is the last line of a chapter: a reader may exchange a part of a lesson only.
    """
    lines = [(frame.f_code, number) for frame, number in traceback.walk_tb(error.__traceback__)]
    for is_chosen in (is_own, _is_of_a_chapter):
        for code, number in reversed(lines):
            if is_chosen(code.co_filename):
                return line_in_words(code, number)
    return None


def _is_of_a_chapter(file: str) -> bool:
    return Path(file).is_relative_to(PACKAGE / "chapters")


class OutOfTime(BaseException):
    """The reader's code has had its time. No Exception, so that no `except Exception` takes it."""


class Watchdog:
    """`with watchdog:` raises OutOfTime in this thread when what is inside takes too long.

    A thread of its own looks at the clock, so code that is in time is not slowed down, and traced
    by nobody. Where the thread stands in a debugger it may take all the time it wants.
    """

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._end = 0.0
        self._thread: int | None = None  # which is inside
        self._late = False
        self._lock = threading.Lock()
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def __enter__(self) -> None:
        with self._lock:
            self._end = time.monotonic() + self.seconds
            self._thread = threading.get_ident()
            self._late = False

    def __exit__(self, kind: type | None, *raised: object) -> None:
        with self._lock:
            self._thread = None
        if self._late and kind is not OutOfTime:
            _raise_in(threading.get_ident(), None)  # in case that it is still to come
            raise OutOfTime

    def close(self) -> None:
        """Ends the watch."""
        self._closed.set()

    def _watch(self) -> None:
        while not self._closed.wait(self.seconds / 10):
            with self._lock:
                if self._thread is None or time.monotonic() < self._end:
                    continue
                if _is_in_a_debugger(self._thread):
                    self._end = time.monotonic() + self.seconds  # of what follows
                    continue
                self._late = True
                _raise_in(self._thread, OutOfTime)
                self._thread = None


def _raise_in(thread: int, kind: type | None) -> None:
    """Makes a thread raise this as soon as it runs Python code; None takes it back."""
    raised = None if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)


def _is_in_a_debugger(thread: int) -> bool:
    frame = sys._current_frames().get(thread)
    while frame is not None:
        if frame.f_globals.get("__name__", "").lstrip("_").startswith(DEBUGGERS):
            return True
        frame = frame.f_back
    return False
