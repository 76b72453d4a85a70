"""Files that readers have brought to a page: in a folder of this start, for that page alone.

Each lies under a name that nobody can guess and that no list holds. Processes that train find the
folder by the environment.
"""

import os
import secrets
import shutil
from pathlib import Path

from workbench.core.settings import UPLOAD
from workbench.data.imageset import DataMissing
from workbench.data.own.table import TABLES

FOLDER = "WORKBENCH_UPLOADS"  # the environment's name for the folder
KINDS = (".npz", *TABLES)
LONGEST_NAME = 60  # letters of a file's name


def make_folder(parent: Path) -> Path:
    """A folder for the uploads of this process; what ended servers have left is deleted."""
    for old in parent.glob("workbench-uploads-*"):
        owner = old.name.rpartition("-")[2]
        if owner.isdecimal() and not Path(f"/proc/{owner}").exists() and Path("/proc").exists():
            shutil.rmtree(old, ignore_errors=True)
    folder = parent / f"workbench-uploads-{os.getpid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    os.environ[FOLDER] = str(folder)
    return folder


def new_place(file_name: str) -> tuple[str, Path]:
    """A name for the set, and where its file goes. Raises ValueError for another kind of file."""
    plain = "".join(c if c.isalnum() or c in "._-" else "_" for c in Path(file_name).name)
    if Path(plain).suffix.lower() not in KINDS or not Path(plain).stem.strip("._-"):
        raise ValueError(f"Bring one file that ends in {', '.join(KINDS)}.")
    name = f"upload-{secrets.token_hex(12)}"
    folder = Path(os.environ[FOLDER]) / name
    folder.mkdir(mode=0o700)
    return name, folder / (Path(plain).stem[:LONGEST_NAME] + Path(plain).suffix.lower())


def find(name: str) -> Path:
    """Where the file of this name lies. Raises DataMissing when its page is gone."""
    if UPLOAD.fullmatch(name) and FOLDER in os.environ:
        for path in (Path(os.environ[FOLDER]) / name).glob("*"):
            return path
    raise DataMissing("this data was brought to a page that is gone: bring it again")


def delete(name: str) -> None:
    """Deletes the file of this name, if there is one."""
    if UPLOAD.fullmatch(name) and FOLDER in os.environ:
        shutil.rmtree(Path(os.environ[FOLDER]) / name, ignore_errors=True)
