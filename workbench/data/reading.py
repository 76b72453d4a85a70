"""How any set was read, whichever kind it is: the command line asks here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workbench.data import catalog, inventory, tables
from workbench.data.bags import real
from workbench.data.imageset import DataError
from workbench.data.report import Report
from workbench.data.texts import corpora


def check(name: str) -> list[Report]:
    """Reads a set again, past every cache: one report for each kind of data that has this name.

    `name` may be the path of your own. Raises DataError.
    """
    readers = {
        catalog.names: catalog.check,
        tables.names: tables.check,
        real.names: real.check,
        corpora.names: corpora.check,
    }
    reports = [read(name) for names, read in readers.items() if name in names()]
    if reports:
        return reports
    if corpora.is_place(name):
        return [corpora.check(name)]
    path = inventory.locate(name)[1]
    bags = path is not None and real.is_own(path)
    return [real.check(path) if bags and path else catalog.check(name)]


def names() -> list[str]:
    """Every set that is there: pictures, streams, bags and texts, each name once."""
    sets = catalog, tables, real, corpora
    return list(dict.fromkeys(name for kind in sets for name in kind.names()))


def left_aside() -> dict[str, str]:
    """What lies in the data folder and is not offered: its name, and why or what to do."""
    root = inventory.data_folder()
    return inventory.left_aside(root) | dict(_bags_left_aside(root / real.OWN_FOLDER))


def _bags_left_aside(folder: Path) -> Iterator[tuple[str, str]]:
    offered = real.names()
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.startswith(".") or path.stem in offered or path.name in offered:
            continue
        yield f"{folder.name}/{path.name}", _why_no_bags(path)


def _why_no_bags(path: Path) -> str:
    if path.is_symlink():
        return "links are not followed: copy it here, or give its path"
    if not real.is_own(path):
        try:
            catalog.read("", path)  # what is wrong with the file or its form
        except DataError as problem:
            return str(problem)
        return "bags are a .csv with a column bag, or LABEL/BAG/*.png with two labels"
    return "rename it: letters, digits, _ and -, at most 40, or give its path"
