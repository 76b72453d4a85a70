"""A server and a browser of our own, for the measurements here and for tests/browser."""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.classroom.rehearsal.own_server import OwnServer

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Server(OwnServer):
    """`workbench serve` in a process of its own on a free port; `log` keeps what it says."""

    def wait(self, timeout: float = 180) -> "Server":
        """Until pages are served."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended:\n{self.log.read_text()[-3000:]}")
            try:
                self.get("/liveness")
                return self
            except urllib.error.HTTPError:
                return self  # it answers
            except OSError:
                time.sleep(0.2)
        raise TimeoutError(f"No server within {timeout:g} s:\n{self.log.read_text()[-3000:]}")

    def get(self, path: str) -> str:
        """What the server answers to GET `path`."""
        with urllib.request.urlopen(self.url + path, timeout=60) as reply:
            return reply.read().decode()

    def page(self, query: str = "") -> str:
        """The address of a page: `page("chapter=beta-vae&beta=4")`."""
        return f"{self.url}/app?{query}"


def load() -> str:
    """How busy the machine is, which explains most of what one measures on it."""
    busy = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    return f"load average {busy} on {os.cpu_count()} cores"


@contextmanager
def serving(log: Path, *arguments: str, **environment: str) -> Iterator[Server]:
    """A server that is ready, and gone afterwards."""
    server = Server(log, *arguments, **environment)
    try:
        yield server.wait()
    finally:
        server.close()


@contextmanager
def browsing():
    """Debian's Chromium, headless, that talks to nobody but us."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()
