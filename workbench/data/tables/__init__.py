"""Labelled rows of numbers that arrive as streams.

Simulated ones are always there, and real ones when they lie in the data folder. Image sets are
another thing; `rows_of` makes rows of one.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from workbench.data.imageset import DataError, DataMissing
from workbench.data.tables import cluster_trace, iot, real
from workbench.data.tables.pictures import from_images, own_table, rows_of, shrink
from workbench.data.tables.tableset import TableSet, magnitude, near_square

__all__ = [
    "TableSet",
    "from_images",
    "load",
    "magnitude",
    "names",
    "near_square",
    "own_table",
    "rows_of",
    "shrink",
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
    return _load(name, real.find_file(name).resolve() if name in real.READERS else None)


@lru_cache(maxsize=TABLES_KEPT)
def _load(name: str, path: Path | None) -> TableSet:
    try:
        return (SIMULATED | real.READERS)[name]()
    except DataError:
        raise
    except Exception as problem:  # parsers of foreign files raise nearly anything
        reason = " ".join(str(problem).split())[:120] or type(problem).__name__
        raise DataError(f"{name} is damaged or of another format ({reason})") from None
