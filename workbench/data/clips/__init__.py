"""Films, of which clips are cut: a shot that may lie in the data folder, and your own.

A film of your own is a flat folder of frames, an animated .gif, or an .npz with the key `frames`
or `clips`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from workbench.data import inventory, shelf
from workbench.data.clips.film import Film
from workbench.data.clips.own_films import FEWEST, SIDE, is_own, read
from workbench.data.report import Report
from workbench.data.source import Source
from workbench.data.stamp import Stamp

__all__ = [
    "FEWEST",
    "SIDE",
    "Film",
    "check",
    "is_own",
    "load",
    "locate",
    "names",
    "read",
    "source",
]

OWN_FOLDER = "clips"
FILES = {"bunny": "video_bbb/bbb_72x128.npz"}
CREDIT = "one shot of Big Buck Bunny, Blender Foundation, CC BY 3.0"
FILMS_KEPT = 3  # that stay in memory


def names() -> tuple[str, ...]:
    """The films that lie in the data folder: known ones, then your own in its folder `clips`."""
    root = inventory.data_folder()
    return (*(name for name, file in FILES.items() if (root / file).exists()), *_own_films(root))


def _own_films(root: Path) -> dict[str, Path]:
    return shelf.own_sets(root / OWN_FOLDER, FILES, is_own)


def locate(name: str | Path) -> inventory.Place:
    """What identifies a film: its name ("" for your own), its place, and a stamp of its files."""
    owned = _own_films(inventory.data_folder())
    return shelf.locate_set(name, FILES, owned, names(), "no film is called")


def load(name: str | Path) -> Film:
    """The film of this name in the data folder, or your own at a Path. It is read again when its
    files change. Raises DataMissing or DataError."""
    return _load(*locate(name))


def check(name: str | Path) -> Report:
    """Reads a film again, past every cache."""
    return _read(*locate(name)[:2]).describe()


def source(name: str | Path) -> Source:
    """What asks for the files of this film."""
    return Source(lambda: locate(name), lambda: _describe(*locate(name)))


@lru_cache(maxsize=16)
def _describe(name: str, path: Path, state: Stamp) -> Report:
    return _read(name, path).describe()  # a server wants to know no more


@lru_cache(maxsize=FILMS_KEPT)
def _load(name: str, path: Path, state: Stamp) -> Film:
    return _read(name, path)


def _read(name: str, path: Path) -> Film:
    return read(path / FILES[name], name, CREDIT) if name else read(path)
