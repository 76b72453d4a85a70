"""A sentence that says how our runs come out names the claim, or the table, that measures it."""

import re
from pathlib import Path

import pytest

from workbench.chapters import NAMES, find

ROOT = Path(__file__).parents[2]
TEXTS = sorted((ROOT / "docs/results/text").glob("*.md"))
# words that compare runs, or tell where a number goes
TREND = re.compile(
    r"\b(better|worse|more|less|fewer|higher|lower|larger|smaller|above|below|ahead|behind|hardly|"
    r"nothing|(?:beat|win|lose|gain|cost|fall|rise|grow|shrink|help|fade|improve|drop)s?)\b",
    re.IGNORECASE,
)
CODE = re.compile(r"`([^`]+)`")
NAMED = re.compile(r"\bclaims?\s+((?:`[\w-]+`(?:,\s+|\s+and\s+)?)+)")
YEAR = re.compile(r"\b(19|20)\d\d\b")  # of a paper
STUDY = "workbench reproduce "
# what a section of a page of results may name in place of a claim
MEASURED = re.compile(r"<!-- table: |\btables?\b|`(?:workbench|python) |ledger\.md")


def ids_of(name: str) -> set[str]:
    """The claims of a chapter; those of all chapters for a page that belongs to none."""
    names = [name] if name in NAMES else NAMES
    return {claim.id for each in names for claim in find(each).claims}


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?=[A-Z*\"$])", " ".join(text.split()))


def unmeasured(paragraph: str, ids: set[str]) -> list[str]:
    """The sentences of a paragraph that assert a trend, and name nothing that measures it."""
    if STUDY in paragraph:
        return []
    found = [each for each in sentences(paragraph) if TREND.search(each)]
    return [each for each in found if not (ids & {*CODE.findall(each)} or YEAR.search(each))]


@pytest.mark.parametrize("name", NAMES)
def test_what_comes_out_is_measured_by_a_claim(name):
    paragraphs = find(name).outcomes.split("\n\n")
    assert [each for text in paragraphs for each in unmeasured(text, ids_of(name))] == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_section_of_results_has_a_table_or_names_a_claim(path):
    sections = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    ids = ids_of(path.stem)
    bare = [text for text in sections if not (ids & {*CODE.findall(text)} or MEASURED.search(text))]
    assert [text.partition("\n")[0] for text in bare if TREND.search(text)] == []


def texts_with_claims() -> list[tuple[str, str]]:
    """(chapter, text) of every page, page of results and notebook."""
    pages = [(name, (find(name).folder / "page.md").read_text("utf-8")) for name in NAMES]
    results = [(path.stem, path.read_text("utf-8")) for path in TEXTS]
    numbers = {find(name).number: name for name in NAMES}
    notebooks = [
        (
            numbers.get(int(path.stem[:2]), ""),
            re.sub(r"^# ?", "", path.read_text("utf-8"), flags=re.M),
        )
        for path in sorted((ROOT / "notebooks/text").glob("*.py"))
    ]
    return [*pages, *results, *notebooks]


def test_every_claim_that_a_text_names_is_one():
    named = [
        (name, claim)
        for name, text in texts_with_claims()
        for group in NAMED.findall(text)
        for claim in CODE.findall(group)
    ]
    assert len(named) > 100
    assert [(name, claim) for name, claim in named if claim not in ids_of(name)] == []


def test_a_sentence_without_its_claim_is_found():
    assert unmeasured("Depth helps. It is a matter of taste.", {"depth"}) == ["Depth helps."]
    assert (
        unmeasured("Depth helps (`depth`). So it does in Ho 2020, who gain more.", {"depth"}) == []
    )
    assert unmeasured("Depth helps (`dept`).", {"depth"}) == ["Depth helps (`dept`)."]
    assert unmeasured("Depth helps: `workbench reproduce depth` shows it.", set()) == []
