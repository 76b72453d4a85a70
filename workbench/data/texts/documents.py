"""Texts with a label each: docstrings by the part of a package they lie in, or a folder of yours.

A folder holds a folder for each label, with a file for each text, as 20 Newsgroups comes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.data.imageset import DataError
from workbench.data.texts import docstrings
from workbench.data.texts.corpus import words_of

SHORTEST = 20  # words of a text that is used
FEWEST, MOST = 60, 400  # texts of a label
MOST_BYTES = 64 * 2**20  # of all files together


class Documents(NamedTuple):
    """Texts as lists of words, with y [n], their labels among `classes`."""

    words: list[list[str]]
    y: NDArray
    classes: tuple[str, ...]
    source: str


def read_docstrings() -> Documents:
    """Docstrings of the packages that are always here, by subpackage, such as scipy.stats."""
    source = f"docstrings of {docstrings.versions()}"
    return _sort(docstrings.documents(), source, FEWEST)


def read_folder(path: Path) -> Documents:
    """The texts of a folder LABEL/FILE. Raises DataError where there are no two labels of texts.

    Bytes that are no UTF-8 are replaced, and lines "Name: value" at the head of a text, as letters
    have, are left out: those of 20 Newsgroups name the group.
    """
    if not path.is_dir():
        raise DataError(f"{path.name} is no folder: give one with a folder of texts for each label")
    files = [
        (folder.name, file)
        for folder in sorted(path.iterdir())
        if folder.is_dir() and not folder.is_symlink()
        for file in sorted(folder.iterdir())
        if file.is_file() and not file.is_symlink() and not file.name.startswith(".")
    ]
    size = sum(file.stat().st_size for _, file in files)
    if size > MOST_BYTES:
        raise DataError(f"{path.name} takes {size >> 20} MiB: give at most {MOST_BYTES >> 20} MiB")
    texts = ((label, file.read_text("utf-8", errors="replace")) for label, file in files)
    pairs = ((label, words_of(without_head(text))) for label, text in texts)
    return _sort(pairs, f"your own, {path.name}", 2)


def without_head(text: str) -> str:
    """The text after its first empty line if its first line looks like a letter's head."""
    first, _, _ = text.partition("\n")
    name, colon, _ = first.partition(":")
    head = bool(colon) and name.replace("-", "").isalpha()
    return text.partition("\n\n")[2] if head else text


def _sort(pairs: Iterable[tuple[str, list[str]]], source: str, fewest: int) -> Documents:
    """Texts that are long enough, equal ones once, by label; the same ones in every process."""
    by_label: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for label, words in pairs:
        if len(words) >= SHORTEST:
            by_label[label].setdefault(" ".join(words), words)
    rng = np.random.default_rng(0)
    texts, y, classes = [], [], []
    for label, different in sorted(by_label.items()):
        if len(different) < fewest:
            continue
        chosen = rng.permutation(len(different))[:MOST]
        some = list(different.values())
        texts += [some[row] for row in chosen]
        y += [len(classes)] * len(chosen)
        classes.append(label)
    if len(classes) < 2:
        raise DataError(
            f"there are no two labels with {fewest} texts of {SHORTEST} words ({source}): give more"
        )
    return Documents(texts, np.array(y), tuple(classes), source)
