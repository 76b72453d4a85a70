"""What reading a data set assumed, as a value: for the command line, the page and JSON alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

EXAMPLES = 10  # pictures to look at
NAMES_LISTED = 12  # columns or classes that a sentence lists by name


class LeftOut(NamedTuple):
    """So many things that a file or folder holds and the set does not, and why.

    what: in the singular, its noun first.
    """

    count: int
    what: str
    why: str

    def __str__(self) -> str:
        noun, *rest = self.what.split(" ", 1)
        return f"{' '.join([str(self.count), noun + 's' * (self.count > 1), *rest])}: {self.why}"


@dataclass(frozen=True, eq=False, kw_only=True)
class Report:
    """How a set was read. Sentences are for a reader; numbers are those that were measured.

    kind: "pictures", "table", "bags" or "stream". size: how many there are and of what shape.
    label: what became the label, and why. columns: the names of the inputs, where they have names.
    scaling: how the values came into the range that is trained on. low, high: the smallest and
    the largest value in the file. classes: how many items each class has. left_out: what is in the
    file and not in the set. notes: what else was assumed, and what a reader should look at.
    pictures: some of them, uint8 [n, height, width] or [n, height, width, 3].
    """

    name: str
    kind: str
    source: str = ""
    size: str = ""
    label: str = ""
    columns: tuple[str, ...] = ()
    scaling: str = ""
    low: float | None = None
    high: float | None = None
    classes: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    fingerprint: str = ""
    pictures: NDArray | None = None

    def extended(self, notes: Sequence[str] = (), **fields: Any) -> Report:
        """The same report with further notes and other fields."""
        return replace(self, notes=(*self.notes, *notes), **fields)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know before training: what was left out, and the notes."""
        return (*(f"Left out: {each}." for each in self.left_out), *self.notes)

    def lines(self) -> list[tuple[str, str]]:
        """(heading, sentence) in the order in which to read them; what is empty is not listed."""
        entries = [
            ("Kind", self.kind),
            ("Size", self.size),
            ("Source", self.source),
            ("Label", self.label),
            ("Classes", listed([f"{name} ({count})" for name, count in self.classes.items()])),
            ("Inputs", self._inputs()),
            ("Values", self._values()),
            ("Left out", "; ".join(map(str, self.left_out)) or "nothing"),
            *(("Note", note) for note in self.notes),
            ("Fingerprint", self.fingerprint),
        ]
        return [(heading, _printable(sentence)) for heading, sentence in entries if sentence]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; the pictures are left out."""
        plain = {name: value for name, value in vars(self).items() if name != "pictures"}
        return plain | {
            "columns": list(self.columns),
            "classes": dict(self.classes),
            "left_out": [each._asdict() for each in self.left_out],
            "notes": list(self.notes),
        }

    def _inputs(self) -> str:
        count = len(self.columns)
        return f"{count} column{'s' * (count > 1)}: {listed(self.columns)}" if count else ""

    def _values(self) -> str:
        if self.low is None or self.high is None:
            return self.scaling
        return f"from {self.low:g} to {self.high:g}; {self.scaling}"

    def __str__(self) -> str:
        width = max(len(heading) for heading, _ in self.lines())
        body = [f"  {head:<{width}}  {text}" for head, text in self.lines() if head != "Size"]
        kinds = f"{len(self.classes)} classes" if self.classes else "no labels"
        return "\n".join([f"{self.name}: {self.size}, {kinds}", *body])


def _printable(text: str) -> str:
    """The text without the bytes of a file's name that are no UTF-8."""
    return text.encode(errors="replace").decode()


def listed(words: Sequence[str]) -> str:
    """The words with commas, and how many more there are."""
    more = len(words) - NAMES_LISTED
    return ", ".join(words[:NAMES_LISTED]) + (f" and {more} more" if more > 0 else "")


def count_classes(y: NDArray | None, classes: Sequence[str]) -> dict[str, int]:
    """How many items of y [n], which are indices, each class has."""
    if y is None:
        return {}
    counts = np.bincount(y, minlength=len(classes)).tolist()
    return dict(zip(classes, counts, strict=True))


def choose_pictures(pictures: NDArray, y: NDArray | None = None) -> NDArray:
    """At most EXAMPLES of pictures [n, ...] in [0, 1] as uint8, one of each class first."""
    rows = np.arange(len(pictures))
    if y is not None:
        first = np.unique(y, return_index=True)[1]
        rows = np.concatenate([first, np.setdiff1d(rows, first)])
    return np.rint(255 * pictures[rows[:EXAMPLES]]).astype(np.uint8)
