"""Which column of a table is what: the label, an index, a number. Doubt is refused."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.imageset import DataError

LABEL_NAMES = ("label", "labels", "target", "class", "y", "species")  # in any case
INDEX_NAMES = frozenset(
    {"id", "ids", "index", "idx", "#", "no", "no.", "nr", "nr.", "row", "rows", "rowid", "row_id"}
    | {"rowname", "rownames", "row.names", "row_names", "row_number", "key"}
)
UNNAMED = re.compile(r"(unnamed: ?\d+)?", re.IGNORECASE)  # what pandas calls a column without name
BAG_NAMES = ("bag", "bags", "bag_id", "bagid")  # in any case: what a bag of rows is called
MISSING = ("", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "?", "-", "<NA>")
COMMA_NUMBER = re.compile(r"[-+]?[\d.]*\d,\d+")
LABEL_WAYS = f"{', '.join(LABEL_NAMES[:-1])} or {LABEL_NAMES[-1]}"


def find_label(names: list[str]) -> int | None:
    """The place of the label among the columns. Raises DataError when there are two candidates."""
    places = [i for i, name in enumerate(names) if name.lower() in LABEL_NAMES]
    if len(places) > 1:
        both = " and ".join(repr(names[i]) for i in places)
        raise DataError(f"its columns {both} could each be the label: rename or remove all but one")
    return places[0] if places else None


def read_label(name: str, column: Any) -> tuple[NDArray, list[str]]:
    """The labels [n] of a column of text or numbers as int64 or text, and notes on them.

    Whole numbers stay numbers, so that classes sort as numbers. Raises DataError for a label that
    is missing, or that has a fraction.
    """
    words = as_words(column)
    if (missing := np.flatnonzero(words == "")).size:
        raise empty(name, missing)
    stripped = np.char.strip(words)
    notes: list[str] = []
    values = stripped
    if count := int((stripped != words).sum()):
        notes.append(f"Spaces around the label were removed in {count} rows.")
    if (numbers := _as_numbers(stripped)) is not None:
        if (numbers % 1).any():
            raise DataError(
                f"column {name!r} would be the label by its name, but its labels are numbers with "
                "fractions: give whole numbers or short text, or rename it if it is an input"
            )
        values = numbers.astype(np.int64)
    return values, [*notes, *_doubtful(stripped)]


def as_words(column: Any) -> NDArray:
    """A column as text [n]: "" where a value is missing, and 1 for 1.0."""
    values = column.to_numpy(dtype=object, na_value="")
    return np.array([f"{v:.0f}" if _whole_float(v) else str(v) for v in values], dtype=str)


def _whole_float(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _as_numbers(words: NDArray) -> NDArray | None:
    """The words as numbers, if all are plain numbers that int64 can hold; codes as 007 are not."""
    if not all(re.fullmatch(r"-?(0|[1-9]\d{0,14})(\.\d+)?", word) for word in np.unique(words)):
        return None
    return words.astype(np.float64)


def _doubtful(words: NDArray) -> list[str]:
    """Notes on classes that may be no classes, or the same."""
    names = np.unique(words).tolist()
    notes = [
        f"The class {name!r} counts as a class, though the word often stands for a missing value."
        for name in names
        if name in MISSING
    ]
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(name.lower(), []).append(name)
    for same in alike.values():
        if len(same) > 1:
            notes.append(f"The classes {' and '.join(map(repr, same))} differ in case only.")
    return notes


def read_number(name: str, place: int, column: Any) -> NDArray:
    """A column as float64 [n]. Raises DataError for text and for what is missing."""
    from pandas.api.types import is_numeric_dtype

    missing = np.flatnonzero(column.isna())
    if UNNAMED.fullmatch(name) and len(missing) == len(column):
        message = f"column {place + 1} has no name and no values: remove the comma that ends"
        raise DataError(f"{message} each line")
    if not is_numeric_dtype(column.dtype):
        raise text_in(name, column)
    if missing.size:
        raise empty(name, missing)
    values = column.to_numpy(np.float64)
    if (endless := np.flatnonzero(~np.isfinite(values))).size:
        message = f"column {name!r} holds an infinite value in row {endless[0] + 1}"
        raise DataError(f"{message}: remove or replace it")
    return values


def empty(name: str, rows: NDArray) -> DataError:
    """The refusal of a column that has nothing in these rows."""
    fields = f"{len(rows)} empty or missing fields, the first in row {rows[0] + 1}: fill them"
    if len(rows) == 1:
        fields = f"an empty or missing field in row {rows[0] + 1}: fill it"
    return DataError(f"column {name!r} has {fields}, or leave out such rows yourself")


def text_in(name: str, column: Any) -> DataError:
    """The refusal of a column of text among the inputs."""
    words = as_words(column)
    row = next((i for i, word in enumerate(words) if word and not _is_finite(word)), 0)
    example = f"({words[row][:20]!r} in row {row + 1})"
    if COMMA_NUMBER.fullmatch(words[row]):
        ways = "write a decimal point, and no mark between thousands"
        return DataError(f"column {name!r} holds numbers with a comma {example}: {ways}")
    ways = "keep numbers, and one column label for the classes"
    if name.lower() in BAG_NAMES:
        ways = "it is a table of bags, which chapter mil reads"
    if name.lower() in INDEX_NAMES or UNNAMED.fullmatch(name):
        ways = "remove this column, which only names the rows"
    return DataError(f"column {name!r} holds text {example}: {ways}")


def _is_finite(word: str) -> bool:
    try:
        return bool(np.isfinite(float(word)))
    except ValueError:
        return False


def check_index(name: str, place: int, values: NDArray) -> str:
    """Refuses a column that numbers the rows; returns a note on another that counts up, or "".

    If the rows are sorted by their label, an index tells it, and any model is perfect.
    """
    ends = len(values) > 1 and values[-1] - values[0] == len(values) - 1
    counts = ends and bool((np.diff(values) == 1).all())
    nameless = bool(UNNAMED.fullmatch(name))
    if not nameless and name.lower() not in INDEX_NAMES:
        if name.lower() in BAG_NAMES:
            return f"Column {name!r} is an input here; chapter mil reads bags by it."
        where = f"Column {name!r} counts up by one: it tells where in the file a row stands."
        return where if counts else ""
    call = f"column {place + 1}, which has no name," if nameless else f"column {name!r}"
    if (values % 1 == 0).all() and len(np.unique(values)) == len(values) > 1:
        how = f"counts from {values[0]:g} to {values[-1]:g}" if counts else "numbers the rows"
        raise DataError(
            f"{call} {how}, so it tells the place of a row and perhaps its label: remove it "
            "(pandas index=False, R row.names = FALSE), or rename it if it was measured"
        )
    if nameless:
        raise DataError(f"{call} holds numbers: name it if it is an input, else remove it")
    return ""
