"""Tests of word vectors by people: pairs of words and how alike they are, and analogies.

They are there when their files lie in the data folder's `word_tests`.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from workbench.data.imageset import DataError
from workbench.data.inventory import data_folder

FOLDER = "word_tests"
WORDSIM = "EN-WS-353-ALL.txt"
ANALOGIES = "questions-words.txt"


class Pair(NamedTuple):
    """Two words, and how alike people found them, 0 to 10."""

    a: str
    b: str
    score: float


class Question(NamedTuple):
    """a is to b as c is to d."""

    a: str
    b: str
    c: str
    d: str


def wordsim() -> list[Pair]:
    """The pairs of WordSim-353; [] where the file is not there. Raises DataError."""
    rows = [line.split() for line in _lines(WORDSIM)]
    try:
        return [Pair(a.lower(), b.lower(), float(score)) for a, b, score in rows]
    except ValueError:
        raise _other(WORDSIM, "a b score") from None


def analogies() -> list[Question]:
    """The questions of Mikolov et al.; [] where the file is not there. Raises DataError."""
    rows = [line.lower().split() for line in _lines(ANALOGIES) if not line.startswith(":")]
    try:
        return [Question(a, b, c, d) for a, b, c, d in rows]
    except ValueError:
        raise _other(ANALOGIES, "a b c d") from None


def _lines(name: str) -> list[str]:
    path: Path = data_folder() / FOLDER / name
    if not path.is_file():
        return []
    try:
        return [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError):
        raise _other(name, "text in UTF-8") from None


def _other(name: str, form: str) -> DataError:
    return DataError(f"{name} is damaged or of another format: each of its lines is {form}")
