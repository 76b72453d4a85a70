"""A sweep on its page: `python benchmarks/page/sweep_page.py`.

Nine values of beta with five seeds each are trained from the page's button, in a browser beside the
server. Then 200 random clicks on the scrubbers, each timed in the page from the press to the first
change of plot data and to two animation frames later (painted). Nothing is asserted.
"""

import random
import statistics
import tempfile
import time
from pathlib import Path

from served import browsing, load, serving

MOVES = 200
WATCH = """() => {
    window.watched = {}
    addEventListener("pointerdown", () => { watched = {pressed: performance.now()} }, true)
    const since = () => performance.now() - watched.pressed
    const look = event => {
        if (event.kind == "MessageBatch") return event.events.forEach(look)
        if (watched.pressed === undefined || watched.changed !== undefined) return
        if (event.attr == "data") {
            watched.changed = since()
            requestAnimationFrame(() => requestAnimationFrame(() => { watched.painted = since() }))
        }
    }
    Bokeh.documents.forEach(each => each.on_change(look))
}"""


def press(page, slider, place: float) -> None:
    """A click on the slider's track at `place`, a fraction of its length."""
    track = slider.locator("xpath=../..").bounding_box()
    page.mouse.click(track["x"] + place * track["width"], track["y"] + track["height"] / 2)


def train(page) -> None:
    """Trains the sweep, and prints when the first band and when all was there."""
    page.locator("summary", has_text="Sweep: the whole slider").click()
    button = page.get_by_role("button", name="Train the sweep")
    button.wait_for()
    start = time.perf_counter()
    button.click()
    page.locator(".labs canvas").first.wait_for(timeout=120_000)
    print(f"first band on the page after {time.perf_counter() - start:.1f} s (to reach: 3)")
    page.get_by_text("45 of 45 runs are done").wait_for(timeout=600_000)
    print(f"all 45 runs done after {time.perf_counter() - start:.1f} s (to reach: 40)")


def scrub(page) -> None:
    """Moves both scrubbers at random, and prints how long until the plots follow."""
    sliders = [page.get_by_role("slider", name=name, exact=True).last for name in ("Beta", "Frame")]
    page.wait_for_timeout(1500)
    page.evaluate(WATCH)
    choose, times = random.Random(0), {"changed": [], "painted": []}
    places = [0.5, 1.0]
    for _ in range(MOVES):
        which = choose.randrange(2)
        places[which] = (places[which] + choose.uniform(0.3, 0.7)) % 1
        press(page, sliders[which], places[which])
        page.wait_for_function("watched.painted !== undefined", timeout=60_000)
        watched = page.evaluate("watched")
        for name, found in times.items():
            found.append(watched[name])
    for name, found in times.items():
        p95 = statistics.quantiles(found, n=20)[-1]
        print(
            f"scrub to {name}: median {statistics.median(found):.0f}, p95 {p95:.0f} ms"
            f" ({MOVES} moves; painted p95 to reach: 100)"
        )


def main() -> None:
    print(load())
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        with serving(log, WORKBENCH_STORE="off") as server, browsing() as browser:
            page = browser.new_page(viewport={"width": 1400, "height": 1100})
            page.goto(server.page("chapter=beta-vae"))
            page.get_by_text("Done:").wait_for(timeout=120_000)
            train(page)
            scrub(page)
    print(load())


if __name__ == "__main__":
    main()
