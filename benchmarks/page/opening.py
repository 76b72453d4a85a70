"""What opening a page costs: `python benchmarks/page/opening.py`.

On a warmed server, medians over several opens of: the server's CPU for the request alone, its CPU
until the pictures of the finished default run are on the screen, and, for knobs that nobody has
tried, seconds from navigation to the first trained frame. Nothing is asserted.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from served import browsing, load, serving


def request(server, query: str) -> float:
    """CPU milliseconds of one request: building the page, without the browser's connection."""
    before = server.cpu()
    server.get(f"/app?{query}")
    return 1000 * (server.cpu() - before)


def opened(server, browser, query: str, sign: str) -> tuple[float, float]:
    """CPU milliseconds and seconds until `sign` is visible."""
    with browser.new_context(viewport={"width": 1400, "height": 900}) as context:
        page = context.new_page()
        before, start = server.cpu(), time.perf_counter()
        page.goto(server.page(query), wait_until="commit")
        page.locator(sign).first.wait_for(timeout=120_000)
        seconds = time.perf_counter() - start
        page.wait_for_timeout(500)  # what is still on its way belongs to the open
        return 1000 * (server.cpu() - before), seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--chapter", default="beta-vae")
    options = parser.parse_args()
    chapter = f"chapter={options.chapter}"
    pages = {"home": ("", ".chapter-card svg"), options.chapter: (chapter, ".numbers b")}
    with serving(Path(tempfile.mkdtemp()) / "log.txt") as server, browsing() as browser:
        for query, sign in pages.values():  # imports, and the default runs
            opened(server, browser, query, sign)
        time.sleep(20)
        for name, (query, sign) in pages.items():
            times = options.times if query else 100 * options.times  # home is too quick to be timed
            asked = statistics.fmean(request(server, query) for _ in range(times))
            time.sleep(8)  # until those sessions are gone
            costs = [opened(server, browser, query, sign)[0] for _ in range(options.times)]
            print(
                f"{name:<12} CPU: request {asked:5.1f} ms, until drawn"
                f" {statistics.median(costs):4.0f} ms"
            )
        sign = pages[options.chapter][1]
        waits = [
            opened(server, browser, f"{chapter}&seed={90 - i}", sign)[1]
            for i in range(options.times)
        ]
    print(
        f"{options.chapter:<12} navigation to first trained frame: median"
        f" {statistics.median(waits):.2f} s, worst {max(waits):.2f} s"
    )
    print(load())


if __name__ == "__main__":
    main()
