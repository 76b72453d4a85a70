"""A corpus of your own: a .txt, or a folder of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from workbench.data.imageset import DataError
from workbench.data.own.header import UTF16, wrong_byte
from workbench.data.report import LeftOut
from workbench.data.stamp import files_of
from workbench.data.texts.corpus import Corpus, make_corpus, words_of

MOST_BYTES = 20 * 2**20  # of all files together
MOST_FILES = 2000
ENDING = ".txt"


def is_corpus(path: Path) -> bool:
    """Whether this is a .txt, or a folder that holds some; no file is opened."""
    try:
        return _is_text(path) or (path.is_dir() and any(map(_is_text, files_of(path))))
    except OSError:
        return False


def read_corpus(path: Path, name: str, title: str) -> Corpus:
    """The words of a .txt or of a folder of them. Raises DataError, whatever is wrong with it."""
    try:
        files, left_out = _files(path)
        source = f"your own text{'s' * (len(files) > 1)}, {path.name}"
        return make_corpus(name, title, source, _texts(files), left_out=left_out)
    except DataError as problem:
        raise DataError(f"{path.name}: {problem}") from None
    except OSError as problem:
        raise DataError(f"{path.name}: it cannot be read ({problem.strerror})") from None


def _is_text(path: Path) -> bool:
    return path.suffix.lower() == ENDING and path.is_file() and not path.is_symlink()


def _files(path: Path) -> tuple[list[Path], tuple[LeftOut, ...]]:
    """The texts in the order of their names, and what else lies there. Sizes are checked here,
    before anything is read."""
    there = [path] if path.is_file() else sorted(files_of(path))
    texts = [file for file in there if file == path or _is_text(file)]
    if not texts:
        raise DataError(f"it holds no {ENDING}: save your texts as {ENDING} in UTF-8")
    if len(texts) > MOST_FILES:
        raise DataError(f"it holds {len(texts)} texts: give at most {MOST_FILES}")
    size = sum(file.stat().st_size for file in texts)
    if size > MOST_BYTES:
        raise DataError(
            f"it takes {size / 2**20:.0f} MiB: give at most {MOST_BYTES >> 20} MiB of text"
        )
    others = Counter(
        file.suffix.lower() or "without ending"
        for file in there
        if file.is_file() and file not in texts and not file.name.startswith(".")
    )
    return texts, tuple(
        LeftOut(count, f"file {kind}", f"only {ENDING} is read, and no link is followed")
        for kind, count in sorted(others.items())
    )


def _texts(files: list[Path]) -> Iterator[list[str]]:
    for file in files:
        try:
            yield words_of(decode(file.read_bytes()))
        except DataError as problem:
            where = f"{file.name}: " if len(files) > 1 else ""
            raise DataError(f"{where}{problem}") from None


def decode(content: bytes) -> str:
    """The text of these bytes. Raises DataError for what is no UTF-8."""
    if content[:2] in UTF16:
        raise DataError("it is written in UTF-16: save it as UTF-8")
    if b"\0" in content:
        raise DataError("it holds the byte 0 and is no text: save it as a text in UTF-8")
    if trouble := wrong_byte(content):
        raise DataError(f"{trouble}: save it as UTF-8")
    return content.decode("utf-8-sig")
