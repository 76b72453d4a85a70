"""Which image sets there are, where their files lie, and when these have changed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from workbench.core.settings import UPLOAD
from workbench.data import own, uploads
from workbench.data.images import caltech, digits, dsprites, faces, idx, photos, sprites
from workbench.data.imageset import DataError, DataMissing
from workbench.data.stamp import Stamp, stamp, stamp_of

PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
OTHER_FOLDERS = {"bags", "clips", "BCCD", "caltech101_subset"}  # of other kinds of data
NO_FILES: Stamp = (0, "")
Place = tuple[str, Path | None, Stamp]
EMBEDDED = {module.NAME: module for module in (digits, sprites, photos)}  # they are always there


@dataclass(frozen=True)
class Entry:
    """One line of the inventory.

    `status` is "embedded", "on disk" or "absent"; `shape` is (height, width), or None where only
    reading would tell; `how` is the command that brings it.
    """

    name: str
    title: str
    status: str
    shape: tuple[int, int] | None
    note: str
    how: str = ""


def names() -> tuple[str, ...]:
    """Names that `load` takes right now: embedded sets, MNIST's if there, then your own."""
    return tuple(entry.name for entry in entries() if entry.status != "absent")


def entries() -> list[Entry]:
    """Every known set, whether it is there or not; no file is opened for it."""
    root = data_folder()
    entries = [
        Entry(name, module.TITLE, "embedded", module.SHAPE, module.NOTE)
        for name, module in EMBEDDED.items()
    ]
    for name, idx_set in idx.IDX_SETS.items():
        whole = all(map(os.path.isfile, idx.paths(name, root)))
        status, how = ("on disk", "") if whole else ("absent", f"workbench data get {name}")
        note = f"70000 images, 10 classes; {idx_set.source}"
        entries.append(Entry(name, idx_set.title, status, idx.SHAPE, note, how))
    if (root / faces.FILE).is_file():  # nobody serves it: it is copied, or not there
        entries += [
            Entry(name, faces.TITLES[name], "on disk", faces.SHAPE, faces.NOTES[name])
            for name in faces.LABELS
        ]
    if caltech.folder(root):
        entries += [
            Entry(name, part.title, "on disk", (part.side,) * 2, part.note)
            for name, part in caltech.PARTS.items()
        ]
    if path := dsprites.find(root):
        anew = dsprites.REBUILT in path.name
        title = f"{dsprites.TITLE}, rebuilt" if anew else dsprites.TITLE
        entries.append(Entry(dsprites.NAME, title, "on disk", dsprites.SHAPE, dsprites.NOTE))
    for name, paths in own_sets(root).items():
        note = " and ".join(path.name for path in paths)
        entries.append(Entry(name, name, "on disk", None, f"your own, {note}"))
    return entries


def data_folder() -> Path:
    """Where files are looked for: $WORKBENCH_DATA, else ./data, else data/ beside the package."""
    if chosen := os.environ.get("WORKBENCH_DATA"):
        return Path(chosen).expanduser()
    in_current, in_checkout = Path("data"), Path(__file__).parents[2] / "data"
    return in_current if in_current.is_dir() or not in_checkout.is_dir() else in_checkout


def own_sets(root: Path) -> dict[str, list[Path]]:
    """Where your own sets lie in the data folder, by name: plain names only, no links."""
    try:
        paths = sorted(path for path in root.iterdir() if not path.is_symlink())
    except OSError:
        return {}
    taken = known_names()
    sets: dict[str, list[Path]] = {}
    for path in paths:
        name = own.name_of(path)
        if PLAIN_NAME.fullmatch(name) and name not in taken and own.is_set(path):
            sets.setdefault(name, []).append(path)
    return sets


def known_names() -> set[str]:
    """Names that your own sets cannot have: those of known sets, and of their folders."""
    return {
        *EMBEDDED,
        *idx.IDX_SETS,
        *faces.LABELS,
        *caltech.PARTS,
        dsprites.NAME,
        *(folder.name for folder in caltech.FOLDERS),
        *(idx_set.folder for idx_set in idx.IDX_SETS.values()),
    }


def left_aside(root: Path) -> dict[str, str]:
    """What looks like data in the data folder and is not offered: its name, and what to do."""
    try:
        paths = sorted(path for path in root.iterdir() if not path.name.startswith("."))
    except OSError:
        return {}
    reasons = {path.name: _why_not(path) for path in paths}
    return {name: reason for name, reason in reasons.items() if reason}


def _why_not(path: Path) -> str:
    """Why something in the data folder is not offered, or "" if it is, or is no data at all."""
    if path.suffix.lower() in own.OTHER_FILES and path.is_file():
        return own.OTHER_FILES[path.suffix.lower()]
    if not own.is_set(path):
        deeper = path.is_dir() and any(map(own.is_set, own.subfolders(path)))
        known = deeper and (path.name in known_names() or path.name in OTHER_FOLDERS)
        return "its pictures lie a level too deep: move them up" if deeper and not known else ""
    if path.is_symlink():
        return "links are not followed: copy it here, or give its path"
    if not PLAIN_NAME.fullmatch(own.name_of(path)):
        return "rename it: letters, digits, _ and -, at most 40, or give its path"
    if own.name_of(path) in known_names() and path.name not in known_names():
        return "a known set has this name: rename it, or give its path"
    return ""


def locate(name: str | Path) -> Place:
    """What identifies a set: its name ("" for your own), its place, and a stamp of its files."""
    if name in EMBEDDED:
        return str(name), None, NO_FILES
    try:
        if name in idx.IDX_SETS:
            root = data_folder().resolve()
            return str(name), root, stamp(idx.paths(str(name), root))
        if name in faces.LABELS:
            root = data_folder().resolve()
            (root / faces.FILE).resolve(strict=True)
            return str(name), root, stamp_of(root / faces.FILE)
        if name in caltech.PARTS and (path := caltech.folder(data_folder().resolve())):
            return str(name), path, stamp([*path.glob("*/*")])
        if name == dsprites.NAME and (path := dsprites.find(data_folder().resolve())):
            return dsprites.NAME, path, stamp_of(path)
        path = find_own(name).resolve(strict=True)
        return "", path, stamp_of(path)
    except FileNotFoundError:
        raise DataMissing(f"{Path(name).name} is not there: check the path") from None
    except OSError as problem:
        message = f"{Path(name).name[:40]} cannot be reached: {problem.strerror}"
        raise DataError(message) from None


def find_own(name: str | Path) -> Path:
    """Where your own set lies: in the data folder when it is a bare name."""
    text = str(name)
    if UPLOAD.fullmatch(text):
        return uploads.find(text)
    endings = (".npz", *own.TABLES)
    if isinstance(name, Path) or "/" in text or os.sep in text or text.endswith(endings):
        return Path(name)
    paths = own_sets(data_folder()).get(text, [])
    if not paths:
        raise DataMissing(
            f"no image set is called {text[:40]!r}: choose from {', '.join(names())}, "
            f"or {_remedy(text)}"
        )
    if len(paths) > 1:
        both = " and ".join(path.name for path in paths)
        raise DataError(f"{both} have the same name: rename one of them")
    return paths[0]


def _remedy(name: str) -> str:
    """What to do about a name that no set has; a path has a separator, and this one has none."""
    if name.strip(".") and "\0" not in name and len(name) < 200 and Path(name).is_dir():
        return f"write ./{name} if you mean the folder {name} here"
    return "put an .npz, a .csv or a folder of pictures of that name into the data folder"
