"""A class with a password: what a reader without it gets, in Chromium and without a network."""

import asyncio
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect
from served import serving

from workbench.classroom.rehearsal import rehearse
from workbench.classroom.rehearsal.client import Refused, Session

pytestmark = pytest.mark.browser
PASSWORD = "open sesame & 1"


def apart(coroutine):
    """Runs it in a thread of its own, for Playwright's loop runs in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    log = tmp_path_factory.mktemp("guarded") / "log.txt"
    with serving(log, WORKBENCH_PASSWORD=PASSWORD) as server:
        yield server


def test_the_password_opens_the_class_and_nothing_is_asked_of_the_network(chromium, guarded):
    with chromium.new_context() as context:
        page, asked, errors = context.new_page(), [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(guarded.page("theme=dark"))
        page.get_by_label("password").fill("open sesame")
        page.get_by_role("button", name="Enter").click()
        expect(page.get_by_role("alert")).to_have_text("That is not the password.")
        page.get_by_label("password").fill(PASSWORD)
        page.get_by_role("button", name="Enter").click()
        expect(page.locator(".chapter-card").first).to_be_visible()
        assert re.search("theme=dark", page.url)  # where the reader wanted to go
        expect(page.locator(".chapter-card svg").first).to_be_visible()
        ours = (guarded.url, guarded.url.replace("http", "ws"), "data:", "blob:")
        assert [url for url in asked if not url.startswith(ours)] == [] and not errors


def test_without_the_password_there_is_neither_a_page_nor_a_websocket(guarded):
    for path in ("/app", "/app?chapter=rad", "/"):
        with urllib.request.urlopen(guarded.url + path, timeout=60) as reply:
            body = reply.read().decode()
            assert "/login" in reply.url and '"token"' not in body
    with pytest.raises(Refused):
        apart(Session(guarded.url).connect("e30.e30"))
    with pytest.raises(Refused, match="password"):
        apart(rehearse.log_in(guarded.url, "guess"))
    body = urlencode({"username": "", "password": PASSWORD}).encode()
    with urllib.request.urlopen(guarded.url + "/login", body, timeout=60) as reply:
        assert "/login" in reply.url  # nobody's name is nobody's log-in


def test_a_rehearsal_knows_how_to_log_in(guarded):
    async def story():
        cookies = await rehearse.log_in(guarded.url, PASSWORD)
        session = await Session(guarded.url, cookies).open("chapter=beta-vae&steps=100")
        assert session.models
        session.close()

    apart(story())
    assert PASSWORD not in guarded.log.read_text()
