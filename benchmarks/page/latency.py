"""From a slider's release to the first redrawn plot: `python benchmarks/page/latency.py`.

A browser drags the slider of a chapter while its model trains. Times are taken in the page: from
pointerup to the moment the plots turn pale (the server has heard), to the first change of plot data
after that (the new run's first frame has arrived), and to two animation frames later (painted).
Nothing is asserted; the load average is printed because it explains most of what one sees.
"""

import argparse
import random
import statistics
import tempfile
from pathlib import Path

from served import browsing, load, serving

WATCH = """() => {
    window.watched = {}
    addEventListener("pointerup", () => { watched = {released: performance.now()} }, true)
    const since = () => performance.now() - watched.released
    const look = event => {
        if (event.kind == "MessageBatch") return event.events.forEach(look)
        if (watched.released === undefined) return
        if (event.attr == "styles" && watched.heard === undefined) watched.heard = since()
        if (event.attr == "data" && watched.heard !== undefined && watched.changed === undefined) {
            watched.changed = since()
            requestAnimationFrame(() => requestAnimationFrame(() => { watched.painted = since() }))
        }
    }
    Bokeh.documents.forEach(each => each.on_change(look))
}"""


def drag(page, slider, place: float) -> None:
    """Drags the handle to `place`, a fraction of the slider's length, as a hand does."""
    track = slider.locator("xpath=../..").bounding_box()
    thumb = slider.locator("xpath=..").bounding_box()
    x, y = thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] / 2
    end = track["x"] + place * track["width"]
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x + (end - x) * step / 8, y)
        page.wait_for_timeout(25)
    page.mouse.up()


def measure(page, label: str, moves: int) -> dict[str, list[float]]:
    """Milliseconds of every move, for each of the three moments."""
    slider = page.get_by_role("slider", name=label, exact=True)
    page.evaluate(WATCH)
    times, places = {"heard": [], "changed": [], "painted": []}, random.Random(0)
    place = 0.5
    for move in range(moves + 2):  # the first two warm up
        place = (place + places.uniform(0.3, 0.7)) % 1
        drag(page, slider, place)
        page.wait_for_function("watched.painted !== undefined", timeout=60_000)
        watched = page.evaluate("watched")
        if move >= 2:
            for name, found in times.items():
                found.append(watched[name])
        page.wait_for_timeout(700)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chapter", default="beta-vae")
    parser.add_argument("--slider", default="Beta")
    parser.add_argument("--moves", type=int, default=20)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    with serving(folder / "log.txt") as server, browsing() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(server.page(f"chapter={options.chapter}&seed=77"))
        page.locator(".numbers").first.wait_for(timeout=120_000)
        page.get_by_text("Done:").wait_for(timeout=120_000)
        times = measure(page, options.slider, options.moves)
    print(f"{options.moves} drags of {options.slider} in {options.chapter}, ms from release:")
    for name, found in times.items():
        p95 = statistics.quantiles(found, n=20)[-1]
        print(f"  {name:<8} median {statistics.median(found):4.0f}   p95 {p95:4.0f}")
    print(load())


if __name__ == "__main__":
    main()
