"""A table of your own that has a time: its rows arrive in that order."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.online.knobs import Settings
from workbench.data import DataError, Source, catalog, own, tables
from workbench.data.stamp import Stamp
from workbench.data.tables import TableSet, near_square

TIMES = ("time", "timestamp", "date", "datetime")  # what the column of the time may be called


def source(run: Settings) -> Source:
    """What asks for the file of the stream, and says how it was read."""
    usual = tables.source_of_rows(run.data)

    def report():
        table = timed_table(run.data)
        return usual.report() if table is None else table.describe()

    return Source(usual.locate, report)


def timed_table(name: str) -> TableSet | None:
    """The table of this name in the order of its time, all of it in `train`; None for data that
    have no column of that kind. Raises DataError."""
    kind, path, state = catalog.locate(name)
    if kind or path is None or path.suffix.lower() not in own.TABLES:
        return None
    return _read(path, state)


@lru_cache(maxsize=2)
def _read(path: Path, state: Stamp) -> TableSet | None:
    table = own.read_table(path, texts=TIMES)
    column = next((each for each in TIMES if each in table.texts), None)
    if column is None:
        return None
    if table.label is None or len(np.unique(table.label)) < 2:
        raise DataError(f"{path.name} has no label of two classes or more: a stream needs one.")
    order = np.argsort(moments(path.name, column, table.texts[column]), kind="stable")
    classes, y = np.unique(table.label, return_inverse=True)
    rows = tables.magnitude(table.x[order])
    note = f"rows arrive in the order of column {column!r}, which is no input"
    return TableSet(
        name=path.stem,
        title=path.stem,
        source=table.report.source,
        x_train=rows,
        y_train=y[order],
        x_test=rows[:0],
        y_test=y[:0],
        classes=tuple(map(str, classes)),
        shape=near_square(rows.shape[1]),
        report=table.report.extended(notes=(note,), kind="stream"),
    )


def moments(file: str, column: str, words: NDArray) -> NDArray:
    """Words [n], all numbers or all dates such as 2026-11-28 or 2026-11-28T09:30, to sort by.

    Raises DataError for anything else.
    """
    for kind in ("float64", "datetime64[ns]"):
        try:
            values = np.array([str(word).strip() for word in words]).astype(kind)
        except ValueError:
            continue
        if not (np.isnan(values) if kind == "float64" else np.isnat(values)).any():
            return values
    raise DataError(
        f"{file}: column {column!r} is neither all numbers nor all dates like 2026-11-28T09:30: "
        "write one or the other"
    )
