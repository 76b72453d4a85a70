"""The name of a kept run: a hash of all that decides its numbers, and of nothing else.

Another version of the lesson, of the mathematics or of the data finds nothing rather than something
old. A word on a page, in a claim or in another chapter changes no number, so what a class has baked
stays.
"""

import hashlib
import json
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from workbench import data
from workbench.chapters import find
from workbench.core.settings import Settings
from workbench.running.device import torch_build

PACKAGE = Path(__file__).parents[1]
# what trains every chapter; the two files of running decide on threads and denormal numbers
SHARED = ("core", "data", "science", "running/worker.py", "running/limits.py")
# of these, what only speaks of runs: the vocabulary of tasks, how a prediction is judged, and words
APART = ("core/lesson.py", "core/score.py", "core/glossary.py", "core/glossary.md")
# what lies in a chapter's folder and only speaks of its runs, or asks for some; `kept` is what was
# measured for tasks.py
WORDS = (
    "page.md",
    "rubric.md",
    "tasks.py",
    "claims.py",
    "study.py",
    "*_study.py",
    "measured",
    "kept",
    "still.svg",
)
LABS = ("*_lab.py", "lab_knobs.py")
SPEAKING = WORDS + LABS


def key(name: str, settings: Settings, device: str) -> str:
    """32 hexadecimal digits of all that decides a run's numbers."""
    chapter = find(name)
    fingerprint = data.source_of(chapter, settings).report().fingerprint
    decisive = [name, settings.values_by_name(), fingerprint, device, *version(name)]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:32]


def version(name: str) -> tuple[str, str]:
    """What must be the same on two machines for equal settings to give equal numbers."""
    return code(find(name).folder, PACKAGE), torch_build()["__version__"]


@cache
def code(chapter: Path, package: Path) -> str:
    """A hash of every file of this chapter's folder and of the package that can change a number."""
    apart = {package / path for path in APART}
    files = [file for part in SHARED for file in _files(package / part, package)]
    files = [file for file in files if file not in apart]
    files += [file for file in _files(chapter, chapter) if not _speaks(file, chapter)]
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode())
        total.update(file.read_bytes())
    return total.hexdigest()


def _files(place: Path, root: Path) -> list[Path]:
    """The file at this place, or all in this folder; not what Python and editors leave there."""
    files = [place] if place.is_file() else sorted(place.rglob("*"))
    hidden = ("__pycache__", ".")
    return [
        file
        for file in files
        if file.is_file()
        and not any(part.startswith(hidden) for part in file.relative_to(root).parts)
    ]


def _speaks(file: Path, chapter: Path) -> bool:
    first = file.relative_to(chapter).parts[0]
    return any(fnmatch(first, pattern) for pattern in SPEAKING)
