"""A chapter, its sweep, comparison and a lab, and the instructor's page, without a mouse.

Tab, Space, Enter, Escape and arrows alone; text is typed only where text is asked for.
"""

import re

import pytest
from focus import assert_open_to_all, focused, tab_to
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def keys(tab):
    """The tab of a reader who has no mouse: a click fails the test."""
    tab.expose_function("mouseUsed", lambda: pytest.fail("a mouse was used"))
    tab.add_init_script("addEventListener('mousedown', () => mouseUsed(), true)")
    tab.press = tab.keyboard.press
    return tab


def waits_for_address(page, pattern: str) -> None:
    page.wait_for_url(re.compile(pattern))


def test_a_whole_chapter_goes_by_keyboard_alone(keys):
    keys.open("chapter=clustering&steps=20000&kind=vade&seed=41")
    expect(keys.locator(".numbers b").first).to_be_visible()
    tab_to(keys, "button", "Stop")
    keys.press("Enter")
    expect(keys.get_by_text(re.compile(r"Stopped at step \d+ of 20000"))).to_be_visible()
    tab_to(keys, "summary", "All knobs")
    keys.press("Enter")
    tab_to(keys, "button", "K-Means on pixels")  # a suggestion
    keys.press("Enter")
    waits_for_address(keys, "kind=kmeans")
    expect(keys.get_by_text("Done:")).to_be_visible()

    tab_to(keys, "combobox", "Method")
    keys.press("ArrowDown")
    waits_for_address(keys, "kind=mixture")
    keys.press("ArrowUp")
    waits_for_address(keys, "kind=kmeans")
    tab_to(keys, "slider", "Clusters K")
    keys.press("ArrowRight")
    waits_for_address(keys, "clusters=11")
    tab_to(keys, "button", "What is Clusters K?")
    keys.press("Space")
    expect(keys.locator("[popover]:popover-open")).to_contain_text("How many clusters")
    slider = keys.get_by_role("slider", name="Clusters K")
    expect(slider).to_have_accessible_description(re.compile("How many clusters"))
    keys.press("Escape")
    expect(keys.locator("[popover]:popover-open")).to_have_count(0)
    tab_to(keys, "summary", "All numbers")
    keys.press("Enter")
    expect(keys.locator(".meanings dd").first).to_be_visible()


def test_sweep_comparison_and_lab_go_by_keyboard_alone(keys):
    keys.open("chapter=clustering&kind=kmeans&features=pixels&seed=42")
    expect(keys.get_by_text("Done:")).to_be_visible()
    _sweep(keys)
    _compare(keys)
    _work_in_the_lab(keys)
    assert_open_to_all(keys)  # with a sweep, a comparison and a lab open


def _sweep(keys) -> None:
    tab_to(keys, "summary", "Sweep")
    keys.press("Enter")
    section = keys.locator("details[data-asks=sweep]")
    expect(section.get_by_role("button", name="Train the sweep")).to_be_visible()
    tab_to(keys, "combobox", "Sweep")
    for name in ("Values", "Seeds"):
        tab_to(keys, "slider", name)
        keys.press("Home")
    tab_to(keys, "button", "Train the sweep")
    keys.press("Enter")
    expect(section.get_by_text("2 of 2 runs are done")).to_be_visible()
    frame = section.get_by_role("slider", name="Frame")
    expect(frame).to_be_enabled()
    tab_to(keys, "slider", "Frame")
    keys.press("Home")
    expect(frame).to_have_attribute("aria-valuenow", "1")


def _compare(keys) -> None:
    tab_to(keys, "summary", "Compare")
    keys.press("Space")
    section = keys.locator("details[data-asks=compare]")
    expect(section.get_by_role("button", name="Pin this run")).to_be_visible()
    tab_to(keys, "button", "Pin this run")
    keys.press("Enter")
    expect(section.get_by_text("1 run is pinned.")).to_be_visible()
    tab_to(keys, "combobox", "Method")
    keys.press("ArrowDown")
    waits_for_address(keys, "kind=mixture")
    expect(keys.get_by_text("Done:")).to_be_visible()
    tab_to(keys, "button", "Pin this run")
    keys.press("Enter")
    expect(section.get_by_text("2 runs are pinned.")).to_be_visible()
    tab_to(keys, "combobox", "B")
    tab_to(keys, "slider", "Seeds")
    keys.press("Home")
    tab_to(keys, "button", "Train the pairs")
    keys.press("Enter")
    expect(section.get_by_text("4 of 4 runs are done")).to_be_visible()


def _work_in_the_lab(keys) -> None:
    tab_to(keys, "summary", "K-Means and EM")
    keys.press("Enter")
    section = keys.locator("details[data-asks=em_stepper]")
    expect(section.get_by_role("button", name="E-step")).to_be_visible()
    tab_to(keys, "combobox", "Start")
    keys.press("ArrowDown")
    tab_to(keys, "button", "E-step")
    keys.press("Enter")
    expect(section.get_by_role("button", name="M-step")).to_be_visible()
    assert focused(keys) == ("button", "M-step")  # the same button, which kept the focus
    keys.press("Enter")
    expect(section.get_by_role("button", name="E-step")).to_be_visible()


def test_the_instructors_page_goes_by_keyboard_alone(keys, server):
    keys.goto(f"{server.url}/instructor")
    assert focused(keys)[1].startswith("The instructor's password")
    keys.keyboard.type(server.password)
    keys.press("Enter")
    expect(keys.get_by_text("Open pages")).to_be_visible()
    tab_to(keys, "switch", "Pause new training")
    keys.press("Space")
    expect(keys.get_by_text("New training is paused.")).to_be_visible()
    keys.press("Space")
    expect(keys.get_by_text("New training is paused.")).to_have_count(0)
    tab_to(keys, "combobox", "Chapter")
    keys.press("ArrowDown")
    tab_to(keys, "textbox", "Knobs, or a page's address")
    keys.keyboard.type("beta=4&steps=100")
    tab_to(keys, "button", "Show to all who follow")
    keys.press("Enter")
    expect(keys.get_by_text("Shown to 0 pages")).to_be_visible()
    tab_to(keys, "combobox", "y axis")
    keys.press("ArrowDown")
    tab_to(keys, "slider", "Values")
    keys.press("Home")
    tab_to(keys, "slider", "Seeds")
    keys.press("Home")
    tab_to(keys, "button", "Train the sweep")
    keys.press("Enter")
    expect(keys.get_by_text("2 of 2 runs are done")).to_be_visible()
    assert_open_to_all(keys)
