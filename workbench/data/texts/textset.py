"""Texts as a value, and what every text goes through."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONGEST_TEXT = 2000  # characters that are kept of a text
MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")


@dataclass(frozen=True, eq=False, kw_only=True)
class TextSet:
    """Texts with a class each: `texts` n strings as they were written, y [n] int64 the index into
    `classes`. `part` [n] numbers the sources, named in `parts`, of which one can be left out for
    testing; without sources there is one. `source` is one line with origin and licence.
    `notes` are sentences on how the file was read.
    """

    name: str
    title: str
    source: str
    texts: tuple[str, ...]
    y: NDArray
    classes: tuple[str, ...]
    part: NDArray
    parts: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self):
        for array in (self.y, self.part):
            array.setflags(write=False)

    def fingerprint(self) -> str:
        """12 hexadecimal digits (sha256) that change with the texts and their classes."""
        total = hashlib.sha256("\0".join(self.texts).encode(errors="replace"))
        total.update(np.ascontiguousarray(self.y))
        return total.hexdigest()[:12]


def plain_text(raw: str) -> str:
    """The text without markup, entities and invisible letters, in one line of limited length."""
    text = html.unescape(MARKUP.sub(" ", raw[: 4 * LONGEST_TEXT]))
    text = "".join(c if c.isprintable() else " " for c in text.replace("\ufeff", ""))
    return " ".join(text.split())[:LONGEST_TEXT]
