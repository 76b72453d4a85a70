"""The glossary: the words of the field, each defined once, and where a text uses them.

`glossary.md` says of itself how it is written. Page, notebook and site mark the first use of a term
in a text and lead from there to its definition.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("glossary.md")
# words that look like a term and mean something else
OTHERWISE = (
    *("authors' code", "popular code", "source code", "OpenAI's code", "code repository"),
    *("for instance", "instance noise", "reconstruction form", "class means"),
)
ALL = "*"  # as a chapter: all terms are meant as they are defined
_ENTRY = re.compile(r"^### (.+)\n\n([^#]+)", re.MULTILINE)
_NOTE = re.compile(r"^\*(?:Also: (.+?)\.)? ?(?:In: (.+?)\.)?\*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Term:
    """A word of the field: its name, other words for it, and its definition.

    chapters: the only ones in which the word means this; none where it means this everywhere.
    """

    name: str
    also: tuple[str, ...]
    meaning: str
    chapters: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """Its place in the glossary, as GitHub names the headings of `glossary.md`."""
        return self.name.lower().replace(" ", "-")


@cache
def glossary() -> tuple[Term, ...]:
    """All terms, in the order in which they are defined."""
    entries = _ENTRY.findall(PATH.read_text(encoding="utf-8"))
    return tuple(_read(name, body) for name, body in entries)


def _read(name: str, body: str) -> Term:
    note = _NOTE.search(body)
    also, chapters = (_listed(part or "") for part in note.groups()) if note else ((), ())
    return Term(name, also, " ".join(_NOTE.sub("", body).split()), chapters)


def _listed(words: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in words.split(",") if word)


def first_uses(text: str, chapter: str) -> Iterator[tuple[re.Match, Term]]:
    """Where a text of this chapter uses each of its terms first.

    Words may stand in two lines and in the plural, and begin with a capital. Of two terms that
    begin together the longer counts.
    """
    seen: set[Term] = set()
    pattern, terms = _words_of(chapter)
    for match in pattern.finditer(text):
        term = terms[int(str(match.lastgroup)[1:])]
        if term is not None and term not in seen:
            seen.add(term)
            yield match, term


@cache
def _words_of(chapter: str) -> tuple[re.Pattern, tuple[Term | None, ...]]:
    """A pattern whose groups w0, w1, ... are words, and the term of each; None for none."""
    words: dict[str, Term | None] = dict.fromkeys(OTHERWISE)
    for term in glossary():
        if not term.chapters or chapter in (*term.chapters, ALL):
            words |= dict.fromkeys((term.name, *term.also), term)
    longest = sorted(words, key=len, reverse=True)
    groups = "|".join(f"(?P<w{i}>{_written(word)})" for i, word in enumerate(longest))
    pattern = re.compile(rf"(?<![\w-])(?:{groups})(?![\w-])")
    return pattern, tuple(words[word] for word in longest)


def _written(word: str) -> str:
    """A word as a pattern. An acronym is written as it is."""
    first = word[0]
    either = f"[{first.upper()}{first}]" if first.islower() else re.escape(first)
    return either + r"\s+".join(map(re.escape, word[1:].split(" "))) + "(?:s|es)?"
