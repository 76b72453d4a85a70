"""A class that votes, in Chromium: the instructor's page, readers, and what their sockets carry."""

import json
import re

import pytest
from focus import assert_open_to_all, pieces
from playwright.sync_api import expect

from workbench.chapters import find

pytestmark = pytest.mark.browser
SILENT = find("beta-vae").teaching.task("silent")
OTHER_CHAPTER = "chapter=autoencoder&steps=100&seed=81"
OWN_CHAPTER = "chapter=beta-vae&steps=100&seed=82"
SMALLEST = 24  # pixels of a letter that the last row reads
# the size of every text on the projected part, and whether it lies on the screen
TEXTS = """() => [...document.querySelectorAll("#console :is(.ballot, .room-code) *")]
  .filter((each) => each.checkVisibility())
  .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .map((each) => [each.textContent.trim().slice(0, 40), parseFloat(getComputedStyle(each).fontSize),
    each.getBoundingClientRect().bottom <= innerHeight])"""
KEEP = """
const Made = WebSocket
window.sockets = []
window.WebSocket = class extends Made {
  constructor(...given) { super(...given); sockets.push(this) }
}
"""
HISTOGRAM = re.compile(r"class=\\*\"vote-(columns|bars)")


@pytest.fixture
def leader(tab, server):
    """The instructor's page on a projector."""
    context = tab.context.browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.set_default_timeout(180_000)
    page.goto(f"{server.url}/instructor")
    page.get_by_label("The instructor's password").fill(server.password)
    page.keyboard.press("Enter")
    page.wait_for_function("window.Bokeh?.documents[0]?.is_idle")
    yield page
    if page.locator("[data-console=close]").is_visible():
        page.locator("[data-console=close]").click()
        expect(page.locator(".ballot")).to_be_hidden()
    context.close()


@pytest.fixture
def reader(tab, server):
    """Opens further readers, each in a browser of their own; `came` holds all they were sent."""
    contexts = []

    def open_page(query: str, **more):
        context = tab.context.browser.new_context(**more)
        contexts.append(context)
        context.add_init_script(KEEP)
        page = context.new_page()
        page.set_default_timeout(180_000)
        page.came = []
        listen(page)
        page.goto(server.page(query))
        page.wait_for_function("window.Bokeh?.documents[0]?.is_idle")
        return page

    yield open_page
    for context in contexts:
        context.close()


def listen(page) -> None:
    """Notes all that comes on the page's sockets, and the pages themselves."""

    def note(socket):
        socket.on("framereceived", lambda frame: page.came.append(str(frame)))

    page.on("websocket", note)
    page.on("response", lambda r: page.came.append(r.text()) if "/app?" in r.url else None)


def known(page) -> str:
    """All that a reader could find: on the page, in its storage, and of what it was sent."""
    kept = page.evaluate("JSON.stringify({...localStorage})")
    return (page.content() + kept + "".join(page.came)).replace("\\\\u00a0", " ")


def opened(leader, task: str) -> None:
    leader.locator("#console-task").select_option(task)
    step(leader, "open")
    expect(leader.locator(".ballot-ask")).not_to_be_empty()


def step(leader, name: str) -> None:
    leader.locator(f"[data-console={name}]").click()


def answer(page, low, high, reason=1, name="") -> None:
    form = page.locator("#vote form")
    form.get_by_role("spinbutton", name="from").fill(str(low))
    form.get_by_role("spinbutton", name="to").fill(str(high))
    form.locator("[name=because]").nth(reason).check()
    form.get_by_label("Name for the instructor").fill(name)
    form.get_by_role("button", name="Send my answer").click()


def counts(page) -> None:
    expect(page.locator(".vote-state")).to_contain_text("Your answer counts.")


def answered(leader, number: int, present: int) -> None:
    expect(leader.locator(".ballot-count")).to_have_text(
        re.compile(rf"^{number} of {present} ha(s|ve) answered$")
    )


def secrets() -> list[str]:
    return pieces([SILENT.why, SILENT.fails, *(each.answer for each in SILENT.reasons)])


