"""WCAG 2.2 AA: axe over every kind of page in both themes, speech, tables, zoom and motion.

Home is asked in test_home.py, and each chapter's page as it opens in test_page.py, light on a desk
and dark on a telephone.
"""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from focus import assert_open_to_all, done, pass_through
from playwright.sync_api import expect

from workbench import server as pages
from workbench.chapters import NAMES, find
from workbench.results.picture_table import in_words
from workbench.running.players import play
from workbench.view import labs
from workbench.view.page.gallery import drawn, names_of
from workbench.view.page.scene import first_names
from workbench.view.pages.design import design_page

pytestmark = pytest.mark.browser
themes = pytest.mark.parametrize("theme", ["light", "dark"])
# what is asked of a large page in one theme always, and of the other among what takes long
mostly_dark = pytest.mark.parametrize(
    "theme", ["dark", pytest.param("light", marks=pytest.mark.slow)]
)
QUICK = {"chapter": "beta-vae", "steps": 100}
# 1440 pixels at 200 %
ZOOMED = {"width": 720, "height": 450}


def query(**knobs) -> str:
    return urlencode(QUICK | knobs)


@themes
def test_log_in_and_full_room_are_open_to_all(tab, server, theme):
    tab.emulate_media(color_scheme=theme)
    tab.goto(f"{server.url}/instructor")  # for an origin, which has a storage
    folder = Path(pages.__file__).parent
    for name in ("login.html", "full.html"):
        html = (folder / name).read_text().replace('http-equiv="refresh"', "")
        tab.set_content(html.replace("{% if errormessage %}", "").replace("{% endif %}", ""))
        assert_open_to_all(tab)


@themes
def test_the_page_of_components_is_open_to_all(tab, server, theme):
    tab.emulate_media(color_scheme=theme)
    tab.goto(f"{server.url}/instructor")
    tab.set_content(design_page(theme == "dark"))
    expect(tab.get_by_role("heading", name="Components")).to_be_visible()
    assert_open_to_all(tab)


def test_the_instructors_dark_page_is_open_to_all(tab, server):
    tab.goto(f"{server.url}/instructor")
    assert_open_to_all(tab)  # the question for the password
    tab.keyboard.type(server.password)
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("Open pages")).to_be_visible()
    with tab.expect_navigation():
        tab.get_by_role("button", name="Dark").click()
    expect(tab.get_by_text("Open pages")).to_be_visible()
    assert_open_to_all(tab)


OPEN = """document.querySelectorAll("main details:not([hidden])").forEach((each) => {
    each.open = true
})"""


def open_all(page) -> None:
    """Opens every section and menu that the page has, with the labs in them."""
    page.evaluate(OPEN)
    for place in page.locator("[data-asks]").all():
        expect(place.locator("button, select, input").first).to_be_visible()


@mostly_dark
def test_a_task_is_open_to_all_before_and_after_its_reveal(tab, theme):
    tab.emulate_media(color_scheme=theme)
    tab.open(urlencode({"chapter": "beta-vae", "task": "silent"}))
    expect(tab.locator(".ask")).not_to_contain_text("…")
    assert_open_to_all(tab)
    tab.get_by_role("button", name="Skip").click()
    expect(tab.locator(".reveal .seed-values")).to_contain_text("seeds", ignore_case=True)
    assert_open_to_all(tab)


@mostly_dark
def test_a_page_with_everything_open_is_open_to_all(tab, theme):
    """Also while a claim is tested and a sweep trains."""
    tab.emulate_media(color_scheme=theme)
    tab.open(query(chapter="clustering", kind="kmeans", features="pixels", steps=100))
    done(tab)
    open_all(tab)
    sweep = tab.locator("details[data-asks=sweep]")
    sweep.get_by_role("button", name="Train the sweep").click()
    tab.locator("[data-claim=vade-keeps]").get_by_role("button").click()
    expect(tab.locator("[data-claim=vade-keeps]").get_by_role("button")).to_have_text("Stop")
    expect(sweep.get_by_role("progressbar")).to_be_visible()
    assert_open_to_all(tab)
    tab.locator("[data-claim=vade-keeps]").get_by_role("button").click()
    if sweep.get_by_role("button", name="Stop").count():
        sweep.get_by_role("button", name="Stop").click()


@pytest.mark.slow
@themes
@pytest.mark.parametrize("name", NAMES)
def test_every_chapter_with_all_its_sections_is_open_to_all(tab, name, theme):
    steps = int(find(name).Settings.knobs()["steps"].low)
    tab.emulate_media(color_scheme=theme)
    tab.open(query(chapter=name, steps=steps))
    done(tab)
    open_all(tab)
    assert tab.locator("[data-asks]").count() >= 2 + len(labs.find(name))
    assert_open_to_all(tab)


SPOKEN = """
window.spoken = []
addEventListener("DOMContentLoaded", () => {
  const voice = document.getElementById("speech")
  if (voice) new MutationObserver(() => {
    if (voice.textContent) spoken.push([performance.now(), voice.textContent])
  }).observe(voice, {childList: true, characterData: true, subtree: true})
})
"""


