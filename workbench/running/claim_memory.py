"""What the claims' experiments have shown, remembered for the code that has shown it.

A file of the store's folder for each chapter and each state of its code. A changed claim, lesson or
PyTorch finds nothing there rather than something old.
"""

import hashlib
import json
import os
import tempfile
import warnings
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from workbench.chapters import find
from workbench.running.store import find_folder
from workbench.running.store_key import version


class Outcome(NamedTuple):
    """What one seed has shown of a claim: whether it holds, and what was measured, in words.

    `holds` is None where nothing could be measured; then the words say why.
    """

    holds: bool | None
    measured: str


Outcomes = dict[str, dict[int, Outcome]]  # by the claim's id and the seed


class ClaimMemory:
    """Outcomes on disk, and in this process where the folder is None or cannot be written."""

    def __init__(self, folder: Path | None):
        self.folder = folder
        self._known: dict[str, Outcomes] = {}
        self._refused = False  # by the disk, which one warning has told

    def outcomes(self, name: str) -> Outcomes:
        """What is known of the claims of this chapter, as its code is now."""
        known = {} if self.folder is None else _read(self._path(name))
        for claim, seeds in self._known.get(digest(name), {}).items():
            known[claim] = known.get(claim, {}) | seeds
        return known

    def put(self, name: str, claim: str, seed: int, outcome: Outcome) -> None:
        """Remembers what was measured. That nothing could be measured is not remembered."""
        if outcome.holds is None:
            return
        self._known.setdefault(digest(name), {}).setdefault(claim, {})[seed] = outcome
        if self.folder is None or self._refused:
            return
        try:
            _write(self._path(name), self.outcomes(name))
        except OSError as error:
            self._refused = True
            warnings.warn(
                f"What claims have shown is forgotten when the server ends: {self.folder} cannot "
                f"be written ({error.strerror}).",
                stacklevel=2,
            )

    def _path(self, name: str) -> Path:
        assert self.folder is not None
        return self.folder / f"{name}-{digest(name)}.claims"


@cache
def shared_memory() -> ClaimMemory:
    """What this user's servers and command lines remember together."""
    return ClaimMemory(find_folder())


@cache
def digest(name: str) -> str:
    """16 hexadecimal digits of all code that decides what the chapter's claims measure."""
    total = hashlib.sha256(json.dumps(version(name)).encode())
    for file in sorted(find(name).folder.rglob("*.py")):
        total.update(file.read_bytes())
    return total.hexdigest()[:16]


def _read(path: Path) -> Outcomes:
    """The outcomes in this file; a damaged one counts as absent, and is written anew."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        return {
            claim: {int(seed): Outcome(bool(holds), str(text)) for seed, (holds, text) in each}
            for claim, each in (
                (claim, seeds.items()) for claim, seeds in json.loads(path.read_text()).items()
            )
        }
    return {}


def _write(path: Path, outcomes: Outcomes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False) as part:
        json.dump(outcomes, part)
    os.replace(part.name, path)
