"""Labelled rows of numbers that arrive as streams.

Simulated ones are always there, and real ones when they lie in the data folder. Image sets are
another thing; `rows_of` makes rows of one.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from workbench.data.imageset import DataError, DataMissing
from workbench.data.inventory import NO_FILES, Place
from workbench.data.report import Report
from workbench.data.source import Source
from workbench.data.stamp import Stamp, stamp_of
from workbench.data.tables import cluster_trace, iot, real
from workbench.data.tables.pictures import (
    from_images,
    own_table,
    rows_of,
    shrink,
    source_of_rows,
)
from workbench.data.tables.tableset import TableSet, magnitude, near_square

__all__ = [
    "TableSet",
    "check",
    "from_images",
    "load",
    "locate",
    "magnitude",
    "names",
    "near_square",
    "own_table",
    "rows_of",
    "shrink",
    "source",
    "source_of_rows",
]

TABLES_KEPT = 4  # tables that stay in memory


def simulated(name: str, title: str, module, shape: tuple[int, int]) -> TableSet:
    """A table of one of the simulators."""
    x, y, x_test, y_test = module.simulate()
    return TableSet(
        name=name,
        title=title,
        source="simulated by the workbench; nothing was measured",
        x_train=magnitude(x),
        y_train=y,
        x_test=magnitude(x_test),
        y_test=y_test,
        classes=module.CLASSES,
        shape=shape,
        features=module.FEATURES,
    )


SIMULATED = {
    "iot": lambda: simulated("iot", "IoT attacks (simulated)", iot, (5, 23)),
    "cluster": lambda: simulated("cluster", "Cluster tasks (simulated)", cluster_trace, (3, 9)),
}


def names() -> tuple[str, ...]:
    """The tables that `load` takes right now: simulated ones, then those in the data folder."""
    return (*SIMULATED, *(name for name in real.READERS if real.is_there(name)))


def load(name: str) -> TableSet:
    """The table of this name. The last few stay in memory and are shared.

    Raises DataMissing when its file is not in the data folder, DataError when it cannot be used.
    """
    if name not in (SIMULATED | real.READERS):
        raise DataMissing(f"no table is called {name[:40]!r}: choose from {', '.join(names())}")
    return _load(*locate(name))


def locate(name: str) -> Place:
    """What identifies a table: its name, its place, and a stamp of its files."""
    if name not in real.READERS:
        return name, None, NO_FILES
    path = real.find_file(name).resolve()
    return name, path, stamp_of(path)


def check(name: str) -> Report:
    """Reads a table again, past every cache."""
    return _read(name).describe()


def source(name: str) -> Source:
    """What asks for the files of this table."""
    return Source(lambda: locate(name), lambda: _describe(*locate(name)))


@lru_cache(maxsize=16)
def _describe(name: str, path: Path | None, state: Stamp) -> Report:
    return _read(name).describe()  # a server wants to know no more


@lru_cache(maxsize=TABLES_KEPT)
def _load(name: str, path: Path | None, state: Stamp) -> TableSet:
    return _read(name)


def _read(name: str) -> TableSet:
    try:
        return (SIMULATED | real.READERS)[name]()
    except DataError:
        raise
    except Exception as problem:  # parsers of foreign files raise nearly anything
        reason = " ".join(str(problem).split())[:120] or type(problem).__name__
        raise DataError(f"{name} is damaged or of another format ({reason})") from None
