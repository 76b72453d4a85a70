"""The page of two learners in Chromium: two experiments, the dial between views, and the lab."""

import re
from urllib.parse import urlencode

import pytest
from focus import all_numbers, play_freely
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def shown(tab, **knobs):
    """The page once the run of these knobs has ended."""
    tab.open(urlencode({"chapter": "two-learners"} | knobs))
    expect(tab.get_by_text("Done:", exact=False)).to_be_visible()


def number(tab, name: str) -> float:
    """What the page reads out under this name, in per cent."""
    text = next(text for label, text in all_numbers(tab).items() if label.startswith(name))
    return float(re.findall(r"[\d.]+", text)[-1])


def test_the_dial_to_its_end_costs_accuracy(tab):
    shown(tab)
    independent = number(tab, "Two learners")
    slider = tab.get_by_role("slider", name="Dependence of the views")
    slider.focus()
    slider.press("End")
    tab.wait_for_url(lambda url: "rho=1" in url)
    expect(tab.get_by_text("Done:", exact=False)).to_be_visible()
    assert number(tab, "Two learners") < independent - 5


def test_each_experiment_has_its_own_knobs_and_the_lab_answers(tab):
    shown(tab, kind="co-teaching", steps=100)
    play_freely(tab)
    expect(tab.get_by_role("slider", name="Tau")).to_be_visible()
    expect(tab.get_by_role("slider", name="Dependence")).to_have_count(0)
    assert number(tab, "Kept") == 55  # epoch 9 of a ramp of 10, and half of the labels wrong
    tab.get_by_text("Draw the line yourself", exact=True).click()
    expect(tab.get_by_text("You keep 16 of 16 items")).to_be_visible()
    slider = tab.get_by_role("slider", name="Items you keep")
    slider.focus()
    for _ in range(8):
        slider.press("ArrowLeft")
    expect(tab.get_by_text("You keep 8 of 16 items")).to_be_visible()
    tab.get_by_role("button", name="Show which are wrong").click()
    expect(tab.get_by_text("precision", exact=False).last).to_be_visible()
