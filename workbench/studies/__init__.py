"""Studies: a paper's comparison over seeds, ours beside what was published.

A study takes longer than a reader waits at a page, so it has its own command,
`workbench reproduce NAME`. It yields its Table again whenever a line of it has grown.
"""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from workbench.frames import Table
from workbench.settings import SettingsError

_FILES: dict[str, str] = {
    "clustering": "clustering",
    "bootstrap": "bootstrap",
    "rad": "rad",
    "rad-oracle": "rad_oracle",
    "ceal": "ceal",
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
