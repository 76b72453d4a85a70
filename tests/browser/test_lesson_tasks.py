"""A reader's way through a lesson, in headless Chromium: predict or skip, try, see why."""

import json
import re
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from focus import pieces
from jsonschema import validate
from playwright.sync_api import expect

from workbench.chapters import find
from workbench.core.lesson import SEEDS

pytestmark = pytest.mark.browser
NAME = "beta-vae"
SILENT, THREE = (find(NAME).teaching.task(each) for each in ("silent", "three"))
SCHEMA = Path(__file__).parents[2] / "docs" / "ledger.schema.json"
BLOCKED = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("The reader does not want it.", "SecurityError") }})"""
DRAWN = """[...Bokeh.documents[0]._all_models.values()].map((each) => each.type)"""


def lesson(**more) -> str:
    return urlencode({"chapter": NAME} | more)


def ledger(page, *kinds) -> list[dict]:
    text = page.evaluate("localStorage.getItem('workbench-ledger')")
    entries = json.loads(text)["entries"] if text else []
    return [each for each in entries if not kinds or each["kind"] in kinds]


def entry(page, task):
    """The task in the list, which is folded while a task is open."""
    return page.locator(f'[data-task="{task.id}"]')


def opened(page, task):
    if not entry(page, task).is_visible():
        page.locator(".task-menu summary").click()
    entry(page, task).click()
    expect(page.locator(".task-title")).to_have_text(task.title)


def unfold(page):
    page.locator("#ledger summary").click()


def asked(page):
    """Until the question holds the number that it speaks of."""
    expect(page.locator(".ask")).not_to_contain_text("…")


def predict(page, low: float, high: float, reason: int = 1):
    page.get_by_role("spinbutton", name="from").fill(str(low))
    page.get_by_role("spinbutton", name="to").fill(str(high))
    page.locator("[name=because]").nth(reason).check()
    page.get_by_role("button", name="Commit").click()


def verdict(page) -> str:
    expect(page.locator(".reveal .verdict")).not_to_be_empty()
    return page.locator(".reveal .verdict").inner_text()


def secrets() -> list[str]:
    """Some plain words of all that has its time."""
    texts = [SILENT.why, SILENT.fails, THREE.why, THREE.fails, *THREE.goal.hints]
    texts += [each.answer for each in SILENT.reasons]
    return pieces(texts)


def test_nothing_of_the_answer_is_on_the_page_or_on_its_way_before_commit(tab):
    came: list[str] = []
    tab.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: came.append(str(frame))),
    )
    tab.on("response", lambda reply: came.append(reply.text()) if "/app?" in reply.url else None)
    tab.open(lesson(task="silent"))
    asked(tab)
    expect(tab.get_by_text("Done:", exact=False)).to_be_visible()
    tab.wait_for_function("window.Bokeh?.documents[0]?.is_idle")
    everything = tab.content() + "".join(came)
    assert not [text for text in secrets() if text in everything]
    assert "Image" not in tab.evaluate(DRAWN)  # the reconstructions
    assert '"Image"' not in "".join(came) and "beta=4" not in "".join(came)
    for place in ("0", "1"):
        expect(tab.locator(f'.picture.covered[data-picture="{place}"]')).to_be_visible()
        assert tab.locator(f'.picture[data-picture="{place}"] canvas').count() == 0
    expect(tab.get_by_role("slider", name="Beta")).to_be_enabled()  # the knobs never are covered
    predict(tab, 0, 10)
    expect(tab.locator('.picture[data-picture="0"] canvas').first).to_be_visible()
    assert "Image" in tab.evaluate(DRAWN)
    verdict(tab)
    expect(tab.locator(".step-why .fails")).to_contain_text(SILENT.fails[:30])
    hints = "".join(came)
    assert not [hint for hint in THREE.goal.hints if hint[:30] in hints]


def test_a_skip_is_as_large_as_a_commit_and_leaves_no_trace(tab):
    tab.open(lesson(task="silent"))
    asked(tab)
    sizes = [tab.get_by_role("button", name=name).bounding_box() for name in ("Commit", "Skip")]
    assert sizes[0]["width"] == pytest.approx(sizes[1]["width"], abs=1)  # rounded to pixels
    assert (
        sizes[0]["height"] == pytest.approx(sizes[1]["height"], abs=1) and sizes[0]["height"] > 43
    )
    tab.get_by_role("button", name="Skip").click()
    expect(tab.locator(".scale .dot")).to_have_count(len(SEEDS))
    expect(tab.locator(".step-why .mechanism")).to_be_visible()
    assert tab.locator(".scale .guess").count() == 0
    expect(tab.locator(".reveal .verdict")).to_be_hidden()
    assert {each["kind"] for each in ledger(tab)} <= {"run"}
    expect(entry(tab, SILENT)).to_contain_text(re.compile(r"\d min$"))


def test_a_guess_among_the_seeds_reads_so_and_stays_in_the_ledger(tab):
    tab.open(lesson(task="silent"))
    asked(tab)
    predict(tab, 0, 1)
    sentence = verdict(tab)
    (reveal,) = ledger(tab, "reveal")
    low, high = min(reveal["values"]), max(reveal["values"])
    assert 0 <= low <= high <= 1 and reveal["word"] == "inside"
    assert sentence == reveal["sentence"] and "in your range" in sentence
    assert ledger(tab, "predict")[0]["given"] == {"low": 0, "high": 1}
    expect(tab.locator("[role=status]", has_text=sentence).first).to_be_attached()
    tab.reload()
    asked(tab)
    expect(tab.locator(".earlier")).to_contain_text(sentence)
    opened(tab, THREE)
    tab.go_back()
    expect(tab.locator(".task-title")).to_have_text(SILENT.title)
    again = tab.context.new_page()
    again.goto(tab.url)
    expect(entry(again, SILENT)).to_contain_text("answered")
    assert ledger(again, "reveal") == [reveal]
    again.close()


def test_back_and_the_history_go_to_settings_from_before(tab):
    tab.open(lesson(beta=2))
    beta = tab.get_by_role("slider", name="Beta")
    expect(tab.locator(".history li")).to_have_count(1)
    beta.press("ArrowRight")
    tab.wait_for_url(lambda url: "beta=2&" not in url)
    expect(tab.locator(".history li")).to_have_count(2)
    expect(tab.locator(".history li").first).to_contain_text("Beta 2 → ")
    expect(tab.locator(".history li").first).to_contain_text("nats")
    tab.go_back()
    expect(beta).to_have_attribute("aria-valuetext", re.compile("^2$|^2 "))
    tab.wait_for_url(lambda url: "beta=2&" in url)
    expect(tab.locator(".history li")).to_have_count(3)
    unfold(tab)
    tab.locator(".history button").nth(1).click()
    tab.wait_for_url(lambda url: "beta=2&" not in url)


def focus_on(page, selector: str, most: int = 120):
    """Presses Tab until the focus is there."""
    for _ in range(most):
        if page.evaluate("(each) => document.activeElement.matches(each)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def test_the_keyboard_alone_goes_through_a_whole_lesson(tab):
    tab.open(lesson())
    expect(tab.get_by_text("Done:", exact=False)).to_be_visible()
    focus_on(tab, "[data-task=silent]")
    tab.keyboard.press("Enter")
    asked(tab)
    expect(tab.locator(".task-title")).to_be_focused()
    focus_on(tab, ".handles input:nth-of-type(2)")
    for _ in range(9):
        tab.keyboard.press("ArrowLeft")
    focus_on(tab, "[name=because]")
    tab.keyboard.press("ArrowDown")
    focus_on(tab, ".commit")
    tab.keyboard.press("Enter")
    assert verdict(tab)
    expect(tab.locator(".step-try h4")).to_be_focused()
    assert ledger(tab, "predict")[0]["given"] == {"low": 0, "high": 1}
    focus_on(tab, ".task-menu summary", 300)
    tab.keyboard.press("Enter")
    focus_on(tab, "[data-task=three]")
    tab.keyboard.press("Enter")
    expect(tab.locator(".task-title")).to_have_text(THREE.title)
    focus_on(tab, "[data-knob=beta] input", 300)
    for _ in range(20):
        if tab.locator("[data-knob=beta] output").inner_text() == "2":
            break
        tab.keyboard.press("ArrowRight")
    tab.wait_for_url(lambda url: "beta=2&" in url)
    focus_on(tab, ".hint-button")
    tab.keyboard.press("Enter")
    expect(tab.locator(".hints li")).to_have_count(1)
    tab.keyboard.press("Shift+Tab")
    focus_on(tab, ".check")
    tab.keyboard.press("Enter")
    expect(tab.locator(".goal .verdict")).to_contain_text("Solved")
    expect(tab.locator(".check")).to_be_focused()
    expect(tab.locator(".step-why .mechanism")).to_be_visible()
    expect(entry(tab, THREE)).to_contain_text("solved")
    focus_on(tab, "#reflection", 300)
    tab.keyboard.type("Because <b>every</b> nat is paid for.")
    tab.keyboard.press("Tab")
    assert ledger(tab, "note")[0]["text"] == "Because <b>every</b> nat is paid for."
    assert ledger(tab, "attempt")[0]["passed"]


def test_the_ledger_is_taken_away_as_text_and_forgotten_by_a_button(tab):
    tab.open(lesson(task="silent"))
    asked(tab)
    tab.get_by_role("button", name="Star this task").click()
    predict(tab, 1, 2, reason=0)
    verdict(tab)
    tab.get_by_label(find(NAME).teaching.reflection).fill("One line.\nAnother.")
    unfold(tab)
    with tab.expect_download() as taken:
        tab.get_by_role("button", name="Download as JSON").click()
    kept = json.loads(Path(taken.value.path()).read_text())
    validate(kept, json.loads(SCHEMA.read_text()))
    assert {"predict", "reveal", "star", "note", "run"} <= {
        each["kind"] for each in kept["entries"]
    }
    with tab.expect_download() as taken:
        tab.get_by_role("button", name="Download as Markdown").click()
    text = Path(taken.value.path()).read_text()
    assert f"### {SILENT.title}" in text and "I predicted 1 to 2" in text
    assert "> One line.\n> Another." in text
    tab.get_by_role("button", name="Forget everything").click()
    assert tab.evaluate("localStorage.getItem('workbench-ledger')") is None
    expect(entry(tab, SILENT)).to_contain_text(re.compile(r"\d min$"))
    tab.get_by_role("button", name="Undo").click()
    assert ledger(tab) == kept["entries"]


@contextmanager
def shut_storage(chromium):
    context = chromium.new_context()
    page, faults = context.new_page(), []
    page.add_init_script(BLOCKED)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not faults


def test_a_window_that_keeps_nothing_says_so_and_teaches_all_the_same(chromium, server):
    with shut_storage(chromium) as page:
        page.goto(server.page(lesson(task="silent")))
        expect(page.locator(".trouble")).to_contain_text("Nothing is kept")
        asked(page)
        predict(page, 0, 1)
        assert "in your range" in verdict(page)
        expect(entry(page, SILENT)).to_contain_text("answered")


def test_a_ledger_that_cannot_be_read_is_set_aside(tab):
    tab.add_init_script("""if (!localStorage.getItem("aside-test")) {
      localStorage.setItem("aside-test", "1")
      localStorage.setItem("workbench-ledger", '{"version": 7}') }""")
    tab.open(lesson())
    expect(tab.locator(".trouble")).to_contain_text("could not be read")
    assert tab.evaluate("localStorage.getItem('workbench-ledger-aside')") == '{"version": 7}'


def test_a_scale_of_shares_ends_at_100_percent(tab):
    tab.open(urlencode({"chapter": "words"}))
    tab.locator('[data-task="losses"]').click()
    asked(tab)
    tab.get_by_role("button", name="Skip").click()
    expect(tab.locator(".measured .ends span").last).to_have_text("100 %")
