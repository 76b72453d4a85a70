"""The store: finished runs on disk, so that nobody trains them twice.

An entry is one file: a SHA-256 digest, then a zip of arrays with the frames as JSON beside them.
There is no pickle in it. Its name is a hash of all that decides a run's numbers, so another
version of the code or of the data finds nothing rather than something old.
"""

import hashlib
import io
import json
import os
import tempfile
import time
import warnings
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from workbench import data
from workbench.chapters import find
from workbench.core import frames, pictures
from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.running import faults
from workbench.science.later import torch_build

MOST_BYTES = 2 * 2**30
DEAD = 600  # seconds after which an unfinished file belongs to a process that was killed


KINDS = {
    kind.__name__: kind for kind in (*pictures.Picture.__args__, pictures.Line, frames.Frame)
}  # what an entry may hold: nothing else is ever made from it
DIGEST = hashlib.sha256().digest_size


def folder() -> Path | None:
    """$WORKBENCH_STORE ("off": none), else the user's cache folder."""
    chosen = os.environ.get("WORKBENCH_STORE", "")
    if chosen.lower() == "off":
        return None
    cache_folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(chosen).expanduser() if chosen else cache_folder / "workbench"


class Store:
    """Runs of one kind of device in a folder, the least recently used dropped first.

    A damaged entry is removed and counts as absent. When the folder cannot be written, one
    warning says so and nothing more is kept.
    """

    def __init__(self, place: Path, device: str, most_bytes: int = MOST_BYTES):
        self.place, self.device, self.most_bytes = Path(place), device, most_bytes
        self.closed = False  # after the disk refused

    def get(self, name: str, settings: Settings) -> list[Frame] | None:
        """The frames of this run, or None."""
        path = self._path(name, settings)
        try:
            packed = path.read_bytes()
        except OSError:
            return None
        try:
            found = unpack(packed)
        except ValueError:
            self._drop(path)
            return None
        self._touch(path)
        return found

    def put(self, name: str, settings: Settings, shown: Sequence[Frame]) -> None:
        """Keeps the frames of a finished run, whole or not at all."""
        if self.closed:
            return
        try:
            faults.before_keeping()
            self.place.mkdir(parents=True, exist_ok=True)
            path = self._path(name, settings)
            with tempfile.NamedTemporaryFile(dir=self.place, suffix=".part", delete=False) as part:
                try:
                    part.write(pack(shown))
                    part.flush()
                    os.fsync(part.fileno())
                except BaseException:
                    os.unlink(part.name)
                    raise
            os.replace(part.name, path)
            self._make_room(path)
        except OSError as error:
            self.closed = True
            warnings.warn(
                f"Finished runs are not kept any more: {self.place} cannot be written "
                f"({error.strerror}).",
                stacklevel=2,
            )

    def entries(self) -> list[Path]:
        """The entries, least recently used first."""
        try:
            found = [(path.stat().st_mtime, path) for path in self.place.glob("*.run")]
        except OSError:
            return []
        return [path for _, path in sorted(found)]

    def clear(self) -> int:
        """Removes every entry; how many there were."""
        found = [*self.entries(), *self.place.glob("*.part")]
        for path in found:
            self._drop(path)
        return len(found)

    def _path(self, name: str, settings: Settings) -> Path:
        return self.place / f"{name}-{key(name, settings, self.device)}.run"

    def _make_room(self, newest: Path) -> None:
        for part in self.place.glob("*.part"):
            with suppress(OSError):  # another process may have finished it
                if time.time() - part.stat().st_mtime > DEAD:
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
    def _touch(path: Path) -> None:
        with suppress(OSError):  # a folder that may only be read
            os.utime(path)

    @staticmethod
    def _drop(path: Path) -> None:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def key(name: str, settings: Settings, device: str) -> str:
    """32 hexadecimal digits of all that decides a run's numbers."""
    chapter = find(name)
    source = chapter.source(settings) if chapter.source else data.fingerprint(settings.data)
    decisive = [
        name,
        settings.values_by_name(),
        source,
        device,
        code(),
        torch_build()["__version__"],
    ]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:32]


@cache
def code() -> str:
    """A hash of every module that can change a number, that is all but the screen's."""
    package = Path(__file__).parents[1]
    found = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).parts[0] not in (
            "view",
            "server",
            "app.py",
            "cli",
            "classroom",
            "results",
        ):
            found.update(path.read_bytes())
    return found.hexdigest()


def pack(shown: Sequence[Frame]) -> bytes:
    """The frames as bytes."""
    arrays: list[np.ndarray] = []
    text = json.dumps([_plain(frame, arrays) for frame in shown])
    named = {f"a{i}": array for i, array in enumerate(arrays)}
    body = io.BytesIO()
    np.savez_compressed(body, frames=np.frombuffer(text.encode(), np.uint8), **named)
    return hashlib.sha256(body.getvalue()).digest() + body.getvalue()


def unpack(packed: bytes) -> list[Frame]:
    """The frames that `pack` packed. Raises ValueError for bytes that are not whole."""
    digest, body = packed[:DIGEST], packed[DIGEST:]
    if hashlib.sha256(body).digest() != digest:
        raise ValueError("The entry is damaged.")
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            found = json.loads(arrays["frames"].tobytes())
            return [_rebuilt(frame, arrays) for frame in found]
    except (KeyError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"The entry cannot be read: {error}") from None


def _plain(value: Any, arrays: list[np.ndarray]) -> Any:
    """The value as JSON; its arrays are put aside. Floats keep every bit."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": f"a{len(arrays) - 1}"}
    if is_dataclass(value):
        held = {f.name: _plain(getattr(value, f.name), arrays) for f in fields(value)}
        return {"kind": type(value).__name__, "fields": held}
    if isinstance(value, dict):
        return {"dict": [[k, _plain(v, arrays)] for k, v in value.items()]}
    if isinstance(value, tuple | list):
        return [_plain(v, arrays) for v in value]
    return value.item() if isinstance(value, np.generic) else value


def _rebuilt(value: Any, arrays) -> Any:
    if isinstance(value, list):
        return tuple(_rebuilt(v, arrays) for v in value)
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return arrays[value["array"]]
    if "dict" in value:
        return {k: _rebuilt(v, arrays) for k, v in value["dict"]}
    return KINDS[value["kind"]](**{k: _rebuilt(v, arrays) for k, v in value["fields"].items()})
