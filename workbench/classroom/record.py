"""The file that is the memory of a class's votes: one JSON object a line, only ever appended to.

What has been written survives a server that is killed, and the next one goes on from it. Deleting
the file deletes all that it held, also while a server runs. Without a file nothing is kept.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # Windows locks otherwise
    fcntl = None  # type: ignore[assignment]

BEGIN = {"event": "begin", "version": 1}  # the first line of every record
FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT


class RecordError(ValueError):
    """A file that cannot be used as a record. Its text is one sentence."""


class Record:
    """The record at `path`, or none. Raises RecordError for a file that is not one, or is taken."""

    def __init__(self, path: Path | None = None):
        self.path = path
        self._file: int | None = None
        self.events: list[dict[str, Any]] = []  # what the file held when it was opened
        if path is not None:
            self._open(path)
            self.events = self._read(path)

    def _open(self, path: Path) -> None:
        """Opens the file, which no other server may use at the same time."""
        try:
            self._file = os.open(path, FLAGS, 0o600)
            if fcntl is not None:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RecordError(f"{path} is the record of a server that still runs.") from None
        except OSError as error:
            raise RecordError(f"{path} cannot be written: {error.strerror}.") from None

    def _read(self, path: Path) -> list[dict[str, Any]]:
        """The events of the file. A last line that was not written to its end is cut off: whoever
        sent it was never told that it counts."""
        content = path.read_bytes()
        *lines, rest = content.split(b"\n")
        events = [_event(path, number, line) for number, line in enumerate(lines, 1)]
        if events[:1] != [BEGIN] and content:
            raise RecordError(f"{path} is not a record of votes: name a new file.")
        if rest and self._file is not None:
            os.ftruncate(self._file, len(content) - len(rest))
        return events[1:]

    @property
    def gone(self) -> bool:
        """Whether somebody has deleted the file, or has put another in its place."""
        if self.path is None:
            return False
        with suppress(OSError, TypeError):  # there is none, or it is not open
            return not os.path.samestat(os.stat(self.path), os.fstat(self._file))
        return True

    def append(self, event: Mapping[str, Any]) -> None:
        """Writes one event: all of it, or nothing. Raises OSError where it cannot be written."""
        if self.path is None:
            return
        if self._file is None:
            raise OSError("the file is not open")
        size = os.fstat(self._file).st_size
        lines = [event] if size else [BEGIN, event]
        text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines).encode()
        try:
            if os.write(self._file, text) < len(text):  # a full disk takes a part
                raise OSError("only a part of it could be written")
        except OSError:
            os.ftruncate(self._file, size)
            raise

    def begin_anew(self) -> None:
        """Opens a new, empty file where the old one has been deleted. Raises RecordError."""
        if self.path is not None:
            self.close()
            self._open(self.path)

    def close(self) -> None:
        """Lets go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _event(path: Path, number: int, line: bytes) -> dict[str, Any]:
    """One line of the file. Raises RecordError for what no server has written."""
    with suppress(ValueError):
        event = json.loads(line)
        if isinstance(event, dict) and isinstance(event.get("event"), str):
            return event
    raise RecordError(f"Line {number} of {path} is not of a record of votes: name a new file.")
