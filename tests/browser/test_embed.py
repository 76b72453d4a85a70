"""A lesson in a frame of another site's page, in Chromium: the named origin may, others may not."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect
from served import serving

from workbench.chapters import find

pytestmark = pytest.mark.browser
SILENT = find("beta-vae").teaching.task("silent")
LESSON = "chapter=beta-vae&steps=100&embed=1&task=silent"
NAMED, OTHER = "lms.test", "other.test"  # which the browser looks up on this machine


class LearningSite(BaseHTTPRequestHandler):
    """A page of a course, with a frame: `/?address of what is in it`."""

    def do_GET(self):
        page = f'<!doctype html><title>A course</title><iframe src="{self.path[2:]}"></iframe>'
        page += "<style>iframe { width: 1200px; height: 800px }</style>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_given):
        pass


@pytest.fixture(scope="module")
def site():
    """The port of a learning site that runs here."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), LearningSite)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


@pytest.fixture(scope="module")
def workbench(tmp_path_factory, site):
    log = tmp_path_factory.mktemp("embed") / "log.txt"
    with serving(
        log, "--allow-embed", f"http://{NAMED}:{site}", WORKBENCH_INSTRUCTOR="sesame"
    ) as server:
        yield server


@pytest.fixture
def browser(chromium):
    """Another Chromium, for whose eyes both sites are on this machine."""
    rules = f"--host-resolver-rules=MAP {NAMED} 127.0.0.1,MAP {OTHER} 127.0.0.1"
    browser = chromium.browser_type.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", rules]
    )
    yield browser
    browser.close()


def framed(browser, site: int, host: str, address: str):
    """The frame of a course on this host that shows the address, and what was refused of it."""
    page, refused = browser.new_page(), []
    page.set_default_timeout(180_000)
    page.on("console", lambda m: refused.append(m.text) if "frame-ancestors" in m.text else None)
    page.goto(f"http://{host}:{site}/?{address}")
    return page.frame_locator("iframe"), refused


def test_the_named_site_shows_a_task_that_can_be_answered(browser, site, workbench):
    frame, refused = framed(browser, site, NAMED, workbench.page(LESSON))
    expect(frame.locator(".task-title")).to_have_text(SILENT.title)
    expect(frame.locator(".ask")).not_to_contain_text("…")
    assert frame.locator("header.top").count() == 0 and frame.locator(".evidence").count() == 0
    expect(frame.locator("#ledger")).to_be_hidden()
    frame.get_by_role("spinbutton", name="to").fill("3")
    frame.locator("[name=because]").nth(1).check()
    frame.get_by_role("button", name="Commit").click()
    expect(frame.locator(".reveal .verdict")).to_contain_text("range")
    whole = frame.get_by_role("link", name="Open on the workbench").get_attribute("href")
    assert "task=silent" in whole and "embed" not in whole
    assert frame.locator(":root").evaluate("() => location.search").endswith("&embed=1")
    assert refused == []


def test_another_site_shows_nothing_of_it(browser, site, workbench):
    frame, refused = framed(browser, site, OTHER, workbench.page(LESSON))
    frame.owner.page.wait_for_timeout(500)
    assert refused and frame.locator("main").count() == 0


@pytest.mark.parametrize("address", ["instructor", "app?instructor="])
def test_nobody_shows_the_instructors_page_or_its_password(browser, site, workbench, address):
    frame, refused = framed(browser, site, NAMED, f"{workbench.url}/{address}")
    frame.owner.page.wait_for_timeout(500)
    assert refused and frame.locator("body form").count() == 0


def test_without_a_name_nobody_but_ourselves_shows_a_page(browser, site, server):
    frame, refused = framed(browser, site, NAMED, server.page(LESSON))
    frame.owner.page.wait_for_timeout(500)
    assert refused and frame.locator("main").count() == 0
