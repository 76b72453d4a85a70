"""Your own texts: a .csv with a column `text` and, to be judged by, a column `label`."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from workbench.data.imageset import DataError
from workbench.data.own.limits import check_size
from workbench.data.texts.textset import TextSet, plain_text

FEWEST, MOST = 20, 20_000  # texts
MOST_CLASSES = 20


def has_texts(path: Path) -> bool:
    """Whether this is a .csv whose first line names a column `text`."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return "text" in map(str.strip, next(_rows(file), []))
    except (OSError, csv.Error):
        return False


def read_texts(path: Path) -> TextSet:
    """The texts of a .csv. Raises DataError, whatever is wrong with it."""
    try:
        return _read(path)
    except DataError as problem:
        raise DataError(f"{path.name}: {problem}") from None
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        reason = " ".join(str(problem).split())[:80]
        raise DataError(f"{path.name}: it is no table of UTF-8 text ({reason})") from None


def _rows(file):
    """The rows of a .csv from its first line with letters on."""
    return (row for row in csv.reader(file) if any(map(str.strip, row)))


def _read(path: Path) -> TextSet:
    check_size(path.stat().st_size)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = _rows(file)
        names = [name.strip() for name in next(rows, [])]
        if "text" not in names or "label" not in names:
            raise DataError("it has no columns text and label: name them in its first line")
        pairs = []
        for number, row in enumerate(rows, 1):
            if len(row) != len(names):
                raise DataError(f"row {number} has {len(row)} fields and not {len(names)}: mend it")
            pairs.append((plain_text(row[names.index("text")]), row[names.index("label")].strip()))
            if len(pairs) > MOST:
                raise DataError(f"it has more than {MOST} texts: give fewer")
    if holes := [number for number, pair in enumerate(pairs, 1) if not all(pair)]:
        raise DataError(f"row {holes[0]} has an empty text or label: fill or remove it")
    if len(pairs) < FEWEST:
        raise DataError(f"it has {len(pairs)} texts: give at least {FEWEST}")
    classes, y = np.unique([label for _, label in pairs], return_inverse=True)
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise DataError(f"it has {len(classes)} different labels: give 2 to {MOST_CLASSES}")
    return TextSet(
        name=path.stem,
        title=path.stem,
        source=f"your own table, {path.name}",
        texts=tuple(text for text, _ in pairs),
        y=y.astype(np.int64),
        classes=tuple(map(str, classes)),
        part=np.zeros(len(pairs), np.int64),
        parts=("all",),
    )
