"""The page of chapter labelling in headless Chromium: functions are written, refused and taken."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PATIENT = 180_000  # ms


def opened(tab, **knobs):
    """The page after its run, and its editor."""
    tab.open(urlencode({"chapter": "labelling"} | knobs))
    expect(tab.get_by_text("Done:", exact=False)).to_be_visible()
    return tab.get_by_role("textbox", name="Functions").first


def test_functions_of_ones_own_are_taken_and_stand_in_the_address(tab):
    editor = opened(tab)
    expect(editor).to_have_value(re.compile("^1 if strokes_top == 1"))
    editor.fill("1 if slant > 0 else 7 if slant < -0.08")
    editor.blur()
    expect(tab.get_by_role("cell", name="1 if slant > 0 else 7 if slant < -0.08")).to_be_visible(
        timeout=PATIENT
    )
    expect(tab.get_by_role("cell", name=re.compile("^1 if ink"))).to_have_count(0)
    tab.wait_for_url(re.compile("functions=1"), timeout=PATIENT)


def test_a_refused_function_stays_in_the_editor_with_the_place(tab):
    editor = opened(tab)
    editor.fill("1 if open('x') > 1")
    editor.blur()
    sentence = "Function 1: a call is not allowed: open('x') at character 6"
    expect(tab.get_by_text(sentence, exact=False).first).to_be_visible()
    expect(editor).to_have_value("1 if open('x') > 1")
    expect(tab.get_by_text("Done:", exact=False)).to_be_visible()


MOVE_SEED = """() => {
    const seed = document.querySelector("[data-knob=seed] input")
    seed.value = 3
    seed.dispatchEvent(new Event("change", {bubbles: true}))
}"""


def test_what_is_being_written_is_left_alone_when_the_server_tells_of_knobs(tab):
    editor = opened(tab)
    editor.fill("1 if slant > 0")
    tab.evaluate(MOVE_SEED)
    tab.wait_for_url(re.compile("seed=3"), timeout=PATIENT)
    expect(tab.get_by_text("Done:", exact=False)).to_be_visible()
    expect(editor).to_have_value("1 if slant > 0")


def test_a_text_is_no_markup_wherever_it_stands(tab):
    editor = opened(tab, items="comments")
    editor.fill("spam if '<b id=bad>x</b>' in text")
    editor.blur()
    expect(tab.get_by_role("cell", name="spam if '<b id=bad>x</b>' in text")).to_be_visible(
        timeout=PATIENT
    )
    assert tab.locator("#bad").count() == 0


def test_the_lab_weighs_votes_term_by_term(tab):
    opened(tab)
    tab.get_by_text("From votes to a label, by hand", exact=True).click()
    expect(tab.get_by_text("Comment 1, after 0 rounds")).to_be_visible()
    tab.get_by_role("button", name="Count and weigh again").click()
    expect(tab.get_by_text("Comment 1, after 1 round of")).to_be_visible()
    own = tab.get_by_label("Functions, one a line")
    own.fill("spam if words.real > 1")
    own.blur()
    expect(tab.get_by_text("'.' at character 14 has no meaning", exact=False)).to_be_visible(
        timeout=PATIENT
    )