def test_the_page_says_when_a_run_ends_and_never_more_than_once_in_five_seconds(tab):
    tab.add_init_script(SPOKEN)
    tab.open(query(steps=20000, seed=71))
    expect(tab.locator("#numbers b").first).to_be_visible()
    tab.wait_for_timeout(1000)
    assert tab.evaluate("spoken") == []  # of a run that trains, nothing
    assert (
        tab.locator("#finding, .note, #numbers, #status")
        .and_(tab.locator("[role=status], [aria-live]"))
        .count()
        == 0
    )
    tab.get_by_role("button", name="Stop").click()
    tab.wait_for_function("spoken.length == 1")
    tab.evaluate("for (const each of ['one', 'two', 'three']) speak(each)")
    tab.wait_for_function("spoken.length == 2")
    tab.evaluate("speak('three')")  # said again, it is heard again
    tab.wait_for_function("spoken.length == 3")
    times, words = zip(*tab.evaluate("spoken"), strict=True)
    assert words[0].startswith("Stopped at step") and words[1:] == ("three", "three")
    # the observer of a busy browser hears some of them late, and then the next seems early
    assert all(after - before >= 4500 for before, after in zip(times, times[1:], strict=False))


def test_what_a_run_ends_with_and_a_refused_value_are_said(tab):
    tab.add_init_script(SPOKEN)
    tab.open(query(beta=99))
    done(tab)
    tab.wait_for_function("spoken.some(([, words]) => words.includes('Done after 100 steps.'))")
    words = tab.locator("#speech").inner_text()
    assert "beta must be a number from 0 to 16" in words
    assert tab.locator("#finding").inner_text() in words


ROWS = """(rows) => [...(rows.shadowRoot || rows).querySelectorAll("tr")].map(
    (row) => [...row.children].map((cell) => cell.textContent))"""


def test_each_picture_has_a_table_of_its_numbers(tab):
    tab.open(query(seed=72))
    done(tab)
    frames = list(play("beta-vae", "cpu", steps=100, seed=72))
    known = names_of(find("beta-vae"), frames)
    pictures = drawn({name: known[name] for name in first_names(find("beta-vae"), known)}, frames)
    assert tab.locator(".rows table").count() == 0  # nothing is sent before it is asked for
    for place, picture in enumerate(pictures.values()):
        table = tab.locator(f"[data-table='{place}']")
        table.locator("summary").click()
        expect(table.locator("caption")).to_have_text(picture.title)
        columns, rows = in_words(picture)
        assert table.evaluate(ROWS) == [list(columns), *map(list, rows)]
    tab.locator(".all-pictures > summary").click()
    button = tab.get_by_role("button", name="Numbers of").first
    button.click()
    region = tab.get_by_role("region", name="Numbers", exact=True)
    title = button.get_attribute("aria-label").removeprefix("Numbers of ")
    expect(region.locator("caption")).to_have_text(title)
    (picture,) = (each for each in drawn(known, frames).values() if each.title == title)
    assert region.evaluate(ROWS)[1:] == [list(row) for row in in_words(picture)[1]]
    button.click()
    expect(region).to_have_count(0)


CUT = """[...document.querySelectorAll("main *")].filter((each) => {
    const style = getComputedStyle(each)
    const cuts = style.overflowX === "hidden" && each.scrollWidth > each.clientWidth + 1
    const shown = each.checkVisibility() && each.clientWidth > 1
    return shown && cuts && each.textContent.trim() && !each.closest("svg")
}).map((each) => each.className || each.tagName)"""


def test_at_200_percent_nothing_is_lost_covered_or_scrolled_sideways(tab):
    tab.open(query(chapter="clustering", kind="kmeans", features="pixels", steps=100, seed=73))
    done(tab)
    open_all(tab)
    expect(tab.locator("[data-table='0'] table")).to_be_visible()
    wide = pass_through(tab)
    assert wide[0].startswith("Skip") and "Numbers of picture 1" in wide
    tab.set_viewport_size(ZOOMED)
    tab.wait_for_timeout(300)
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert tab.evaluate(CUT) == []
    assert_open_to_all(tab)
    assert pass_through(tab) == wide
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")  # the skip link
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.querySelector('main').contains(document.activeElement)")


MOVES = """() => {
    const all = (root) => [...root.querySelectorAll("*")].flatMap(
        (each) => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])])
    const moving = (each) => {
        const style = getComputedStyle(each)
        const long = (time) => time.split(",").some((part) => parseFloat(part) > 0)
        return each.getAnimations().length
            || (style.animationName !== "none" && long(style.animationDuration))
            || (style.transitionProperty !== "none" && long(style.transitionDuration))
    }
    return all(document).filter(moving).map((each) => `${each.tagName} ${each.className}`)
}"""


def test_who_wants_less_motion_gets_none(tab):
    tab.emulate_media(reduced_motion="reduce")
    tab.open(query(seed=74))
    done(tab)
    assert tab.evaluate(MOVES) == []
