"""What people bring: every case of docs/data.md, made small, read or refused as it stands there."""

import warnings
from pathlib import Path

import pytest
from own_bags import BAGS
from own_pictures import ARRAYS, PICTURES
from own_tables import TABLES

from workbench.data import DataError, reading

DOCUMENT = Path(__file__).parents[2] / "docs" / "data.md"
CASES = {"Pictures": PICTURES, "Arrays": ARRAYS, "Tables": TABLES, "Bags": BAGS}
EVERY = [
    pytest.param(case, id=f"{kind.lower()}: {brought}")
    for kind, cases in CASES.items()
    for brought, case in cases.items()
]


@pytest.mark.parametrize("case", EVERY)
def test_what_people_bring_is_read_or_refused(case, tmp_path):
    place = case.make(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing but our own sentences is printed
        try:
            outcome, text = "read", str(*reading.check(str(place)))
        except DataError as refusal:
            outcome, text = "refused", str(refusal)
    assert case.after.startswith(outcome), text
    assert case.words and all(word in text for word in case.words), text
    if outcome == "refused":
        assert text.startswith(f"{place.name}: ") and "\n" not in text and len(text) < 320
        assert str(tmp_path) not in text and " damaged" not in text


def section():
    """The cases as the document has them."""
    lines = []
    for kind, cases in CASES.items():
        lines += [f"| {kind} | before | now |", "| --- | --- | --- |"]
        lines += [
            f"| {brought} | {case.before} | {case.after} |" for brought, case in cases.items()
        ]
        lines.append("")
    return "\n".join(lines).replace("<", "&lt;")


def test_the_document_lists_every_case():
    """`python tests/data/test_own_cases.py` prints the tables."""
    assert section() in DOCUMENT.read_text(encoding="utf-8")


if __name__ == "__main__":
    print(section())
