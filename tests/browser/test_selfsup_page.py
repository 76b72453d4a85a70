"""The page of chapter 4 and its lab, in headless Chromium."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_page_trains_and_its_lab_counts_solved_puzzles(tab):
    tab.open("chapter=selfsup&kind=rotation&steps=60")
    expect(tab.get_by_text("Probe accuracy").first).to_be_visible()
    tab.locator("summary", has_text="A puzzle solved by its edges").click()
    said = tab.get_by_role("status").filter(has_text="Comparing edges solves")
    expect(said).to_be_visible()
