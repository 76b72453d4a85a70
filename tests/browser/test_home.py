"""The home page in Chromium: read without scripts, dragged without requests, trained on release."""

import json
import re
from urllib.parse import parse_qs

import pytest
from focus import MOST_SHIFT, assert_open_to_all, focused, shift, tab_to
from playwright.sync_api import expect

from workbench.chapters import NAMES, PARTS, find
from workbench.view.pages.hero import BETAS

pytestmark = pytest.mark.browser
TELEPHONE = {"width": 390, "height": 844}
PLACE = "getComputedStyle(document.querySelector('.kept-map')).objectPosition"
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
DRAG = """(place) => {
    const slider = document.querySelector("#price"), start = performance.now()
    slider.value = place
    slider.dispatchEvent(new Event("input", {bubbles: true}))
    document.querySelector(".map").getBoundingClientRect()  // laid out by then
    return performance.now() - start
}"""


@pytest.fixture
def asked(tab):
    """The addresses that the tab has asked for, and the websockets that it has opened."""
    addresses = []
    tab.on("request", lambda request: addresses.append(request.url))
    tab.on("websocket", lambda socket: addresses.append(socket.url))
    return addresses


def address_of(link) -> dict[str, str]:
    return {k: v[-1] for k, v in parse_qs(link.get_attribute("href").lstrip("?")).items()}


def test_home_is_read_without_a_script(chromium, server):
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(server.page())
        for part, names in PARTS.items():
            cards = page.get_by_role("region", name=part).get_by_role("article")
            expect(cards).to_have_count(len(names))
            for card, name in zip(cards.all(), names, strict=True):
                link = card.get_by_role("link")
                assert address_of(link) == {"chapter": name}
                expect(card).to_contain_text(find(name).question)
                expect(card).to_contain_text(find(name).teaching.lead)
                picture = card.get_by_role("img").first
                expect(picture).to_be_visible()
                assert len(picture.get_attribute("aria-label")) > 20
                assert card.locator("figcaption").inner_text()
        expect(page.locator(".kept-map")).to_be_visible()
        expect(page.get_by_role("link", name="Start")).to_be_visible()


def test_home_is_one_request_and_no_websocket(tab, server, asked):
    documents = server.spy()["documents"]
    tab.open()
    expect(tab.get_by_role("article")).to_have_count(len(NAMES))
    tab.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith("data:")] == [server.page()]
    assert server.spy()["documents"] == documents
    assert shift(tab) < MOST_SHIFT


def test_dragging_looks_up_and_asks_for_nothing(tab, server, asked):
    tab.open()
    tab.wait_for_load_state("networkidle")
    asked.clear()
    shown = set()
    times = []
    for place, beta in enumerate(BETAS):
        times.append(tab.evaluate(DRAG, place))
        shown.add(tab.evaluate(PLACE))
        expect(tab.locator("output")).to_have_text(f"{beta:g}")
        expect(tab.locator(".finding")).to_contain_text(f"At beta {beta:g} the code says")
        assert address_of(tab.locator(".train"))["beta"] == f"{beta:g}"
    tab.wait_for_timeout(500)  # whatever would be late has been asked for by now
    assert len(shown) == len(BETAS) and asked == []
    print(f"a drag is laid out within {max(times):.1f} ms")


def test_letting_go_trains_a_run_of_ones_own(tab, server, asked):
    tab.open()
    price = tab.get_by_role("slider", name="The price of saying more")
    price.focus()
    price.press("End")
    expect(tab.locator(".trained")).to_have_text(re.compile("Trained just now, with seed [1-5]"))
    expect(tab.locator(".trained-map")).to_be_visible()
    assert tab.locator(".trained-map").evaluate("each => each.naturalWidth") > 50
    expect(tab.locator(".finding")).to_contain_text(f"At beta {BETAS[-1]:g} the code says nothing")
    hero = [url for url in asked if "/app/hero?" in url]
    assert hero and all(f"beta={BETAS[-1]:g}&seed=" in url for url in hero)
    price.press("Home")  # what was trained makes place at once
    expect(tab.locator(".finding")).to_contain_text(f"At beta {BETAS[0]:g} ")


