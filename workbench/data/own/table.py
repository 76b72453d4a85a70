"""Your own rows: a .csv, or what pandas reads when it can, as columns, a label and a report.

table = read_table(Path("flowers.csv"))
table.columns, table.x.shape, table.label, print(table.report)
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.data.imageset import DataError
from workbench.data.own.columns import (
    LABEL_WAYS,
    MISSING,
    as_words,
    check_index,
    find_label,
    read_label,
    read_number,
)
from workbench.data.own.header import check_width, codec_trouble, peek_names, read_names
from workbench.data.own.limits import MAX_IMAGES, check_size, naming
from workbench.data.report import Report, listed

BY_PANDAS = {  # ending: (pandas' reader, what it needs)
    ".parquet": ("read_parquet", "pyarrow"),
    ".xlsx": ("read_excel", "openpyxl"),
}
COLUMNS_JUDGED = 64  # of a table with more columns each is one of many pixels
TABLES = (".csv", *BY_PANDAS)


class Table(NamedTuple):
    """Rows of numbers x [n, d] float64, the names of their d columns, and what was assumed.

    label [n] is int64 or text, or None where no column is a label. texts [n] are the columns that
    were asked for as text, by the name that was asked for; they are no inputs.
    """

    columns: tuple[str, ...]
    x: NDArray
    label: NDArray | None
    texts: dict[str, NDArray]
    report: Report


def read_table(path: Path, texts: Sequence[str] = (), numbers: bool = True) -> Table:
    """The table at `path`: a .csv, or a .parquet or .xlsx if pandas can read it.

    texts: columns that are no inputs, by name in any case; those that are absent are left out of
    `Table.texts`. numbers: whether there must be a column of numbers. Raises DataError with one
    sentence for whatever leaves a doubt; nothing is dropped.
    """
    with naming(path):
        return sort_columns(path, texts, numbers)


def sort_columns(path: Path, texts: Sequence[str], numbers: bool = True) -> Table:
    """As `read_table`, with sentences that do not name the file."""
    check_size(path.stat().st_size)
    asked = {name.lower(): name for name in texts}
    names, frame = read_frame(path, asked)
    if len(frame) > MAX_IMAGES:
        raise DataError(f"it holds more than {MAX_IMAGES} rows: give at most so many")
    text_places = {i: asked[name.lower()] for i, name in enumerate(names) if name.lower() in asked}
    check_twice(names, list(text_places))
    place = find_label(names)
    label, notes = (None, []) if place is None else read_label(names[place], frame[place])
    inputs = [i for i in range(len(names)) if i != place and i not in text_places]
    if numbers and not inputs:
        raise DataError("it has no column of numbers beside the label: give at least one")
    x = np.empty((len(frame), len(inputs)))
    for column, i in enumerate(inputs):
        x[:, column] = read_number(names[i], i, frame[i])
        notes += [note] if (note := check_index(names[i], i, x[:, column])) else []
    report = Report(
        name=path.stem,
        kind="table",
        source=f"your own table, {path.name}",
        size=f"{len(x)} rows of {len(inputs)} numbers",
        label=name_label(names, place),
        columns=tuple(names[i] for i in inputs),
        notes=(*notes, *constant_columns(x, [names[i] for i in inputs])),
    )
    words = {name: as_words(frame[i]) for i, name in text_places.items()}
    return Table(report.columns, x, label, words, report)


def name_label(names: list[str], place: int | None) -> str:
    """What became the label, and why."""
    if place is None:
        return f"none: a column {LABEL_WAYS} would be it"
    return f"column {names[place]!r}, by its name"


def check_twice(names: list[str], places: list[int]) -> None:
    """Refuses two columns of the same name where one of them is asked for as text."""
    chosen = [names[i].lower() for i in places]
    for name in chosen:
        if chosen.count(name) > 1:
            raise DataError(f"two of its columns are called {name!r}: rename or remove one")


def constant_columns(x: NDArray, names: list[str]) -> list[str]:
    """A note on columns that are the same in every row; pictures have borders that are."""
    if len(x) < 2 or not 2 <= len(names) <= COLUMNS_JUDGED:
        return []
    same = [name for name, still in zip(names, (x == x[0]).all(0), strict=True) if still]
    return [f"The same in every row, so nothing is learnt from it: {listed(same)}."] if same else []


def read_frame(path: Path, texts: Sequence[str] | dict[str, str]) -> tuple[list[str], Any]:
    """The names of the columns, and a DataFrame whose columns are 0, 1, 2, ...

    The columns `texts` (names in lower case) and the label come as text where the file is text.
    """
    if path.suffix.lower() in BY_PANDAS:
        return read_by_pandas(path)
    import pandas

    names = read_names(path)
    label = find_label(names)
    words = {i: str for i, name in enumerate(names) if i == label or name.lower() in texts}
    marks = {i: list(MISSING) for i in range(len(names)) if i not in words}
    # Without its header: given one, pandas takes surplus fields for row names, in silence.
    try:
        with warnings.catch_warnings():  # of a column of numbers and text, which is refused
            warnings.simplefilter("ignore")
            frame = pandas.read_csv(
                path,
                header=None,
                skiprows=1,
                nrows=MAX_IMAGES + 1,
                dtype=words,
                keep_default_na=False,
                na_values=marks,
            )
    except UnicodeDecodeError:
        raise codec_trouble(path) from None
    except pandas.errors.ParserError as problem:
        raise surplus_fields(str(problem)) from None
    return names, frame


def surplus_fields(problem: str) -> DataError:
    """The refusal of a line with more fields than there are names, from what pandas says of it."""
    if counts := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", problem):
        expected, line, fields = counts.groups()
        message = f"line {line} has {fields} fields where the first line has {expected} names"
        return DataError(f"{message}: put text with commas in quotes, or remove the surplus")
    return DataError(f"it is no table ({problem[:80]}): write it again")


def read_by_pandas(path: Path) -> tuple[list[str], Any]:
    """The same from a file that pandas reads with the help of another package."""
    import pandas

    reader, needed = BY_PANDAS[path.suffix.lower()]
    if path.suffix.lower() == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            check_size(sum(member.file_size for member in archive.infolist()))
    try:
        frame = getattr(pandas, reader)(path)
    except ImportError:
        ways = f"install {needed}, or save the table as a .csv"
        raise DataError(f"pandas needs {needed} for this kind of file: {ways}") from None
    names = [str(name).strip() for name in frame.columns]
    check_width(names)
    frame.columns = range(len(names))
    return names, frame


def columns_of(path: Path) -> list[str]:
    """The names of a .csv's columns in lower case, for a first look; the rows are not read."""
    return [name.lower() for name in peek_names(path)]
