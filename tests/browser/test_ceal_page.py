"""A reader is the oracle of CEAL's page: by key and by click, across a reload."""

import re

import pytest
from playwright.sync_api import expect

from workbench.chapters import find

pytestmark = pytest.mark.browser


def opened(tab):
    """The lab's section, opened and with its first question."""
    tab.get_by_text("You are the oracle", exact=True).click()
    expect(tab.get_by_text(re.compile(r"question \d+ of 10"))).to_be_visible()


def at(tab, where):
    expect(tab.get_by_text(where).first).to_be_visible()


def test_labelling_survives_a_reload_and_ends_with_a_verdict(tab):
    tab.open("chapter=ceal&seeds=1")
    opened(tab)
    at(tab, "Round 1 of 5, question 1 of 10")
    tab.keyboard.type("12s")
    at(tab, "Round 1 of 5, question 4 of 10")
    tab.keyboard.press("u")
    at(tab, "Round 1 of 5, question 3 of 10")
    tab.get_by_role("button", name="7", exact=True).click()
    at(tab, "Round 1 of 5, question 4 of 10")
    tab.keyboard.type("8901234")
    at(tab, "Round 2 of 5, question 1 of 10")
    tab.keyboard.type("55")
    at(tab, "Round 2 of 5, question 3 of 10")
    assert "answers=127890123455" in tab.url
    tab.reload()
    opened(tab)
    at(tab, "Round 2 of 5, question 3 of 10")
    tab.keyboard.type("0" * 38)
    at(tab, "You gave 50 answers")
    at(tab, "Your wrong answers")


def test_the_page_says_which_probability_the_slider_of_delta_means(tab):
    tab.open("chapter=ceal&seeds=1&strategy=CEAL_LC&schedule=constant")
    slider = tab.get_by_role("slider", name="Delta (entropy in nats)")
    expect(slider).to_have_attribute("aria-valuetext", "0.05 (p ≥ 0.994)")
    slider.focus()
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "0.1 (p ≥ 0.987)")
    tab.wait_for_url(re.compile("delta=0.1&"))


def test_a_round_has_five_stages(tab):
    tab.open("chapter=ceal&seeds=1")
    tab.get_by_text("A round, stage by stage", exact=True).click()
    for stage in ("predict", "ask", "pseudo-label", "fine-tune", "forget"):
        at(tab, f"Round 1, {stage}.")
        tab.get_by_role("button", name="Next stage").click()
    at(tab, "Round 2, predict.")


def test_a_goal_leads_to_its_knobs_where_they_are_folded(tab):
    goal = next(task for task in find("ceal").teaching.tasks if task.goal)
    tab.open(f"chapter=ceal&task={goal.id}")
    tab.locator(".move").get_by_role("button", name="Initial labels").click()
    slider = tab.get_by_role("slider", name="Initial labels")
    expect(slider).to_be_focused()
    expect(slider).to_be_visible()
