"""A chapter on a telephone: pictures in a row are large enough to be read, and can be scrolled."""

import pytest
from focus import assert_open_to_all, done, focused
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
TELEPHONE = {"width": 390, "height": 844}
LEAST_DIGIT = 44  # pixels
ROW = ".main-picture > .drawn"


@pytest.mark.parametrize(
    ("query", "columns"), [("beta-vae&steps=100", 10), ("selfsup&steps=60", 10)]
)
def test_a_row_of_pictures_is_scrolled_and_not_shrunk(tab, query, columns):
    tab.set_viewport_size(TELEPHONE)
    tab.open(f"chapter={query}")
    done(tab)
    row = tab.locator(f"{ROW}[tabindex='0']")
    expect(row).to_be_visible()
    assert row.evaluate("row => row.scrollWidth") > LEAST_DIGIT * columns
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    row.focus()
    assert focused(tab) == ("group", "A row of pictures, to be scrolled")
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
    tab.wait_for_function(f"document.querySelector('{ROW}').scrollLeft > 0")
    assert_open_to_all(tab)


def test_on_a_wide_page_nothing_is_scrolled_and_no_key_is_spent_on_it(tab):
    tab.open("chapter=beta-vae&steps=100")
    done(tab)
    tab.wait_for_timeout(800)
    assert tab.locator(f"{ROW}[tabindex]").count() == 0
    assert tab.locator(ROW).evaluate("row => row.scrollWidth - row.clientWidth") <= 1
