"""A page whose connection is lost, in Chromium: it says so, holds still, and comes back."""

import re
import subprocess

import pytest
from focus import play_freely
from playwright.sync_api import expect
from served import serving

pytestmark = pytest.mark.browser
LOST = "The connection is lost."
# what Chromium's offline switch does not: it leaves open websockets alone
KEEP = """
const Made = WebSocket
window.sockets = []
window.WebSocket = class extends Made {
  constructor(...given) { super(...given); sockets.push(this) }
}
"""
# the beginning of a message whose rest never comes
CUT_OFF = """sockets.at(-1).onmessage({data: '{"msgid": "1", "msgtype": "PATCH-DOC"}'})"""

ENTRIES = """JSON.parse(localStorage.getItem("workbench-ledger")).entries
    .filter((each) => each.kind !== "run")"""


@pytest.fixture
def page(chromium, server):
    """A tab whose websocket the test can close, where errors of the connection are no faults."""
    with chromium.new_context(viewport={"width": 1400, "height": 900}) as context:
        context.add_init_script(KEEP)
        page = context.new_page()
        page.set_default_timeout(180_000)
        yield page


# scripts and drawing that take longer than a page is patient, and a reader who does not wait
HASTY = """
const later = setTimeout, Made = WebSocket
window.setTimeout = (work, ms, ...given) => later(work, ms === 200 ? 1 : ms, ...given)
window.WebSocket = class extends Made {
  late = []  // what waits behind the word that all is drawn
  held = false
  send(frame) {
    if (!this.held && String(frame).includes('"document_ready"')) {
      this.held = true
      later(() => { this.held = false; this.late.forEach((each) => super.send(each)) }, 2000)
    }
    this.held ? this.late.push(frame) : super.send(frame)
  }
}
addEventListener("DOMContentLoaded", () => {
  for (const section of document.querySelectorAll("main details")) section.open = true
})
"""


def moves(page, key: str, knob: str = "Beta") -> None:
    """Moves the slider and waits until the address and the run say so."""
    before = page.url
    slider = page.get_by_role("slider", name=knob)
    slider.focus()
    slider.press(key)
    page.wait_for_url(lambda url: url != before)
    expect(page.get_by_text("Done:")).to_be_visible()


def test_a_page_that_loses_its_connection_says_so_and_comes_back_as_it_was(page, server):
    page.goto(server.page("chapter=beta-vae&steps=100&beta=1&seed=71"))
    expect(page.get_by_text("Done:")).to_be_visible()
    message, main = page.get_by_role("alert").filter(has_text=LOST), page.locator("main")
    for number in range(5):
        moves(page, "ArrowRight")
        beta = re.search("beta=([0-9.]+)", page.url)[1]
        page.context.set_offline(True)
        page.evaluate(CUT_OFF)
        page.evaluate("sockets.at(-1).close(4000)")
        expect(message).to_be_visible()
        assert main.evaluate("main => main.inert")
        slider = page.get_by_role("slider", name="Beta")
        assert page.evaluate("document.activeElement === document.body"), "a knob can be moved"
        page.context.set_offline(False)
        expect(message).to_have_count(0)
        expect(main).not_to_have_attribute("inert", "")
        expect(slider).to_have_attribute("aria-valuetext", beta)
        assert page.evaluate("sockets.length") > number + 1
    moves(page, "ArrowLeft")
    assert page.locator(".bk-Figure, canvas").count() > 0


def test_what_is_opened_before_the_page_is_drawn_is_shown(tab):
    tab.add_init_script(HASTY)
    tab.open("chapter=beta-vae&steps=100&seed=73")
    expect(tab.get_by_label("Follow the instructor")).to_be_visible()
    expect(tab.get_by_role("button", name="Train the sweep")).to_be_visible()


MISSED = """
const Made = WebSocket
window.WebSocket = class extends Made {
  constructor(url, ...given) {
    super(sessionStorage.tried ? url : url.replace("/ws", "/nowhere"), ...given)
    sessionStorage.tried = "yes"
  }
}
"""


def test_a_page_whose_first_connection_fails_says_so_and_begins_anew(page, server):
    """Not before the server is there: a proxy's page that says so, and its cache, are no answer."""
    asked = []

    def away(route):
        asked.append(route)
        if len(asked) <= 2:
            route.fulfill(status=502, content_type="text/html", body="<h1>502 Bad Gateway</h1>")
        else:
            route.continue_()

    page.route("**/health", away)
    page.add_init_script(MISSED)
    page.goto(server.page("chapter=beta-vae&steps=100&seed=75"))
    expect(page.get_by_role("alert").filter(has_text=LOST)).to_be_visible()
    expect(page.get_by_text("Done:")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text=LOST)).to_have_count(0)
    assert len(asked) == 3, "not one page that asked until it was answered"


