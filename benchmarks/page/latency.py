"""From a slider's release to the first redrawn plot: `python benchmarks/page/latency.py`.

A browser drags the docked slider of a chapter while its model trains. Times are taken in the page:
from pointerup to the moment the plots turn pale (the server has heard), to the first frame of the
new run, and to two animation frames later (painted). Nothing is asserted; the load average is
printed because it explains most of what one sees.
"""

import argparse
import random
import statistics
import tempfile
from pathlib import Path

from served import browsing, load, serving

THUMB = 22  # pixels: see track.css
WATCH = """() => {
    window.watched = {}
    addEventListener("pointerup", () => { watched = {released: performance.now()} }, true)
    const since = () => performance.now() - watched.released
    hear("drawn", step => {
        if (watched.released === undefined) return
        if (step === 0) watched.heard ??= since()
        else if (watched.heard !== undefined && watched.changed === undefined) {
            watched.changed = since()
            requestAnimationFrame(() => requestAnimationFrame(() => { watched.painted = since() }))
        }
    })
}"""


def share_of(slider) -> float:
    """Where the thumb stands, as a share of the slider's way."""
    low, high, value = slider.evaluate("each => [each.min, each.max, each.value].map(Number)")
    return (value - low) / (high - low)


def drag(page, slider, share: float) -> None:
    """Drags the thumb to this share of the slider's way, as a hand does."""
    box, at = slider.bounding_box(), share_of(slider)
    way, middle = box["width"] - THUMB, box["height"] / 2
    # as soon as it stands still: a press beside it would move nothing
    slider.hover(position={"x": THUMB / 2 + way * at, "y": middle})
    box = slider.bounding_box()
    page.mouse.down()
    for step in range(1, 9):
        place = at + (share - at) * step / 8
        page.mouse.move(box["x"] + THUMB / 2 + way * place, box["y"] + middle)
        page.wait_for_timeout(25)
    page.mouse.up()


def measure(page, moves: int) -> dict[str, list[float]]:
    """Milliseconds of every move, for each of the three moments."""
    slider = page.locator(".docked input[type=range]")
    slider.scroll_into_view_if_needed()
    page.evaluate(WATCH)
    times, places = {"heard": [], "changed": [], "painted": []}, random.Random(0)
    place = share_of(slider)
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
    parser.add_argument("--moves", type=int, default=20)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    with serving(folder / "log.txt") as server, browsing() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(server.page(f"chapter={options.chapter}&seed=77"))
        page.locator(".numbers").first.wait_for(timeout=120_000)
        page.get_by_text("Done:").wait_for(timeout=120_000)
        times = measure(page, options.moves)
    print(f"{options.moves} drags of the slider of {options.chapter}, ms from release:")
    for name, found in times.items():
        p95 = statistics.quantiles(found, n=20)[-1]
        print(f"  {name:<8} median {statistics.median(found):4.0f}   p95 {p95:4.0f}")
    print(load())


if __name__ == "__main__":
    main()
