"""The glossary in Chromium: a definition beside its term, and a page that needs no session."""

import pytest
from focus import assert_open_to_all
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_open_to_all_and_asks_for_no_session(tab, theme):
    sockets = []
    tab.on("websocket", lambda socket: sockets.append(socket.url))
    tab.emulate_media(color_scheme=theme)
    tab.open("glossary#rate")
    expect(tab.get_by_role("heading", name="Glossary")).to_be_visible()
    expect(tab.locator("#rate")).to_be_in_viewport()
    assert_open_to_all(tab)
    assert sockets == []


def test_a_definition_stands_beside_its_term_by_keyboard_and_by_pointer(tab):
    tab.open("chapter=beta-vae&steps=100")
    code = tab.locator(".article a.term").first
    means = code.get_attribute("data-means")
    code.focus()
    expect(tab.get_by_role("tooltip")).to_have_text(means)
    assert code.get_attribute("aria-describedby") == tab.get_by_role("tooltip").get_attribute("id")
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("tooltip")).to_have_count(0)
    other = tab.locator(".article a.term").nth(1)
    other.hover()
    expect(tab.get_by_role("tooltip")).to_have_text(other.get_attribute("data-means"))
    tab.get_by_role("tooltip").hover()
    tab.wait_for_timeout(400)
    expect(tab.get_by_role("tooltip")).to_be_visible()  # it can be read with the pointer on it
    anchor = other.get_attribute("href").removeprefix("?glossary")
    other.click()
    expect(tab.get_by_role("heading", name="Glossary")).to_be_visible()
    expect(tab.locator(anchor)).to_be_in_viewport()
