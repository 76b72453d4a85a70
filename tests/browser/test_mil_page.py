"""The page of chapter mil in headless Chromium: it trains, and its lab answers clicks and keys."""

import re
from urllib.parse import urlencode

import pytest
from focus import all_numbers
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def opened(tab, **knobs) -> None:
    tab.open(urlencode({"chapter": "mil", "steps": 50} | knobs))
    expect(tab.get_by_text("Done:", exact=False)).to_be_visible()


def lab(tab):
    """The lab's place on the page, with a button for every instance."""
    tab.get_by_text("Take an instance out", exact=True).click()
    expect(tab.get_by_text("The bag is complete.")).to_be_visible()
    return tab.get_by_role("button", name=re.compile(r"^\d+: "))


def test_a_run_shows_its_bags_and_numbers(tab):
    opened(tab, pooling="instance-max")
    bags = tab.get_by_role("heading", name="Bags, the likeliest positive on top")
    expect(bags).to_be_visible()
    assert "auc" in " ".join(all_numbers(tab)).lower()


def test_a_click_takes_an_instance_out_and_a_key_puts_it_back(tab):
    opened(tab)
    instances = lab(tab)
    said = tab.get_by_text("The network says positive with probability")
    expect(instances.first).to_be_visible()
    before = said.inner_text()
    third = tab.get_by_role("button", name=re.compile("^3: "))
    third.click()
    expect(tab.get_by_role("button", name="3: out")).to_be_visible()
    expect(said).to_contain_text("Without 3")
    third.focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("The bag is complete.")).to_be_visible()
    assert said.inner_text() == before


def test_without_its_witnesses_the_bag_turns_negative(tab):
    opened(tab)
    lab(tab)
    tab.get_by_label("Show the witnesses").check()
    expect(tab.get_by_text("The bag's label is positive.")).to_be_visible()
    witnesses = tab.get_by_role("button", name=re.compile("witness$"))
    expect(witnesses).to_have_count(2)
    for text in witnesses.all_inner_texts():
        number = text.split(":")[0]
        tab.get_by_role("button", name=re.compile(f"^{number}: ")).click()
        out = tab.get_by_role("button", name=f"{number}: out witness")
        expect(out).to_be_visible()
    said = tab.get_by_text("The network says positive")
    expect(said).to_contain_text(re.compile(r"Without \d, \d: .* probability 0\.[0-4]"))


def test_a_switch_that_does_not_matter_is_not_there(tab):
    opened(tab)
    tab.get_by_text("All knobs (free play)").click()
    expect(tab.get_by_role("switch", name="Exact share")).to_be_visible()
    tab.get_by_role("switch", name="Balanced").uncheck()
    expect(tab.get_by_role("switch", name="Exact share")).to_be_hidden()
