"""Your own rows as a .csv of numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from workbench.data.imageset import DataError
from workbench.data.own.limits import LIMITS, MAX_IMAGES, MAX_PIXELS, check_labels, check_size


def read_csv(path: Path) -> tuple[np.ndarray, np.ndarray | None, str]:
    """A header row, numeric columns, and optionally a column `label`."""
    import pandas

    check_size(path.stat().st_size)
    columns = read_header(path)
    # Without its header: given one, pandas takes surplus fields for row names, in silence.
    frame = pandas.read_csv(path, header=None, skiprows=1, nrows=MAX_IMAGES + 1)
    frame.columns = columns
    holes = frame.isna().any(axis=1)
    if holes.any():
        row = int(holes.argmax()) + 1
        raise DataError(f"row {row} has too few fields or an empty one: fill or remove it")
    labels = frame.pop("label").to_numpy() if "label" in frame else None
    if labels is not None:
        labels = labels.astype(str) if labels.dtype == object else labels
        check_labels(labels.shape, labels.dtype)
    for column, kind in zip(frame.columns, frame.dtypes, strict=True):
        if not pandas.api.types.is_numeric_dtype(kind):
            raise DataError(f"column {column!r} holds text: keep numbers, and one column label")
    return frame.to_numpy(np.float64), labels, f"table, {path.name}"


def read_header(path: Path) -> list[str]:
    """Column names from the first line, which must fit the second and not be numbers."""
    with path.open(encoding="utf-8-sig") as file:
        lines = file.readline(2**20), file.readline(2**20)
    names, first = (next(csv.reader([line]), []) for line in lines)
    if len(names) > MAX_PIXELS + 1:
        raise DataError(f"it has {len(names)} columns: {LIMITS}")
    if len(names) != len(first):
        counts = f"{len(names)} column names but its first row has {len(first)} fields"
        raise DataError(f"it has {counts}: give equally many")
    try:
        [float(name) for name in names]
    except ValueError:
        return [name.strip() for name in names]
    raise DataError("its first line holds no column names: put a line with them above")