def test_a_server_that_does_not_train_here_is_said(tab):
    tab.route("**/app/hero?*", lambda route: route.fulfill(body="no answer"))
    tab.open()
    tab.get_by_role("slider").press("ArrowRight")
    expect(tab.locator(".trained")).to_contain_text("this is the kept map of seed 0")


@pytest.mark.parametrize("theme", ["default", "dark"])
def test_home_is_open_to_all_in_both_themes(tab, theme):
    tab.open(f"theme={theme}")
    assert_open_to_all(tab)
    tab.locator(".menu summary").click()
    expect(tab.locator(".chapters")).to_be_visible()
    assert_open_to_all(tab)
    assert shift(tab) < MOST_SHIFT


def test_the_theme_changes_without_a_request_and_stays(tab, asked):
    tab.open()
    asked.clear()
    tab.get_by_role("button", name="Dark").click()
    expect(tab.get_by_role("button", name="Light")).to_be_visible()
    assert asked == []
    assert "dark" in tab.locator("html").get_attribute("class")
    tab.reload()
    expect(tab.get_by_role("button", name="Light")).to_be_visible()


def test_keyboard_alone_opens_the_menu_and_a_chapter(tab):
    tab.set_viewport_size(TELEPHONE)
    tab.open()
    assert tab.evaluate(OVERFLOW) <= 0
    assert tab.locator(".top").bounding_box()["height"] < 60  # one line
    tab.keyboard.press("Tab")
    assert focused(tab) == ("link", "Skip to the content")
    tab_to(tab, "summary", "Chapters")
    tab.keyboard.press("Enter")
    expect(tab.locator(".chapters a")).to_have_count(len(NAMES) + 1)  # and the glossary
    tab.keyboard.press("Escape")
    expect(tab.locator(".chapters")).to_be_hidden()
    assert focused(tab)[0] == "summary"
    tab.keyboard.press("Enter")
    tab_to(tab, "link", "2. VAE")
    box = tab.locator(".chapters").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= TELEPHONE["width"]
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text(find("beta-vae").title)


def test_dots_show_what_the_ledger_of_this_browser_holds(tab):
    first, later, *_ = (task.id for task in find("beta-vae").teaching.tasks)
    entries = [
        {"kind": "predict", "task": f"beta-vae/{first}", "at": "2026-01-01T00:00:00Z"},
        {"kind": "attempt", "task": f"beta-vae/{later}", "passed": False},
        {"kind": "predict", "task": "no-chapter/none"},
    ]
    kept = json.dumps(json.dumps({"version": 1, "entries": entries}))
    tab.add_init_script(f"localStorage.setItem('workbench-ledger', {kept})")
    tab.open()
    card = tab.get_by_role("article").filter(has_text="VAE and beta-VAE")
    count = len(find("beta-vae").teaching.tasks)
    expect(card.locator(".count")).to_have_text(f"1 of {count} tasks done")
    assert card.locator(".dots .answered").count() == 1
    assert card.locator(".dots .tried").count() == 1
    tab.evaluate("localStorage.setItem('workbench-ledger', '{')")  # what nobody can read
    tab.reload()
    expect(card).to_be_visible()


def test_a_wrong_address_is_said_on_the_home_page(tab):
    tab.open("chapter=beta-vea&beta=2")
    expect(tab.get_by_role("alert")).to_contain_text("Did you mean beta-vae?")
    tab.open("chapter=<img src=x onerror=alert(1)>")
    expect(tab.get_by_role("alert")).to_contain_text("<img src=x")
    tab.open("design=")
    expect(tab.get_by_role("alert")).to_contain_text("in development only")


def test_on_paper_pictures_are_whole_and_controls_are_gone(tab):
    tab.open()
    tab.emulate_media(media="print")
    expect(tab.get_by_role("slider")).to_be_hidden()
    expect(tab.locator(".menu")).to_be_hidden()
    expect(tab.locator(".kept-map")).to_be_visible()
    whole = "each => getComputedStyle(each).breakInside"
    assert tab.locator(".chapter-card").first.evaluate(whole) == "avoid"
