"""The page of chapter 4 and its lab, in headless Chromium."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PATIENT = 120_000  # ms


def test_edges_solve_fewer_puzzles_behind_closed_doors(tab):
    tab.open("chapter=selfsup&kind=rotation&steps=60")
    expect(tab.get_by_text("Probe accuracy").first).to_be_visible(timeout=PATIENT)
    tab.locator("summary", has_text="A puzzle solved by its edges").click()
    said = tab.get_by_role("status").filter(has_text="Comparing edges solves")
    expect(said).to_be_visible(timeout=PATIENT)
    before = said.inner_text()
    tab.get_by_label("Tiles are").click()
    tab.get_by_role("option", name="Both").click()
    expect(said).not_to_have_text(before, timeout=PATIENT)

    def share(text):
        return int(text.split("solves ")[1].split("%")[0])

    assert share(said.inner_text()) < share(before) / 2
