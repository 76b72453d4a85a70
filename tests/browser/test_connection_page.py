"""A page whose connection is lost, in Chromium: it says so, holds still, and comes back."""

import re
import subprocess

import pytest
from playwright.sync_api import expect
from served import serving

pytestmark = pytest.mark.browser
expect.set_options(timeout=60_000)
LOST = "The connection is lost."
# what Chromium's offline switch does not: it leaves open websockets alone
KEEP = """
const Made = WebSocket
window.sockets = []
window.WebSocket = class extends Made {
  constructor(...given) { super(...given); sockets.push(this) }
}
"""


@pytest.fixture
def page(chromium, server):
    """A tab whose websocket the test can close, where errors of the connection are no faults."""
    with chromium.new_context(viewport={"width": 1400, "height": 900}) as context:
        context.add_init_script(KEEP)
        page = context.new_page()
        page.set_default_timeout(60_000)
        yield page


def moves(page, key: str) -> None:
    """Moves the slider and waits until the address and the run say so."""
    before = page.url
    slider = page.get_by_role("slider", name="Beta")
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


@pytest.mark.slow
def test_a_server_that_was_started_anew_is_found_again(chromium, tmp_path):
    with chromium.new_context() as context, serving(tmp_path / "log.txt") as server:
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.goto(server.page("chapter=beta-vae&steps=100&beta=1&seed=72"))
        expect(page.get_by_text("Done:")).to_be_visible()
        moves(page, "ArrowRight")
        address = page.url
        server.process.kill()
        server.process.wait()
        expect(page.get_by_role("alert").filter(has_text=LOST)).to_be_visible()
        server.process = subprocess.Popen(server.process.args)
        expect(page.get_by_role("alert").filter(has_text=LOST)).to_have_count(0, timeout=90_000)
        expect(page.get_by_text("Done:")).to_be_visible()
        assert page.url == address