@pytest.mark.slow
def test_fifteen_of_fifteen_lost_connections_end_where_they_began(page, server):
    """Lost by the network and by the server in turn; the count of moves must be right."""
    page.goto(server.page("chapter=beta-vae&steps=100&latent=1&seed=74"))
    expect(page.get_by_text("Done:")).to_be_visible()
    message, main = page.get_by_role("alert").filter(has_text=LOST), page.locator("main")
    play_freely(page)
    slider = page.get_by_role("slider", name="Latents")
    for number in range(1, 16):
        moves(page, "ArrowRight", "Latents")
        moves(page, "ArrowRight", "Latents")
        page.context.set_offline(True)
        if number % 2:
            page.evaluate("sockets.at(-1).close(4000)")
        else:
            server.get("/spy/hang-up")
        expect(message).to_be_visible()
        assert main.evaluate("main => main.inert")
        page.keyboard.press("ArrowRight")  # nobody listens
        page.context.set_offline(False)
        expect(message).to_have_count(0)
        expect(main).not_to_have_attribute("inert", "")
        expect(slider).to_have_attribute("aria-valuetext", str(1 + 2 * number))
        assert f"latent={1 + 2 * number}&" in page.url
        expect(page.get_by_text("Done:")).to_be_visible()
        assert page.evaluate("sockets.length") > number
    assert page.locator(".bk-Figure, canvas").count() > 0


@pytest.fixture
def lasting_key(monkeypatch):
    """A key of its own that an operator gives, so that a page's token outlives the server."""
    monkeypatch.setenv("BOKEH_SECRET_KEY", "k" * 64)


@pytest.fixture
def restarted(chromium, tmp_path):
    """A page and its server, which `restart` ends and starts anew."""
    with chromium.new_context() as context, serving(tmp_path / "log.txt") as server:
        page = context.new_page()
        page.set_default_timeout(90_000)
        yield page, server


def restart(page, server, meanwhile=lambda: None) -> None:
    """A server that is killed, and another in its place; until the page has found it."""
    message = page.get_by_role("alert").filter(has_text=LOST)
    server.process.kill()
    server.process.wait()
    expect(message).to_be_visible()
    server.process = subprocess.Popen(server.process.args)
    server.wait()
    meanwhile()
    # sooner than Bokeh's own attempts end, half a minute after the loss
    expect(message).to_have_count(0, timeout=15_000)


@pytest.mark.slow
def test_a_server_that_was_started_anew_is_found_again(restarted):
    page, server = restarted
    page.goto(server.page("chapter=beta-vae&steps=100&beta=1&seed=72"))
    expect(page.get_by_text("Done:")).to_be_visible()
    moves(page, "ArrowRight")
    address = page.url
    restart(page, server)
    expect(page.get_by_text("Done:")).to_be_visible()
    assert page.url == address


def test_the_ledger_outlives_a_server_that_was_started_anew(restarted):
    page, server = restarted
    page.goto(server.page("chapter=beta-vae&task=silent"))
    page.get_by_role("spinbutton", name="from").fill("0")
    page.get_by_role("spinbutton", name="to").fill("1")
    page.locator("[name=because]").first.check()
    page.get_by_role("button", name="Commit").click()
    verdict = page.locator(".reveal .verdict")
    expect(verdict).not_to_be_empty()
    sentence, entries = verdict.inner_text(), page.evaluate(ENTRIES)
    assert [each["kind"] for each in entries] == ["predict", "reveal"]
    restart(page, server)
    expect(page.locator(".earlier")).to_contain_text(sentence)
    expect(page.locator("[data-task=silent]")).to_contain_text("answered")
    assert page.evaluate(ENTRIES) == entries


@pytest.mark.usefixtures("lasting_key")
def test_a_page_that_bokeh_joins_to_another_server_begins_anew(restarted):
    """The first page of a new server has the names of the old one's: they do not tell."""
    page, server = restarted
    page.goto(server.page("chapter=beta-vae&steps=100&seed=76"))
    expect(page.get_by_text("Done:")).to_be_visible()
    page.evaluate("""() => {
        const page = Bokeh.documents[0]
        window.old = true
        page.on_event("connection_lost", (_, event) => { window.lost = event.connection.deref() })
        page.on_event("client_reconnected", () => { window.joined = true })
    }""")
    page.route("**/health", lambda route: None)  # its answer comes later than Bokeh's

    def joined() -> None:
        page.evaluate("window.joined || window.lost.reconnect()")  # it may have given up
        page.wait_for_function("window.joined")
        page.unroute("**/health")

    restart(page, server, joined)
    expect(page.get_by_text("Done:")).to_be_visible()
    assert not page.evaluate("window.old"), "the page of the old server goes on"
