"""How a set was read, on a page: with the keyboard alone, and for the set that is chosen."""

from urllib.parse import urlencode

import own_files as own
import pytest
from focus import play_freely
from playwright.sync_api import expect
from served import serving


@pytest.fixture
def page(tmp_path, chromium):
    """A tab on a server whose data folder has strokes on a transparent ground."""
    own.save_classes(tmp_path / "strokes", own.stroke("RGBA", (0, 0, 0, 0), (0, 0, 0, 255)))
    with serving(tmp_path / "log.txt", WORKBENCH_DATA=str(tmp_path)) as server:
        page = chromium.new_page()
        query = {"chapter": "autoencoder", "data": "strokes", "steps": 100}
        page.goto(server.page(urlencode(query)))
        yield page
        page.close()


def test_the_report_opens_by_keyboard_below_the_menu(page):
    summary = page.locator("summary", has_text="How this set was read (1 to look at)")
    play_freely(page)
    expect(summary).to_be_visible()
    label = page.get_by_text("the name of a picture's folder")
    expect(label).to_be_hidden()
    for _ in range(80):  # from the page's beginning, as a reader without a mouse comes
        page.keyboard.press("Tab")
        if summary.evaluate("each => each === each.getRootNode().activeElement"):
            break
    page.keyboard.press("Enter")
    expect(label).to_be_visible()
    expect(page.get_by_text("Laid on white, as what is drawn is dark")).to_be_visible()
    shown = page.get_by_role("img", name="10 pictures of strokes").locator("img")
    sides = shown.evaluate_all("all => all.map(each => [each.clientWidth, each.naturalWidth])")
    assert sides == [[32, 32]] * 10
