"""The first lines of a .csv: its codec, its separator and the names of its columns."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from workbench.data.imageset import DataError
from workbench.data.own.limits import LIMITS, MAX_PIXELS

LINE_BYTES = 2**20  # of a line that is looked at
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
UTF16 = (b"\xff\xfe", b"\xfe\xff")
AS_UTF8 = "save it as 'CSV UTF-8 (comma delimited)'"


def read_names(path: Path) -> list[str]:
    """The names of the columns. Raises DataError when the first lines leave a doubt."""
    first, second = first_lines(path)
    check_separator(first, second)
    names, fields = (next(csv.reader([line]), []) for line in (first, second))
    names = [name.strip() for name in names]
    check_width(names)
    check_names(names, fields)
    return names


def peek_names(path: Path) -> list[str]:
    """The names in the first line, whatever is wrong with the file; [] if that cannot be read."""
    try:
        return [name.strip() for name in next(csv.reader([first_lines(path)[0]]), [])]
    except (OSError, DataError, csv.Error):
        return []


def first_lines(path: Path) -> tuple[str, str]:
    """The first two lines as text. Raises DataError when they are no UTF-8."""
    with path.open("rb") as file:
        if file.read(2) in UTF16:
            raise DataError(f"it is written in UTF-16, as 'Unicode text' of Excel is: {AS_UTF8}")
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.readline(LINE_BYTES), file.readline(LINE_BYTES)
    except UnicodeDecodeError:
        raise codec_trouble(path) from None


def codec_trouble(path: Path) -> DataError:
    """The refusal of a file that is no UTF-8: it names the first line that is not."""
    if trouble := wrong_byte(path.read_bytes()):
        return DataError(f"{trouble}: {AS_UTF8}, or read it with encoding='cp1252'")
    return DataError(f"it is no text in UTF-8: {AS_UTF8}")


def wrong_byte(content: bytes) -> str:
    """The first line that is no UTF-8 and its byte in words, or "" where all is well."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        old = "Latin-1 or Windows-1252, by the look of it"
        byte = content[problem.start]
        return f"line {line} holds the byte 0x{byte:02x}, which is no UTF-8 ({old})"
    return ""


def check_separator(first: str, second: str) -> None:
    """Refuses a file whose columns are not separated by commas."""
    if first.lower().startswith("sep="):
        raise DataError(f"its first line {first.strip()!r} speaks to Excel only: remove this line")
    for mark, word in SEPARATORS.items():
        if mark in first and "," not in first:
            comma = " and its numbers have decimal commas" if re.search(r"\d,\d", second) else ""
            arguments = f"sep={mark!r}, decimal=','" if comma else f"sep={mark!r}"
            raise DataError(
                f"its columns are separated by {word}{comma}: {AS_UTF8} with decimal points, "
                f"or read it in pandas with {arguments} and write it again with to_csv(index=False)"
            )


def check_width(names: list[str]) -> None:
    """Refuses more columns than a row may have."""
    if len(names) > MAX_PIXELS + 1:
        raise DataError(f"it has {len(names)} columns: {LIMITS}")


def check_names(names: list[str], fields: list[str]) -> None:
    """Refuses names that do not fit the first row, or that are numbers themselves."""
    if not any(names):
        raise DataError("its first line holds no column names: put a line with them above")
    if len(names) != len(fields):
        row_names = " (R writes row names so: use row.names = FALSE)" * (
            len(fields) == len(names) + 1
        )
        counts = f"{len(names)} column names but its first row has {len(fields)} fields"
        raise DataError(f"it has {counts}: give equally many{row_names}")
    numbers = [name for name in names if _is_number(name)]
    if numbers and not _counts_up(numbers):
        raise DataError(
            f"its first line holds numbers ({', '.join(numbers[:3])}), so it looks like data and "
            "not like column names: put a line with names above"
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _counts_up(numbers: list[str]) -> bool:
    """Whether these are 0, 1, 2, ... or 1, 2, 3, ...: the names that pandas and R give columns."""
    count = len(numbers)
    return count > 1 and any(numbers == [str(i + k) for i in range(count)] for k in (0, 1))
