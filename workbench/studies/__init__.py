"""Studies: a paper's comparison over seeds, ours beside what was published.

A study takes longer than a reader waits at a page, so it has its own command,
`workbench reproduce NAME`. It yields its Table again whenever a line of it has grown.
"""

import importlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from workbench.frames import Table
from workbench.settings import SettingsError

_FILES: dict[str, str] = {
    "clustering": "clustering",
    "mil": "mil",
    "bootstrap": "bootstrap",
    "rad": "rad",
    "rad-oracle": "rad_oracle",
    "selfsup": "selfsup",
    "ceal": "ceal",
    "ceal-sensitivity": "ceal_sensitivity",
}
NAMES = tuple(_FILES)


class Reproduce(Protocol):
    """Trains over `seeds` seeds until done or until `budget` seconds are spent."""

    def __call__(
        self, data: str, seeds: int, budget: float | None, device: str
    ) -> Iterator[Table]: ...


@dataclass(frozen=True)
class Study:
    """One comparison: what it asks, its defaults, and the function that runs it."""

    name: str
    question: str
    reproduce: Reproduce
    data: str = "digits"
    seeds: int = 5


def find(name: str) -> Study:
    """The study `name`. Raises SettingsError naming the studies there are."""
    if name not in _FILES:
        there = ", ".join(NAMES) or "none yet"
        raise SettingsError(f"There is no study {str(name)[:40]!r}; there are: {there}.")
    return importlib.import_module(f"workbench.studies.{_FILES[name]}").STUDY


RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Measured:
    """A study's table as a command printed it, with what is needed to print it again."""

    title: str
    columns: list[str]
    rows: list[list]
    caption: str
    command: str
    date: str
    device: str
    torch: str

    @property
    def source(self) -> str:
        """Where the numbers come from, in one line."""
        return f"{self.command}, {self.date}, {self.device}, torch {self.torch}"


def save(name: str, measured: Measured, folder: Path = RESULTS) -> Path:
    """Keeps a table beside the study, for pages and the README to show."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(asdict(measured), indent=1, ensure_ascii=False) + "\n")
    return path


def measured(chapter: str = "", folder: Path = RESULTS) -> dict[str, Measured]:
    """The kept tables of a chapter's studies by name; of all without a chapter."""
    found = {path.stem: path for path in sorted(folder.glob("*.json"))}
    return {
        name: Measured(**json.loads(path.read_text()))
        for name, path in found.items()
        if name == chapter or name.startswith(f"{chapter}-") or not chapter
    }
