"""The bootstrapping page in Chromium: three experiments, each with its own knobs and numbers."""

from urllib.parse import urlencode

import pytest
from focus import all_numbers, play_freely
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def shown(tab, **knobs):
    """The page once the run of these knobs has ended."""
    tab.open(urlencode({"chapter": "bootstrap"} | knobs))
    expect(tab.get_by_text("Done:", exact=False)).to_be_visible()


def number(tab, name: str) -> float:
    """The share that the page reads out under this name."""
    text = next(text for label, text in all_numbers(tab).items() if name in label.lower())
    value, unit = text.split()
    assert unit == "%"
    return float(value) / 100


def test_more_wrong_labels_cost_accuracy(tab):
    shown(tab, noise=0)
    clean = number(tab, "accuracy")
    slider = tab.get_by_role("slider", name="Wrong labels")
    slider.focus()
    slider.press("End")
    tab.wait_for_url(lambda url: "noise=0&" not in url)
    expect(tab.get_by_text("Done:", exact=False)).to_be_visible()
    assert number(tab, "accuracy") < clean - 0.1


def test_each_experiment_has_its_own_knobs(tab):
    shown(tab, kind="missing-boxes", annotated=0.5)
    play_freely(tab)
    expect(tab.get_by_role("slider", name="Annotated")).to_be_visible()
    expect(tab.get_by_role("slider", name="Annotators")).to_have_count(0)
    shown(tab, kind="annotators", annotators=5)
    play_freely(tab)
    expect(tab.get_by_role("slider", name="Annotators")).to_be_visible()
    expect(tab.get_by_role("slider", name="Annotated")).to_have_count(0)
