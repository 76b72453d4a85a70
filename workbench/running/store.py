"""The store: finished runs on disk, so that nobody trains them twice.

An entry is one file of packed frames; its name is the run's key.
"""

import os
import tempfile
import time
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.running import faults
from workbench.running.packing import pack, unpack
from workbench.running.store_key import key

MOST_BYTES = 2 * 2**30
DEAD_SECONDS = 600  # after which an unfinished file belongs to a process that was killed


def find_folder() -> Path | None:
    """$WORKBENCH_STORE ("off": none), else the user's cache folder."""
    chosen = os.environ.get("WORKBENCH_STORE", "")
    if chosen.lower() == "off":
        return None
    cache_folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(chosen).expanduser() if chosen else cache_folder / "workbench"


def open_store(device: str) -> "Store | None":
    """The user's store for this kind of device, if there is to be one."""
    folder = find_folder()
    return None if folder is None else Store(folder, device)


class Store:
    """Runs of one kind of device in a folder, the least recently used dropped first.

    A damaged entry is removed and counts as absent. When the folder cannot be written, one
    warning says so and nothing more is kept.
    """

    def __init__(self, folder: Path, device: str, most_bytes: int = MOST_BYTES):
        self.folder = Path(folder)
        self.device = device
        self.most_bytes = most_bytes
        self.closed = False  # after the disk refused

    def get(self, name: str, settings: Settings) -> list[Frame] | None:
        """The frames of this run, or None."""
        path = self.path(name, settings)
        try:
            packed = path.read_bytes()
        except OSError:
            return None
        try:
            frames = unpack(packed)
        except ValueError:
            self._drop(path)
            return None
        with suppress(OSError):  # a folder that may only be read
            os.utime(path)
        return frames

    def put(self, name: str, settings: Settings, frames: Sequence[Frame]) -> None:
        """Keeps the frames of a finished run, whole or not at all."""
        if self.closed:
            return
        try:
            faults.before_keeping()
            self._write(self.path(name, settings), pack(frames))
        except OSError as error:
            self.closed = True
            warnings.warn(
                f"Finished runs are not kept any more: {self.folder} cannot be written "
                f"({error.strerror}).",
                stacklevel=2,
            )

    def try_writing(self) -> None:
        """Raises OSError where nothing can be kept."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.folder):
            pass

    def entries(self) -> list[Path]:
        """The entries, least recently used first."""
        try:
            times = [(path.stat().st_mtime, path) for path in self.folder.glob("*.run")]
        except OSError:
            return []
        return [path for _, path in sorted(times)]

    def clear(self) -> int:
        """Removes every entry, and what claims have shown; how many files there were."""
        paths = [*self.entries(), *self.folder.glob("*.part"), *self.folder.glob("*.claims")]
        for path in paths:
            self._drop(path)
        return len(paths)

    def path(self, name: str, settings: Settings) -> Path:
        """Where this run is kept, or would be."""
        return self.folder / f"{name}-{key(name, settings, self.device)}.run"

    def _write(self, path: Path, packed: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as part:
            try:
                part.write(packed)
                part.flush()
                os.fsync(part.fileno())
            except BaseException:
                os.unlink(part.name)
                raise
        os.replace(part.name, path)
        self._make_room(path)

    def _make_room(self, newest: Path) -> None:
        for part in self.folder.glob("*.part"):
            with suppress(OSError):  # another process may have finished it
                if time.time() - part.stat().st_mtime > DEAD_SECONDS:
                    self._drop(part)
        sizes = {}
        for path in self.entries():
            with suppress(OSError):  # another process may have dropped it
                sizes[path] = path.stat().st_size
        total = sum(sizes.values())
        for path, size in sizes.items():
            if total <= self.most_bytes or path == newest:
                return
            self._drop(path)
            total -= size

    @staticmethod
    def _drop(path: Path) -> None:
        with suppress(OSError):
            path.unlink(missing_ok=True)
