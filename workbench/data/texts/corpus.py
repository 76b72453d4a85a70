"""A corpus as a value: which word stands where, as whole numbers."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.data.imageset import DataError
from workbench.data.report import LeftOut, Report
from workbench.data.stamp import digest

WORD = re.compile(r"[^\W\d_]+")  # letters of any alphabet
FEWEST_TOKENS, FEWEST_WORDS = 2000, 20
RAREST = 5  # a word that occurs less often is left out
COMMONEST = 10  # words that a report names


@dataclass(frozen=True, eq=False, kw_only=True)
class Corpus:
    """Texts as numbers: tokens [n] int32 say which of `words` stands there, commonest word first,
    and text [n] int32 in which text that is; no word has company in another text.

    groups: words that belong together, by what they have in common, where somebody has listed them.
    """

    name: str
    title: str
    source: str
    words: tuple[str, ...]
    tokens: NDArray
    text: NDArray
    counts: NDArray
    left_out: tuple[LeftOut, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self):
        for numbers in (self.tokens, self.text, self.counts):
            numbers.setflags(write=False)

    def limited(self, most: int) -> Corpus:
        """The same corpus with the commonest `most` words alone; the others leave no gap."""
        if most >= len(self.words):
            return self
        stay = self.tokens < most
        fields = vars(self) | dict(
            words=self.words[:most],
            tokens=self.tokens[stay],
            text=self.text[stay],
            counts=self.counts[:most],
        )
        return Corpus(**fields)

    def describe(self) -> Report:
        """How it was read."""
        common = ", ".join(self.words[:COMMONEST])
        texts = int(self.text[-1]) + 1
        size = f"{len(self.tokens)} words in {texts} text{'s' * (texts > 1)}"
        return Report(
            name=self.name,
            kind="text",
            source=self.source,
            size=f"{size}, {len(self.words)} different",
            label="none: company is all there is",
            scaling=f"words are runs of letters, in small letters; commonest: {common}",
            left_out=self.left_out,
            fingerprint=digest((self.tokens, self.text), self.words),
        )


def make_corpus(
    name: str,
    title: str,
    source: str,
    texts: Iterable[Sequence[str]],
    groups: Mapping[str, tuple[str, ...]] | None = None,
    left_out: Sequence[LeftOut] = (),
) -> Corpus:
    """The corpus of these texts, each a list of words. Raises DataError when it is too short."""
    known: dict[str, int] = {}
    numbers, lengths = array("i"), []
    for words in texts:
        numbers.extend(known.setdefault(word, len(known)) for word in words)
        lengths.append(len(words))
    found, text = np.array(numbers, np.int32), np.repeat(np.arange(len(lengths)), lengths)
    counts = np.bincount(found, minlength=len(known))
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] >= RAREST]
    _check(len(found), len(order))
    place = np.full(len(known), -1, np.int32)
    place[order] = np.arange(len(order))
    tokens, names = place[found], list(known)
    stay = tokens >= 0
    rare = LeftOut(int((~stay).sum()), "word", f"each occurs less than {RAREST} times")
    return Corpus(
        name=name,
        title=title,
        source=source,
        words=tuple(names[i] for i in order),
        tokens=tokens[stay],
        text=text[stay].astype(np.int32),
        counts=counts[order],
        left_out=(*left_out, *[rare] * (rare.count > 0)),
        groups=groups or {},
    )


def _check(tokens: int, words: int) -> None:
    if tokens < FEWEST_TOKENS:
        raise DataError(f"it has {tokens} words: give at least {FEWEST_TOKENS}")
    if words < FEWEST_WORDS:
        raise DataError(
            f"it has {words} different words that occur {RAREST} times: give a text with at least "
            f"{FEWEST_WORDS}"
        )


def words_of(text: str) -> list[str]:
    """The words of a text: runs of letters, in small letters."""
    return WORD.findall(text.lower())
