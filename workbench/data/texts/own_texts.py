"""Your own texts: a .csv with a column `text` and, to be judged by, a column `label`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.data.imageset import DataError
from workbench.data.own.columns import LABEL_NAMES
from workbench.data.own.limits import naming
from workbench.data.own.table import columns_of, read_table
from workbench.data.report import listed
from workbench.data.texts.textset import TextSet, plain_text

FEWEST, MOST = 20, 20_000  # texts
MOST_CLASSES = 20


def has_texts(path: Path) -> bool:
    """Whether this is a .csv whose first line names a column `text`."""
    return path.suffix.lower() == ".csv" and path.is_file() and "text" in columns_of(path)


def read_texts(path: Path) -> TextSet:
    """The texts of a .csv. Raises DataError, whatever is wrong with it."""
    words = [name for name in columns_of(path) if name not in LABEL_NAMES]
    table = read_table(path, texts=words, numbers=False)
    with naming(path):
        if "text" not in table.texts or table.label is None:
            raise DataError("it has no columns text and label: name them in its first line")
        texts = _check(table.texts["text"])
        classes, y = np.unique(table.label, return_inverse=True)
        if not 2 <= len(classes) <= MOST_CLASSES:
            raise DataError(f"it has {len(classes)} different labels: give 2 to {MOST_CLASSES}")
    others = [name for name in words if name != "text"]
    unused = [f"Not used, because texts are judged by their words: {listed(others)}."]
    return TextSet(
        name=path.stem,
        title=path.stem,
        source=f"your own table, {path.name}",
        texts=texts,
        y=y.astype(np.int64),
        classes=tuple(map(str, classes)),
        part=np.zeros(len(texts), np.int64),
        parts=("all",),
        notes=(*table.report.notes, *(unused if others else [])),
    )


def _check(raw: np.ndarray) -> tuple[str, ...]:
    """The texts as plain text. Raises DataError where one is empty, and for too few or too many."""
    texts = tuple(plain_text(str(text)) for text in raw)
    if len(texts) > MOST:
        raise DataError(f"it has more than {MOST} texts: give fewer")
    if "" in texts:
        raise DataError(f"row {texts.index('') + 1} has an empty text: fill or remove it")
    if len(texts) < FEWEST:
        raise DataError(f"it has {len(texts)} texts: give at least {FEWEST}")
    return texts