def test_a_class_votes_talks_votes_again_and_sees_the_answer(leader, reader):
    ada, grace = reader(OWN_CHAPTER), reader(OTHER_CHAPTER, viewport={"width": 390, "height": 800})
    expect(ada.get_by_text("Done:")).to_be_visible()
    opened(leader, "beta-vae/silent")
    answered(leader, 0, 2)
    answer(ada, 3.25, 8.75, reason=0, name="Ada")
    counts(ada)
    answered(leader, 1, 2)
    answer(grace, 1, 4)
    counts(grace)
    answered(leader, 2, 2)
    step(leader, "talk")
    expect(grace.locator(".vote-clock")).to_have_text(re.compile(r"^1:\d\d$"))
    expect(leader.locator(".ballot-clock")).to_have_text(re.compile(r"^1:\d\d$"))
    for page in (grace, ada):
        assert page.locator(".vote-columns").count() == 0
    step(leader, "again")
    answered(leader, 0, 2)
    answer(ada, 0, 1, name="Ada")
    counts(ada)
    # until here nobody knows more than their own answer, wherever they look
    for page, others in ((ada, '"high": 4.0'), (grace, "8.75")):
        everything = known(page)
        assert not [text for text in secrets() if text in everything]
        assert not HISTOGRAM.search(everything)
        assert others not in everything and others not in everything.replace("\\", "")
    assert ada.locator('.picture.covered[data-picture="0"]').is_visible()
    step(leader, "show")
    for page in (ada, grace, leader):
        expect(page.locator(".vote-columns")).to_be_visible()
        expect(page.get_by_text("Of 1 who answered both times")).to_be_visible()
        assert page.locator(".vote-columns .dot").count() == 0
    for page in (ada, grace):
        everything = known(page)
        assert HISTOGRAM.search(everything)
        assert not [text for text in secrets() if text in everything]
    step(leader, "reveal")
    for page in (ada, grace, leader):
        expect(page.locator(".vote-columns .dot")).to_have_count(5)
    expect(ada.locator("#vote .verdict")).to_contain_text("in your range")
    expect(ada.locator("#vote .fails")).to_contain_text(SILENT.fails[:30])
    expect(ada.locator(".picture.covered")).to_have_count(0)
    entries = json.loads(ada.evaluate("localStorage.getItem('workbench-ledger')"))["entries"]
    kinds = [each["kind"] for each in entries if each["kind"] != "run"]
    assert kinds == ["predict", "reveal"] and "8.75" not in known(grace)
    leader.locator(".console-more summary").click()
    expect(leader.get_by_role("row", name="Ada inside, 2 votes")).to_be_visible()
    step(leader, "close")
    for page in (ada, grace):
        expect(page.locator("#vote")).to_be_hidden()


def test_an_answer_survives_a_reload_and_a_lost_connection_and_counts_once(leader, reader):
    page = reader(OTHER_CHAPTER)
    opened(leader, "beta-vae/silent")
    answered(leader, 0, 1)
    page.context.set_offline(True)
    page.evaluate("sockets.at(-1).close(4000)")
    expect(page.get_by_role("alert").filter(has_text="connection is lost")).to_be_visible()
    page.evaluate("document.querySelector('main').inert = false")  # who is quicker than the word
    answer(page, 0, 1, name="Ada")
    answered(leader, 0, 1)
    page.context.set_offline(False)
    counts(page)
    answered(leader, 1, 1)
    page.reload()
    counts(page)
    expect(page.locator(".yours")).to_contain_text("You said: 0 to 1")
    answered(leader, 1, 1)
    page.get_by_role("button", name="Change it").click()
    answer(page, 0, 2, name="Ada")
    expect(page.locator(".yours")).to_contain_text("You said: 0 to 2")
    answered(leader, 1, 1)
    leader.reload()
    answered(leader, 1, 1)


@pytest.mark.parametrize("task", ["beta-vae/silent", "bootstrap/by-heart", "pseudo/sure"])
def test_the_last_row_reads_the_instructors_page(leader, reader, task):
    page = reader("room")
    opened(leader, task)
    answered(leader, 0, 1)
    for stage in ("vote", "talk", "show", "reveal"):
        if stage != "vote":
            step(leader, stage)
            leader.wait_for_function(
                "stage => document.querySelector(`[data-console=${stage}]`).disabled"
                " || document.querySelector('.ballot-clock').textContent",
                arg=stage,
            )
        texts = leader.evaluate(TEXTS)
        small = [text for text, size, _ in texts if size < SMALLEST]
        assert len(texts) > 6 and small == []
        if stage in ("vote", "talk"):
            assert [text for text, _, on_screen in texts if not on_screen] == []
        assert leader.locator("[data-console=close]").bounding_box()["y"] < 720 - 40
    expect(page.locator("#vote .mechanism")).to_be_visible()


def test_the_rooms_code_is_its_link_and_fills_the_screen(leader):
    image, link = leader.locator(".room-code img"), leader.locator(".room-code a")
    expect(link).to_have_attribute("href", re.compile(r"/app\?room$"))
    assert "app%3Froom" in image.get_attribute("src")
    assert image.evaluate("image => image.complete && image.naturalWidth > 0")
    leader.get_by_role("button", name="Enlarge the QR code").click()
    assert image.bounding_box()["height"] > 500
    expect(link).to_be_visible()
    leader.get_by_role("button", name="Enlarge the QR code").click()
    assert image.bounding_box()["height"] < 300


def test_the_vote_is_open_to_all(leader, reader):
    page = reader(OTHER_CHAPTER)
    opened(leader, "beta-vae/silent")
    expect(page.locator("#vote form")).to_be_visible()
    assert_open_to_all(page)
    assert_open_to_all(leader)
    answer(page, 0, 3)
    counts(page)
    step(leader, "reveal")
    expect(page.locator("#vote .mechanism")).to_be_visible()
    assert_open_to_all(page)
    assert_open_to_all(leader)


def test_answers_are_saved_as_csv(leader, reader):
    page = reader(OTHER_CHAPTER)
    opened(leader, "beta-vae/silent")
    answer(page, 0, 3, name="Emmy")
    counts(page)
    leader.locator(".console-more summary").click()
    expect(leader.locator(".console-record")).to_contain_text("No file was named")
    with leader.expect_download() as download:
        step(leader, "csv")
    rows = download.value.path().read_text().splitlines()
    assert rows[0].startswith("pseudonym,voter,task,vote,low,high")
    assert any(row.startswith("Emmy,") and ",1,0.0,3.0," in row for row in rows)
