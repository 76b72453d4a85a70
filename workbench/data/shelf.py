"""A folder of the data folder that holds sets of one kind: known ones, and your own by name."""

from collections.abc import Callable, Mapping
from pathlib import Path

from workbench.data import inventory, own
from workbench.data.imageset import DataMissing
from workbench.data.stamp import stamp_of


def own_sets(
    folder: Path, known: Mapping[str, str], is_own: Callable[[Path], bool]
) -> dict[str, Path]:
    """Your own sets in this folder by name. Links and names of known sets are left aside."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return {
        own.name_of(path): path
        for path in paths
        if inventory.PLAIN_NAME.fullmatch(own.name_of(path))
        and own.name_of(path) not in known
        and not path.is_symlink()
        and is_own(path)
    }


def locate_set(
    name: str | Path, known: Mapping[str, str], owned: Mapping[str, Path], names, absent: str
) -> inventory.Place:
    """What identifies a set: its name ("" for your own), its place, and a stamp of its files.

    known: the files of known sets below the data folder; owned: your own; names: all that are
    there. Raises DataMissing, which begins with `absent` and the name.
    """
    if isinstance(name, Path):
        return "", name, stamp_of(name)
    root = inventory.data_folder()
    if name not in names:
        there = ", ".join(names) or "none yet"
        raise DataMissing(f"{absent} {name[:40]!r}; there are: {there}")
    if path := owned.get(name):
        return "", path, stamp_of(path)
    return name, root, stamp_of(root / known[name])
