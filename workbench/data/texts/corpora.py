"""Texts to learn words from: two that are always there, and those in the data folder's `text`."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from workbench.data import own
from workbench.data.imageset import DataError, DataMissing
from workbench.data.inventory import NO_FILES, PLAIN_NAME, Entry, Place, data_folder
from workbench.data.report import Report
from workbench.data.source import Source
from workbench.data.stamp import Stamp, stamp_of
from workbench.data.texts import docstrings, toy
from workbench.data.texts.corpus import Corpus, make_corpus
from workbench.data.texts.own_corpus import ENDING, is_corpus, read_corpus

OWN_FOLDER = "text"  # in the data folder
ALL = "all-texts"  # the whole of it
ALL_TITLE = "All texts of the data folder"
CORPORA_KEPT = 3  # corpora that stay in memory
EMBEDDED = {"toy": "Toy grammar", "docstrings": "Documentation of Python packages"}


def entries() -> list[Entry]:
    """Every corpus that a page may offer; no file is opened for it."""
    notes = {"toy": "made up: 4000 sentences", "docstrings": docstrings.versions()}
    known = [Entry(name, EMBEDDED[name], "embedded", None, notes[name]) for name in EMBEDDED]
    folder = _folders()
    known += [
        Entry(name, title_of(path), "on disk", None, path.name) for name, path in folder.items()
    ]
    if len(folder) > 1:
        known.append(Entry(ALL, ALL_TITLE, "on disk", None, OWN_FOLDER))
    return known


def names() -> tuple[str, ...]:
    """The corpora that `load` takes right now."""
    return tuple(entry.name for entry in entries())


def title_of(path: Path) -> str:
    """A name of a file or folder as a title: us_speeches is Us speeches."""
    return path.stem.replace("_", " ").capitalize()


def _folders() -> dict[str, Path]:
    """The texts and folders of texts in the data folder by name: plain names, and no links."""
    try:
        paths = sorted((data_folder() / OWN_FOLDER).iterdir())
    except OSError:
        return {}
    return {
        path.stem: path
        for path in paths
        if PLAIN_NAME.fullmatch(path.stem)
        and path.stem not in (*EMBEDDED, ALL)
        and not path.is_symlink()
        and is_corpus(path)
    }


def locate(name: str | Path) -> Place:
    """What identifies a corpus: its name ("" for one at a path), its place, a stamp of its files.

    Raises DataMissing when it is not there.
    """
    if name == "toy":
        return "toy", None, NO_FILES
    if name == "docstrings":
        return "docstrings", None, (len(docstrings.PACKAGES), docstrings.versions())
    text = str(name)
    if isinstance(name, Path) or "/" in text or os.sep in text or text.endswith(ENDING):
        try:
            path = Path(name).resolve(strict=True)
        except OSError:
            raise DataMissing(f"{Path(name).name[:40]} is not there: check the path") from None
        return "", path, stamp_of(path)
    known = _folders() | {ALL: data_folder() / OWN_FOLDER}
    if text not in names():
        raise DataMissing(
            f"no text is called {text[:40]!r}: choose from {', '.join(names())}, or give the path "
            f"of a {ENDING} or of a folder of them"
        )
    return text, known[text].resolve(), stamp_of(known[text])


def is_place(name: str) -> bool:
    """Whether this is the path of a text, or of a folder that holds texts and no other data."""
    path = Path(name)
    return path.suffix.lower() == ENDING or (
        os.sep in name and is_corpus(path) and not own.is_set(path)
    )


def load(name: str | Path) -> Corpus:
    """The corpus of this name, or the one at a path of your own. The last few stay in memory; they
    are read again when their files change. Raises DataMissing or DataError."""
    return _load(*locate(name))


def check(name: str | Path) -> Report:
    """Reads a corpus again, past every cache."""
    return _read(*locate(name)[:2]).describe()


def source(name: str | Path) -> Source:
    """What asks for the files of this corpus."""
    return Source(lambda: locate(name), lambda: _describe(*locate(name)))


@lru_cache(maxsize=16)
def _describe(name: str, path: Path | None, state: Stamp) -> Report:
    return _read(name, path).describe()


@lru_cache(maxsize=CORPORA_KEPT)
def _load(name: str, path: Path | None, state: Stamp) -> Corpus:
    return _read(name, path)


def _read(name: str, path: Path | None) -> Corpus:
    title = (EMBEDDED | {ALL: ALL_TITLE}).get(name, "")
    if name == "toy":
        made = "made up by the workbench; nobody wrote it"
        return make_corpus(name, title, made, toy.sentences(), toy.groups())
    if name == "docstrings":
        source = f"documentation inside {docstrings.versions()}, and Python's help"
        return make_corpus(name, title, source, docstrings.texts(), docstrings.groups())
    if path is None:
        raise DataError("it has no place")
    if not is_corpus(path) and path.is_file():
        raise DataError(f"{path.name}: it is no {ENDING}: give a text, or a folder of texts")
    return read_corpus(path, name or path.stem, title or title_of(path))
