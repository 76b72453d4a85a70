"""The glossary: each term is defined once, by terms above it, and used; no acronym is left out."""

import re
import sys
from pathlib import Path

import jupytext
import pytest

from workbench.chapters import NAMES, find
from workbench.core.glossary import ALL, PATH, first_uses, glossary
from workbench.view.page import prose

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
sys.path.insert(0, str(NOTEBOOKS))

import terms  # noqa: E402

TERMS = glossary()
# acronyms that a chapter's text explains where it uses them: methods, data sets, variants
EXPLAINED = set(
    "RAD DEC DAC CEAL LC MS EN FUSION AL SOFT_MS AL_RAND AL_ALL TCAL MNIST R1 UTF-8 LSTM".split()
)
EXPLAINED |= set("NMI ML PPMI".split())
ACRONYM = re.compile(r"(?<![\w-])[A-Z]{2,}[\w-]*\b")
ROMAN = re.compile(r"[IVX]+")


def texts_of(name: str) -> list[str]:
    """All that the page of a chapter leads to the glossary from."""
    chapter = find(name)
    return [chapter.doc, chapter.outcomes, *(task.know for task in chapter.teaching.tasks)]


def in_notebook(path: Path) -> set:
    """The terms that a notebook's text uses."""
    cells = [c.source for c in jupytext.read(path).cells if c.cell_type == "markdown"]
    return {term for each in cells for _, term in first_uses(each, terms.chapter_of(path.stem))}


def test_there_are_some_eighty_and_more_each_defined_once():
    assert len(TERMS) >= 80
    assert PATH.read_text().count("\n### ") == len(TERMS)  # every entry was read
    words = [word for term in TERMS for word in (term.name, *term.also)]
    assert sorted(words) == sorted(set(words))
    assert len({term.anchor for term in TERMS}) == len(TERMS)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_a_definition_is_short_and_plain(term):
    assert 3 <= len(term.meaning.split()) <= 45
    assert term.meaning.endswith(".") and not re.search(r"[$*`\[]", term.meaning)
    assert set(term.chapters) <= set(NAMES)


def test_a_definition_needs_only_terms_above_it():
    """So no two definitions need each other, on however long a way."""
    place = {term: i for i, term in enumerate(TERMS)}
    needs = {term: [other for _, other in first_uses(term.meaning, ALL)] for term in TERMS}
    late = [(t.name, other.name) for t in TERMS for other in needs[t] if place[other] > place[t]]
    assert late == []


def test_every_term_is_used_by_a_page_a_notebook_or_a_definition_that_is():
    used = {
        term for name in NAMES for text in texts_of(name) for term in prose.terms_of(text, name)
    }
    readings = {name: " ".join(find(name).reading.values()) for name in NAMES}
    used |= {term for name, text in readings.items() for _, term in first_uses(text, name)}
    used |= {term for path in NOTEBOOKS.glob("text/*.py") for term in in_notebook(path)}
    for term in reversed(TERMS):  # a definition needs those above it
        if term in used:
            used |= {other for _, other in first_uses(term.meaning, ALL)}
    assert [term.name for term in TERMS if term not in used] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_acronym_is_defined_or_explained_by_its_chapter(name):
    words = re.sub(r"\$\$.*?\$\$|\$.*?\$|`.*?`", " ", "\n".join(texts_of(name)), flags=re.DOTALL)
    defined = {word for term in TERMS for word in (term.name, *term.also)}
    left = set(ACRONYM.findall(words)) - defined - EXPLAINED
    assert {word for word in left if not ROMAN.fullmatch(word)} == set()


def test_the_longer_of_two_terms_counts_and_a_word_may_mean_something_else():
    found = [(m[0], term.name) for m, term in first_uses("A linear\nclassifier, Losses.", "mil")]
    assert found == [("linear\nclassifier", "linear classifier"), ("Losses", "loss")]
    assert list(first_uses("the authors' code, max-pooling, a decode", "autoencoder")) == []
    assert [term.name for _, term in first_uses("a code", "autoencoder")] == ["code"]
    assert list(first_uses("a code, a pool", "rad")) == []  # meant otherwise there
