"""A study: a paper's comparison over seeds, which has its own command."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from workbench.core.pictures import Table


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
