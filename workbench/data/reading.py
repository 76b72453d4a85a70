"""How any set was read, whichever kind it is: the command line asks here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from workbench.data import catalog, clips, inventory, tables
from workbench.data.bags import real
from workbench.data.imageset import DataError
from workbench.data.report import Report
from workbench.data.texts import corpora

LINK = "links are not followed: copy it here, or give its path"
RENAME = "rename it: letters, digits, _ and -, at most 40, or give its path"


def check(name: str) -> list[Report]:
    """Reads a set again, past every cache: one report for each kind of data that has this name.

    `name` may be the path of your own. Raises DataError.
    """
    readers = {
        catalog.names: catalog.check,
        tables.names: tables.check,
        real.names: real.check,
        clips.names: clips.check,
        corpora.names: corpora.check,
    }
    reports = [read(name) for names, read in readers.items() if name in names()]
    if reports:
        return reports
    if corpora.is_place(name):
        return [corpora.check(name)]
    path = inventory.locate(name)[1]
    if path is not None and real.is_own(path):
        return [real.check(path)]
    if path is None or not clips.is_own(path):
        return [catalog.check(name)]
    if not path.is_dir():
        return [clips.check(path)]
    reports = [catalog.check(name)]
    with suppress(DataError):  # the pictures of a folder are frames, too, where they are enough
        reports.append(clips.check(path))
    return reports


def names() -> list[str]:
    """Every set that is there: pictures, streams, bags, films and texts, each name once."""
    sets = catalog, tables, real, clips, corpora
    return list(dict.fromkeys(name for kind in sets for name in kind.names()))


def left_aside() -> dict[str, str]:
    """What lies in the data folder and is not offered: its name, and why or what to do."""
    root = inventory.data_folder()
    return inventory.left_aside(root) | {
        name: reason
        for kind, why_none in WHY_NOT.items()
        for name, reason in _left_aside(root / kind.OWN_FOLDER, kind.names(), why_none)
    }


def _left_aside(
    folder: Path, offered: Sequence[str], why_none: Callable[[Path], str]
) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.startswith(".") or path.stem in offered or path.name in offered:
            continue
        yield f"{folder.name}/{path.name}", why_none(path)


def _why_no_bags(path: Path) -> str:
    if path.is_symlink():
        return LINK
    if not real.is_own(path):
        try:
            catalog.read("", path)  # what is wrong with the file or its form
        except DataError as problem:
            return str(problem)
        return "bags are a .csv with a column bag, or LABEL/BAG/*.png with two labels"
    return RENAME


def _why_no_film(path: Path) -> str:
    if path.is_symlink():
        return LINK
    if not clips.is_own(path):
        return "a film is a folder of frames, a .gif, or an .npz with the key frames or clips"
    return RENAME


def _why_no_text(path: Path) -> str:
    if path.is_symlink():
        return LINK
    if not corpora.is_corpus(path):
        return "a text is a .txt in UTF-8, or a folder of them"
    return RENAME


WHY_NOT = {real: _why_no_bags, clips: _why_no_film, corpora: _why_no_text}  # of each folder
