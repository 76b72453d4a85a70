"""The served page in a real browser: one server and one Chromium for all tests here."""

import json
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "benchmarks" / "page"))

from focus import WATCH_SHIFTS  # noqa: E402
from playwright.sync_api import expect  # noqa: E402
from served import browsing, serving  # noqa: E402

PATIENT = 180_000  # ms that nothing here needs unless it hangs; no test measures time
expect.set_options(timeout=PATIENT)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """`workbench serve` with our plug-in, which tells what lives in the server."""
    log = tmp_path_factory.mktemp("server") / "log.txt"
    password = "let-me-in"
    with serving(
        log, "--plugins", "spy", PYTHONPATH=str(HERE), WORKBENCH_INSTRUCTOR=password
    ) as server:
        server.password = password
        server.spy = lambda: json.loads(server.get("/spy"))
        yield server


@pytest.fixture(scope="session")
def chromium():
    with browsing() as browser:
        yield browser


@pytest.fixture
def tab(chromium, server):
    """A new tab. Afterwards: no script error, no failed request, nothing asked of the network."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    page, faults = context.new_page(), []
    page.add_init_script(WATCH_SHIFTS)
    page.set_default_timeout(PATIENT)
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda r: faults.append(f"failed: {r.url}") if broke(r) else None)
    page.on("request", lambda r: None if ours(r.url) else faults.append(f"left: {r.url}"))
    page.open = lambda query="": page.goto(server.page(query))

    def broke(request) -> bool:  # a font that was still on its way when the test moved on did not
        return ours(request.url) and request.failure != "net::ERR_ABORTED"

    def ours(url: str) -> bool:
        return url.startswith((server.url, server.url.replace("http", "ws"), "data:", "blob:"))

    yield page
    context.close()
    assert not faults


@pytest.fixture
def offline(chromium):
    """A tab without a network; afterwards: no error, and nothing asked but the file itself."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900}, offline=True)
    page, faults = context.new_page(), []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    own = "file:", "data:", "blob:"
    page.on("request", lambda r: None if r.url.startswith(own) else faults.append(f"left: {r.url}"))
    yield page
    context.close()
    assert not faults
